# mypy: disallow-untyped-decorators=False
# strawberry.field takes many forms, so its type is Any.
"""Who looked at a patient's record: each service answers for itself, the gateway for what it has
shown, and all of it together is in the order of time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from libs.audit.looks import Look as Kept
from libs.audit.looks import Place
from libs.eventstore.store import StoreUnavailable
from services.gateway import clients
from services.gateway.clients import OutOfReach
from services.gateway.graphql import listing
from services.gateway.graphql.connections import Connection, Edge, PageInfo
from services.gateway.graphql.context import Context, Info
from services.gateway.graphql.errors import Overloaded
from services.gateway.graphql.looking import now_looking
from services.gateway.graphql.passing import passed_on
from services.gateway.graphql.types import Therapist, about, maybe
from services.gateway.projections import lists
from services.gateway.projections.shapes import Shape
from services.gateway.queries import pages, things
from services.gateway.queries.pages import Page
from services.gateway.queries.reading import Json

_PATH = "/v1/patients/{}/looks"
_STAFF = things.therapists("t.person_id = ANY($6::uuid[])")


@strawberry.enum(description="Why somebody could see it: how they stand to the patient.")
class LookReason(StrEnum):
    TREATMENT = "treatment"
    SUPERVISION = "supervision"
    COLLEAGUE = "colleague"
    ADMINISTRATION = "administration"
    INTEGRATION = "integration"
    OPERATION = "operation"
    CLINIC = "clinic"


@strawberry.enum(description="What was done with the record.")
class LookKind(StrEnum):
    READ = "read"
    WRITE = "write"
    WATCH = "watch"
    EXPORT = "export"


@strawberry.pydantic.type(description="Somebody looked at the record, or wrote into it.")
class Look(Shape):
    at: datetime = about("When they were answered.")
    person_id: UUID = about("Who; bare.")
    therapist: Therapist | None = maybe("Who, where it is a therapist whom the patient knows.")
    role: lists.Role = about("As what.")
    reason: LookReason = about("Why they could.")
    kind: LookKind = about("What they did.")
    service: str = about("Where: care, assignment, diary, review, or gateway for screens.")
    action: str = about("The operation, or the query's fields: `rateReadiness`, `diary+goals`.")
    on_behalf: bool = about("They told what was the patient's own act.")


@strawberry.type
class Looks:
    @strawberry.field(
        description="Who looked at one's own record or wrote into it, the newest first: not"
        " oneself, and nobody who was refused."
    )
    async def who_looked(
        self,
        info: Info,
        *,
        patient_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Oneself, with or without saying so."),
        ] = None,
        first: Annotated[
            int | None, strawberry.argument(description="The first so many items, 1 to 100.")
        ] = None,
        after: Annotated[
            str | None, strawberry.argument(description="Only items after this cursor.")
        ] = None,
    ) -> Connection[Look]:
        context, who = info.context, info.context.principal
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"looks:{who.person_id}", first, None, after, None)
        if "patient" not in who.roles or whose != who.person_id:
            now_looking().was_refused(whose)
            return _connection(wanted, [], more=False)
        rows, more = await _newest(context, wanted)
        return _connection(wanted, await _with_names(context, rows), more=more)


async def _newest(context: Context, wanted: Page) -> tuple[Sequence[Json], bool]:
    """Of all, in the order of time; whether there are more. Nobody's are left out: who cannot be
    asked fails the query.
    """
    place = None if wanted.place is None else Place(wanted.place.at, wanted.place.id)
    found = await asyncio.gather(
        _own(context, wanted.size, place),
        *(_of(context, service, wanted.size, place) for service in context.parts.clients),
    )
    rows = sorted((row for page, _ in found for row in page), key=_order, reverse=True)
    more = any(more for _, more in found) or len(rows) > wanted.size
    return rows[: wanted.size], more


def _order(row: Json) -> Place:
    place: Place = row["place"]
    return place


async def _own(context: Context, size: int, place: Place | None) -> tuple[Sequence[Json], bool]:
    who = context.principal
    try:
        found = await context.parts.audit.looks(
            who.tenant_id, who.person_id, before=place, most=size + 1
        )
    except StoreUnavailable:
        raise Overloaded from None
    return [_row("gateway", each) for each in found[:size]], len(found) > size


def _row(service: str, look: Kept) -> Json:
    return {
        "place": look.place,
        "at": look.place.at,
        "person_id": look.person_id,
        "role": look.role,
        "reason": look.reason,
        "kind": look.verb,
        "service": service,
        "action": look.action,
        "on_behalf": look.on_behalf,
    }


async def _of(
    context: Context, service: str, size: int, place: Place | None
) -> tuple[Sequence[Json], bool]:
    asked = {"first": str(size)} | ({"after": place.cursor} if place else {})
    path = _PATH.format(context.principal.person_id)
    with passed_on():
        told = await clients.get(context.parts.clients[service], path, context.forwarded, asked)
        if told is None:  # everybody may ask who looked at their own
            raise OutOfReach
    return [_told(service, each) for each in told["looks"]], told["more"]


def _told(service: str, each: Json) -> Json:
    return {
        **each,
        "place": Place.of(each["cursor"]),
        "person_id": UUID(each["person_id"]),
        "kind": each["verb"],
        "service": service,
    }


async def _with_names(context: Context, rows: Sequence[Json]) -> Sequence[Json]:
    """Therapists by their names, where the patient knows them."""
    people = list({row["person_id"] for row in rows})
    staff = await context.rows(_STAFF, people) if people else []
    known: Mapping[UUID, Any] = {UUID(each["id"]): each for each in staff}
    return [{**row, "therapist": known.get(row["person_id"])} for row in rows]


def _connection(wanted: Page, rows: Sequence[Json], *, more: bool) -> Connection[Look]:
    cursors = [
        pages.cursor(wanted.list, row["place"].at.isoformat(), str(row["place"].id)) for row in rows
    ]
    items = [Look.model_validate(row) for row in rows]
    return Connection(
        edges=[Edge(cursor=c, node=n) for c, n in zip(cursors, items, strict=True)],
        nodes=items,
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=wanted.place is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )
