"""Where templates are found: the clinic's own in the store, the built-in ones in their files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from libs.eventstore.desk import Desk
from libs.vocabulary.templates import BuiltIn, built_in
from services.assignment.domain import template
from services.assignment.domain.from_template import Catalogued
from services.assignment.domain.template import (
    Content,
    Event,
    TemplatePublished,
    TemplateRetired,
    TemplateRevised,
)
from services.assignment.domain.terms import as_said

Templates = Desk[template.Command, template.State, template.Event]

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    templates: Templates

    async def find(self, tenant_id: UUID, template_id: UUID) -> Catalogued | None:
        """Somebody else's is as unknown as none: a clinic's streams are its own."""
        versions = built_in().get(template_id)
        if versions is not None:
            return Catalogued(versions={each.version: content_of(each) for each in versions})
        told = [fact for _, fact in await self.templates.history(tenant_id, template_id)]
        return Catalogued(versions=_versions(told), retired=is_retired(told)) if told else None


@cache
def _read(template_id: UUID, version: int) -> Content:
    (found,) = [each for each in built_in()[template_id] if each.version == version]
    return _CONTENT.validate_json(orjson.dumps(found.content))


def content_of(one: BuiltIn) -> Content:
    return _read(one.id, one.version)


def _versions(told: Iterable[Event]) -> dict[int, Content]:
    return {
        fact.template_version: Content(**as_said(Content, fact))
        for fact in told
        if isinstance(fact, TemplatePublished | TemplateRevised)
    }


def is_retired(told: Sequence[Event]) -> bool:
    return any(isinstance(fact, TemplateRetired) for fact in told)
