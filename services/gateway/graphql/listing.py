"""Pages of lists about somebody: whose, which page, and its rows shaped."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import strawberry

from services.gateway.graphql.connections import Connection, Edge, PageInfo
from services.gateway.graphql.context import Info
from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.ids import uuid_of
from services.gateway.graphql.looking import now_looking
from services.gateway.queries import pages
from services.gateway.queries.pages import BadPage, Page
from services.gateway.queries.reading import Json

T = TypeVar("T")


def whose(info: Info, patient_id: strawberry.ID | None) -> UUID | None:
    """None names nobody: the answer is the same as for somebody else's patient."""
    who = info.context.principal
    whose = who.person_id if patient_id is None else uuid_of(patient_id, "Patient")
    # Who is no patient and leaves it out asks for nobody.
    now_looking().asked_for(whose if patient_id or "patient" in who.roles else None)
    return whose


def page(
    of: str, first: int | None, last: int | None, after: str | None, before: str | None
) -> Page:
    try:
        return pages.page(of, first, last, after, before)
    except BadPage as bad:
        raise BadRequest(bad.code, bad.message) from None


async def listed(  # noqa: PLR0917 - what, of which page, shaped how: in the order of the work
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
