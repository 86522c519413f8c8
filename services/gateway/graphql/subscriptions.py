# mypy: disallow-untyped-decorators=False
# strawberry.subscription takes many forms, so its type is Any.
"""What changes while somebody looks: every fact about one patient, live, from any place on.

A subscriber has a bounded queue. Whoever cannot keep up is closed with 4408 and resumes from the
last cursor it saw; the token's end closes with 4401, the end of the relationship with 4403.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Annotated, Any, ClassVar
from uuid import UUID

import strawberry

from services.gateway.graphql import shaping
from services.gateway.graphql.codes import CODES
from services.gateway.graphql.context import Context, Info
from services.gateway.graphql.cursors import fact_named
from services.gateway.graphql.errors import BadRequest, Coded
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
"""Seconds for which a full queue is borne with."""

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
        context, patient = info.context, uuid_of(patient_id, "Patient")
        if patient is None:
            raise NotAllowed
        place = await _starting_place(context, patient, after)
        async for change in _watched(context, patient, place):
            yield change


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
    pump = asyncio.create_task(_pump(context, patient, place, queue))
    tasks: list[asyncio.Task[Any]] = [pump]
    try:
        while not (pump.done() and queue.empty()):
            change = asyncio.create_task(queue.get())
            tasks[1:] = [change]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if change.done():
                yield change.result()
        await pump
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(
    context: Context, patient: UUID, place: int, queue: asyncio.Queue[PatientChange]
) -> None:
    """Ends only by raising `Closed`; whoever sends is told the code to close with."""
    try:
        async with context.parts.live.news((context.asker.tenant_id, patient)) as waker:
            while True:
                waker.clear()
                place = await _passed_on(context, patient, place, queue)
                await _woken(context, waker)
    except Closed as reason:
        await context.close(reason.closes, CODES[reason.code])
        raise


async def _passed_on(
    context: Context, patient: UUID, place: int, queue: asyncio.Queue[PatientChange]
) -> int:
    while True:
        await _head(context, patient)
        rows = await context.rows(timeline.SINCE, patient, place, AT_ONCE)
        for row in rows:
            try:
                await asyncio.wait_for(queue.put(_change(context, row)), SLOW)
            except TimeoutError:
                raise TooSlow from None
            place = row["number"]
        if len(rows) < AT_ONCE:
            return place


async def _woken(context: Context, waker: asyncio.Event) -> None:
    left = context.principal.expires_at - context.parts.clock().timestamp()
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
