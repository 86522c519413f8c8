# mypy: disallow-untyped-decorators=False
# strawberry.subscription takes many forms, so its type is Any.
"""What changes while somebody looks: every fact about one patient, live, from any place on.

A subscriber has a bounded queue. Whoever cannot keep up is closed with 4408 and resumes from the
last cursor it saw; the token's end closes with 4401, the end of the relationship with 4403. That is
looked at for each change, when it is put into the queue and when it is taken out: what a subscriber
has not been sent by then it is not sent any more.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Annotated, Any, ClassVar
from uuid import UUID

import strawberry

from services.gateway.graphql import answers, auditing, shaping
from services.gateway.graphql.codes import CODES
from services.gateway.graphql.context import Context, Info
from services.gateway.graphql.cursors import fact_named
from services.gateway.graphql.errors import BadRequest, Coded, Unauthenticated
from services.gateway.graphql.ids import Kind, to_global, uuid_of
from services.gateway.graphql.screens import TimelineItem
from services.gateway.graphql.types import about, maybe
from services.gateway.live import LOOK_ANYWAY
from services.gateway.projections.shapes import Shape
from services.gateway.queries import timeline
from services.gateway.queries.reading import Json

AT_ONCE = 100
"""Facts read in one go, and held for one subscriber at most."""

SLOW = 10.0
"""Seconds that a subscriber may take for all that was read in one go."""

BELIEVED = 1.0
"""Seconds for which the right to watch is believed to be what it was when it was looked up."""

KIND_OF: dict[str, Kind] = {
    "patient": "Patient",
    "session": "Session",
    "consent": "Consent",
    "goal": "Goal",
    "assignment": "Assignment",
    "entry": "DiaryEntry",
    "review": "Review",
}


class Closed(Coded):
    """Ends a subscription; a WebSocket is closed with `closes`."""

    closes: ClassVar[int]


class TooSlow(Closed):
    code = "SLOW_SUBSCRIBER"
    closes = 4408


class NotAllowed(Closed):
    code = "FORBIDDEN"
    closes = 4403


class TokenExpired(Closed):
    code = "UNAUTHENTICATED"
    closes = 4401


@strawberry.pydantic.type(description="A fact about the patient that has become visible.")
class PatientChange(Shape):
    cursor: str = about("Subscribe again with `after:` this and nothing is missed or repeated.")
    item: TimelineItem = about("The fact.")
    node_id: strawberry.ID | None = maybe("Global id of what it changed, to read it again.")


@strawberry.type(description="What can be watched.")
class Subscription:
    @strawberry.subscription(description="Every fact about a patient, as it becomes visible.")
    async def patient_changed(
        self,
        info: Info,
        *,
        patient_id: Annotated[strawberry.ID, strawberry.argument(description="About whom.")],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The last cursor seen, or `liveCursor` of a patient; else from now on."
            ),
        ] = None,
    ) -> AsyncGenerator[PatientChange, None]:
        context = info.context
        who = context.principal.tenant_id, context.principal.person_id
        with context.parts.streams.one_more(who):
            patient, place = await _begun(context, uuid_of(patient_id, "Patient"), after)
            async for change in _watched(context, patient, place):
                yield change


async def _begun(context: Context, patient: UUID | None, after: str | None) -> tuple[UUID, int]:
    """About whom, and where it starts; that it does, or may not, has been written down."""
    try:
        if patient is None:
            raise NotAllowed
        place = await _starting_place(context, patient, after)
    except Coded as refused:
        code = str((refused.extensions or {})["code"])
        await auditing.watched(context, patient, answers.lower(code))
        raise
    await auditing.watched(context, patient)
    return patient, place


async def _starting_place(context: Context, patient: UUID, after: str | None) -> int:
    head = await _head(context, patient)
    if after is None:
        return head
    number = context.parts.cursors.number(context.asker, patient, after)
    if number is None:
        number = await _number_of(context, patient, fact_named(after, patient))
    if number is None or number > head:
        raise BadRequest("BAD_CURSOR")
    return number


async def _number_of(context: Context, patient: UUID, event: UUID | None) -> int | None:
    if event is None:
        return None
    row = await context.row(timeline.NUMBER_OF, patient, event)
    return None if row is None else int(row["number"])


class Right:
    """To watch one patient: whether it still holds."""

    def __init__(self, context: Context, patient: UUID) -> None:
        self._context = context
        self._patient = patient
        self._until = -inf

    async def must_hold(self) -> None:
        """Raises `TokenExpired` or `NotAllowed`."""
        if self._context.expired:
            raise TokenExpired
        if asyncio.get_running_loop().time() >= self._until:
            await self.must_hold_now()

    async def must_hold_now(self) -> None:
        """Looks it up, whatever is believed."""
        if self._context.expired:
            raise TokenExpired
        asked_at = asyncio.get_running_loop().time()
        await _head(self._context, self._patient)
        self._until = asked_at + BELIEVED


async def _head(context: Context, patient: UUID) -> int:
    """How far the feed has come. Raises `NotAllowed` for strangers, whoever it is about."""
    row = await context.row(timeline.HEAD, patient)
    if row is None:
        raise NotAllowed
    return int(row["number"])


async def _watched(
    context: Context, patient: UUID, place: int
) -> AsyncGenerator[PatientChange, None]:
    queue: asyncio.Queue[PatientChange] = asyncio.Queue(AT_ONCE)
    right = Right(context, patient)
    pump = asyncio.create_task(_pump(context, right, patient, place, queue))
    tasks: list[asyncio.Task[Any]] = [pump]
    try:
        while True:
            change = asyncio.create_task(queue.get())
            tasks[1:] = [change]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if pump.done():
                # It ends only by raising. What is still queued is left: it may be no more theirs.
                await pump
            async with _closing(context):
                await right.must_hold()
            yield change.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _closing(context: Context) -> AsyncIterator[None]:
    """Whoever sends is told the code to close with, also while it waits for its client."""
    try:
        try:
            yield
        except Unauthenticated:  # the token has ended since one last looked
            raise TokenExpired from None
    except Closed as reason:
        await context.close(reason.closes, CODES[reason.code])
        raise


async def _pump(
    context: Context,
    right: Right,
    patient: UUID,
    place: int,
    queue: asyncio.Queue[PatientChange],
) -> None:
    async with _closing(context):
        tenant = context.asker.tenant_id
        async with context.parts.live.news((tenant, patient)) as waker:
            while True:
                waker.clear()
                await right.must_hold_now()
                rows = await context.rows(timeline.SINCE, patient, place, AT_ONCE)
                await _passed_on(context, right, rows, queue)
                place = rows[-1]["number"] if rows else place
                if len(rows) < AT_ONCE:
                    await _woken(context, waker)


async def _passed_on(
    context: Context, right: Right, rows: Sequence[Json], queue: asyncio.Queue[PatientChange]
) -> None:
    until = asyncio.get_running_loop().time() + SLOW
    for row in rows:
        await right.must_hold()
        try:
            async with asyncio.timeout_at(until):
                await queue.put(_change(context, row))
        except TimeoutError:
            raise TooSlow from None


async def _woken(context: Context, waker: asyncio.Event) -> None:
    if context.known is None:
        raise TokenExpired
    left = context.known.expires_at - context.parts.clock().timestamp()
    with suppress(TimeoutError):
        await asyncio.wait_for(waker.wait(), min(LOOK_ANYWAY, max(left, 0)))
    if context.expired:
        raise TokenExpired


def _change(context: Context, row: Json) -> PatientChange:
    kind = KIND_OF.get(row["category"])
    return PatientChange(
        cursor=context.place_of(UUID(row["patient_id"]), row["number"]),
        item=shaping.timeline_item(row),
        node_id=kind and to_global(kind, row["stream_id"]),
    )
