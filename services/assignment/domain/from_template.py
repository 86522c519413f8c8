"""From a template as the catalogue has it to what one patient's homework takes over."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from libs.vocabulary.obstacle import ObstacleId
from services.assignment.domain.default_plan import as_plan
from services.assignment.domain.taken_over import (
    Defaults,
    Taken,
    TemplateLeftCatalogue,
    UnknownTemplate,
)
from services.assignment.domain.template import Content, TemplateText
from services.assignment.domain.template_terms import TemplateRef

ENGLISH = "en"
"""Where a template does not speak the patient's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued:
    """A template as it is found: all its versions, by their numbers."""

    versions: Mapping[int, Content]
    retired: bool = False


def pinned(ref: TemplateRef, found: Catalogued | None) -> Content:
    """Raises `UnknownTemplate`, `TemplateLeftCatalogue`."""
    content = None if found is None else found.versions.get(ref.version)
    if found is None or content is None:
        raise UnknownTemplate
    if found.retired:
        raise TemplateLeftCatalogue
    return content


def taken(content: Content, *, locale: str, assignment_id: UUID) -> Taken:
    """Ids of obstacles follow from the homework, so that asking again comes to the same."""
    text = spoken(content, locale)
    plan = text.default_plan or content.default_plan
    return Taken(
        defaults=Defaults(
            title=text.title,
            description=text.description,
            instructions=text.instructions,
            category=content.category,
            technique=content.technique,
            technique_other=content.technique_other,
            modality_tags=content.modality_tags,
            procedure_tags=content.procedure_tags,
            worksheet=content.worksheet,
        ),
        plan=None if plan is None else as_plan(plan, lambda n: _obstacle(assignment_id, n)),
    )


def spoken(content: Content, locale: str) -> TemplateText:
    """The text in this language and region, else in this language, in English, or the first."""
    language = _language(locale)
    ranked = {locale: 0, language: 1}
    return min(content.texts, key=lambda text: ranked.get(text.locale, _rank(text, language)))


def _rank(text: TemplateText, language: str) -> int:
    """Of texts alike the first: `min` keeps the order in which they were told."""
    return {language: 2, ENGLISH: 3}.get(_language(text.locale), 4)


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def _obstacle(assignment_id: UUID, place: int) -> ObstacleId:
    told = f"{assignment_id}/template/obstacles/{place}"
    digest = blake2b(told.encode(), digest_size=16).digest()
    return ObstacleId(UUID(bytes=digest, version=5))
