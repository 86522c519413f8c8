# mypy: disallow-untyped-decorators=False
# strawberry.field takes many forms, so its type is Any.
"""What can be read. Foreign and missing look the same: null, or an empty list."""

from collections.abc import Callable, Sequence
from datetime import date as Date  # noqa: N812 - an argument is called `date`
from functools import partial
from typing import Annotated

import strawberry

from libs.access.principal import Principal
from services.gateway.export.operations import open_to as exports_open_to
from services.gateway.graphql import erasures, listing, nodes, screens, shaping, types
from services.gateway.graphql.arguments import (
    After,
    Before,
    Consistency,
    First,
    Last,
    OfPatient,
    Strict,
)
from services.gateway.graphql.catalogue import Catalogue
from services.gateway.graphql.connections import Connection
from services.gateway.graphql.consented import Consented
from services.gateway.graphql.context import Info
from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.ids import uuid_of
from services.gateway.graphql.looking import now_looking
from services.gateway.graphql.looks import Looks
from services.gateway.projections.homework_lists import (
    AssignmentStatus,
)
from services.gateway.queries import progress, timeline
from services.gateway.queries import screens as asked

OfSession = Annotated[strawberry.ID, strawberry.argument(description="Which session.")]
OnDate = Annotated[
    Date | None,
    strawberry.argument(description="Which day, where the patient lives; today without."),
]
OfStatus = Annotated[
    list[AssignmentStatus] | None, strawberry.argument(description="Only of these statuses.")
]


@strawberry.type(description="What can be read.")
class Query(Looks, Consented, Catalogue):
    @strawberry.field(description="Who is calling.")
    async def me(self, info: Info) -> screens.Me:
        who, row = await info.context.present(), await info.context.row(asked.ME) or {}
        if "patient" in who.roles:
            now_looking().asked_for(who.person_id)
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
        wanted = listing.page(f"caseload:{who}", first, last, after, before)
        shape = partial(shaping.caseload_row, place_of=info.context.place_of)
        return await listing.listed(info, asked.CASELOAD, wanted, shape, "since", ())

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
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"assignments:{whose}", first, last, after, before)
        return await listing.listed(
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
        row = await info.context.row(asked.TODAY, listing.whose(info, patient_id), date)
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
        session = uuid_of(session_id, "Session")
        if session is not None:
            now_looking().asked_for_thing(session)
        row = await info.context.row(asked.SESSION_AGENDA, session)
        if row is None and session is not None:
            now_looking().missed.append(("Session", session))
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
        row = await info.context.row(progress.PROGRESS, listing.whose(info, patient_id))
        return None if row is None else shaping.progress(row)

    @strawberry.field(description="Where the erasure of a patient stands, as of now.")
    async def erasure(self, info: Info, *, patient_id: OfPatient = None) -> erasures.Erasure | None:
        return await erasures.of_patient(info.context, listing.whose(info, patient_id))

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
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"timeline:{whose}", first, last, after, before)
        return await listing.listed(
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
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"notebook:{whose}", first, last, after, before)
        return await listing.listed(
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
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"goals:{whose}", first, last, after, before)
        return await listing.listed(
            info, asked.GOALS, wanted, types.Goal.model_validate, "set_at", (whose,)
        )

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
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"diary:{whose}", first, last, after, before)
        return await listing.listed(
            info, asked.DIARY, wanted, types.DiaryEntry.model_validate, "started_at", (whose,)
        )
