# mypy: disallow-untyped-decorators=False
# strawberry.field takes many forms, so its type is Any.
"""What can be read. Foreign and missing look the same: null, or an empty list."""

from collections.abc import Callable, Sequence
from datetime import date as Date  # noqa: N812 - an argument is called `date`
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry

from libs.access.principal import Principal
from services.gateway.export.operations import open_to as exports_open_to
from services.gateway.graphql import nodes, screens, shaping, types
from services.gateway.graphql.connections import Connection, Edge, PageInfo
from services.gateway.graphql.context import Info
from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.ids import uuid_of
from services.gateway.projections.homework_lists import (
    AssignmentStatus,
)
from services.gateway.queries import pages, progress, timeline
from services.gateway.queries import screens as asked
from services.gateway.queries.pages import BadPage, Page
from services.gateway.queries.reading import Json

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="The first so many items, 1 to 100.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many items, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Only items after this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only items before this cursor.")]
Consistency = Annotated[
    str | None,
    strawberry.argument(
        description="A command's `consistency`: wait (500 ms at most) until it is visible here."
    ),
]
Strict = Annotated[
    bool,
    strawberry.argument(description="Fail with STALE_READ rather than answer from before it."),
]
OfPatient = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Whose; a patient may leave it out and means themselves."),
]
OfSession = Annotated[strawberry.ID, strawberry.argument(description="Which session.")]
OnDate = Annotated[
    Date | None,
    strawberry.argument(description="Which day, where the patient lives; today without."),
]
OfStatus = Annotated[
    list[AssignmentStatus] | None, strawberry.argument(description="Only of these statuses.")
]


@strawberry.type(description="What can be read.")
class Query:
    @strawberry.field(description="Who is calling.")
    async def me(self, info: Info) -> screens.Me:
        who, row = await info.context.present(), await info.context.row(asked.ME) or {}
        open_to: Callable[[Principal], Sequence[str]] = info.schema.open_to  # type: ignore[attr-defined]  # our Schema
        may = sorted([*open_to(who), *exports_open_to(who)])
        return shaping.me(who, row, may)

    @strawberry.field(description="Anything by its global id.")
    async def node(
        self,
        info: Info,
        *,
        id: strawberry.ID,  # noqa: A002 - Relay's name
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> types.Node | None:
        await info.context.fresh(consistency, strict=strict)
        return await nodes.by_global_id(info.context, id)

    @strawberry.field(description="The patients whom the calling therapist treats.")
    async def caseload(
        self,
        info: Info,
        *,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[screens.CaseloadRow]:
        await info.context.fresh(consistency, strict=strict)
        who = info.context.principal.person_id
        wanted = _page(f"caseload:{who}", first, last, after, before)
        shape = partial(shaping.caseload_row, place_of=info.context.place_of)
        return await _listed(info, asked.CASELOAD, wanted, shape, "since", ())

    @strawberry.field(description="A patient.")
    async def patient(
        self,
        info: Info,
        *,
        id: strawberry.ID,  # noqa: A002 - Relay's name
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> types.Patient | None:
        await info.context.fresh(consistency, strict=strict)
        return await nodes.patient(info.context, id)

    @strawberry.field(description="Homework, with everything said about it.")
    async def assignment(
        self,
        info: Info,
        *,
        id: strawberry.ID,  # noqa: A002 - Relay's name
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> types.Assignment | None:
        await info.context.fresh(consistency, strict=strict)
        return await nodes.assignment(info.context, id)

    @strawberry.field(description="A patient's homework, oldest first.")
    async def assignments(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        status: OfStatus = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Assignment]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"assignments:{whose}", first, last, after, before)
        return await _listed(
            info,
            asked.ASSIGNMENTS,
            wanted,
            shaping.assignment,
            "created_at",
            (whose, status and [str(each) for each in status]),
        )

    @strawberry.field(description="A patient's day: the windows in which homework is asked for.")
    async def today(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        date: OnDate = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> screens.Today | None:
        await info.context.fresh(consistency, strict=strict)
        if date in {Date.min, Date.max}:  # asyncpg takes these for PostgreSQL's infinities
            raise BadRequest("BAD_REQUEST")
        row = await info.context.row(asked.TODAY, _whose(info, patient_id), date)
        return None if row is None else shaping.today(row)

    @strawberry.field(description="What the therapist opens the session with.")
    async def session_agenda(
        self,
        info: Info,
        *,
        session_id: OfSession,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> screens.SessionAgenda | None:
        await info.context.fresh(consistency, strict=strict)
        row = await info.context.row(asked.SESSION_AGENDA, uuid_of(session_id, "Session"))
        return None if row is None else shaping.agenda(row)

    @strawberry.field(description="Adherence and ratings over time.")
    async def progress(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> screens.Progress | None:
        await info.context.fresh(consistency, strict=strict)
        row = await info.context.row(progress.PROGRESS, _whose(info, patient_id))
        return None if row is None else shaping.progress(row)

    @strawberry.field(description="Every fact about a patient, in the order of recording.")
    async def timeline(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[screens.TimelineItem]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"timeline:{whose}", first, last, after, before)
        return await _listed(
            info, timeline.PAGE, wanted, shaping.timeline_item, "recorded_at", (whose,)
        )

    @strawberry.field(description="The patient's therapy notebook.")
    async def notebook(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.NotebookItem]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"notebook:{whose}", first, last, after, before)
        return await _listed(
            info, asked.NOTEBOOK, wanted, shaping.notebook_item, "kept_at", (whose,)
        )

    @strawberry.field(description="What therapy is for.")
    async def goals(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Goal]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"goals:{whose}", first, last, after, before)
        return await _listed(
            info, asked.GOALS, wanted, types.Goal.model_validate, "set_at", (whose,)
        )

    @strawberry.field(description="What the patient allows, and what they did, oldest first.")
    async def consents(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Consent]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"consents:{whose}", first, last, after, before)
        shape = types.Consent.model_validate
        return await _listed(info, asked.CONSENTS, wanted, shape, "given_at", (whose,))

    @strawberry.field(
        description="With whom the patient agrees to share today, besides those who treat them."
        " It is a word to staff: nobody gets access by it."
    )
    async def sharing(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Consent]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"sharing:{whose}", first, last, after, before)
        shape = types.Consent.model_validate
        return await _listed(info, asked.SHARING, wanted, shape, "given_at", (whose,))

    @strawberry.field(description="What the patient recorded between sessions.")
    async def diary(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.DiaryEntry]:
        await info.context.fresh(consistency, strict=strict)
        whose = _whose(info, patient_id)
        wanted = _page(f"diary:{whose}", first, last, after, before)
        return await _listed(
            info, asked.DIARY, wanted, types.DiaryEntry.model_validate, "started_at", (whose,)
        )


def _whose(info: Info, patient_id: strawberry.ID | None) -> UUID | None:
    """None names nobody: the answer is the same as for somebody else's patient."""
    if patient_id is None:
        return info.context.principal.person_id
    return uuid_of(patient_id, "Patient")


def _page(
    of: str, first: int | None, last: int | None, after: str | None, before: str | None
) -> Page:
    try:
        return pages.page(of, first, last, after, before)
    except BadPage as bad:
        raise BadRequest(bad.code, bad.message) from None


async def _listed(  # noqa: PLR0917 - what, of which page, shaped how: in the order of the work
    info: Info,
    sql: tuple[str, str],
    wanted: Page,
    shape: Callable[[Json], T],
    at: str,
    arguments: tuple[object, ...],
) -> Connection[T]:
    found = await info.context.rows(sql[wanted.backwards], *arguments, *pages.arguments(wanted))
    rows, before, after = pages.turned(wanted, found)
    cursors = [wanted.cursor(row, at, "id") for row in rows]
    items = [shape(row) for row in rows]
    return Connection(
        edges=[Edge(cursor=c, node=n) for c, n in zip(cursors, items, strict=True)],
        nodes=items,
        page_info=PageInfo(
            has_next_page=after,
            has_previous_page=before,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )
