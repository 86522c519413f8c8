# mypy: disallow-untyped-decorators=False
# strawberry.field takes many forms, so its type is Any.
"""Templates of homework, as clients ask for them."""

from typing import Annotated

import strawberry

from services.gateway.graphql import listing
from services.gateway.graphql.arguments import After, Before, Consistency, First, Last, Strict
from services.gateway.graphql.connections import Connection
from services.gateway.graphql.context import Info
from services.gateway.graphql.ids import uuid_of
from services.gateway.graphql.looking import now_looking
from services.gateway.graphql.template_types import Template
from services.gateway.graphql.template_types import template as shown
from services.gateway.projections.homework_lists import AssignmentCategory
from services.gateway.queries import templates

OfCategory = Annotated[
    AssignmentCategory | None, strawberry.argument(description="Only of this category.")
]
InLocale = Annotated[
    str | None,
    strawberry.argument(description="Only those that speak this language (`es` or `es-MX`)."),
]
OfVersion = Annotated[
    int | None, strawberry.argument(description="As it was in this version; the newest without.")
]


@strawberry.type
class Catalogue:
    @strawberry.field(
        description="The clinic's own templates and the built-in ones, by when they were published."
    )
    async def templates(
        self,
        info: Info,
        *,
        category: OfCategory = None,
        locale: InLocale = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[Template]:
        await info.context.fresh(consistency, strict=strict)
        wanted = listing.page("templates", first, last, after, before)
        asked = (templates.built_ins(), category and str(category), locale)
        return await listing.listed(info, templates.LISTED, wanted, shown, "published_at", asked)

    @strawberry.field(description="A template, also one that left the catalogue.")
    async def template(
        self,
        info: Info,
        *,
        id: strawberry.ID,  # noqa: A002 - Relay's name
        version: OfVersion = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Template | None:
        await info.context.fresh(consistency, strict=strict)
        wanted = uuid_of(id, "Template")
        if wanted is None:
            return None
        now_looking().asked_for_thing(wanted)
        asked = (wanted, templates.built_ins())
        if version is None:
            row = await info.context.row(templates.TEMPLATE, *asked)
        else:
            row = await info.context.row(templates.VERSION, *asked, version)
        return None if row is None else shown(row)
