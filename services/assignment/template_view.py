"""What GET shows of a template, the clinic's own or a built-in one: as it stands, and as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.eventstore.recorded import Recorded
from libs.vocabulary.templates import BuiltIn
from services.assignment.catalogue import content_of
from services.assignment.domain.template import (
    Content,
    Event,
    TemplatePublished,
    TemplateRetired,
    TemplateRevised,
)
from services.assignment.domain.template_terms import TemplateId
from services.assignment.domain.terms import as_said
from services.assignment.telling import HistoryEntry, told_in


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateVersion(Content):
    """What homework that pins this version was made from."""

    version: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView(Content):
    """A template of homework, as its newest version has it. A built-in one belongs to no clinic and
    is changed by nobody.
    """

    id: TemplateId
    version: int
    built_in: bool
    status: Literal["published", "retired"]
    published_at: datetime
    retired_at: datetime | None
    versions: tuple[TemplateVersion, ...]
    history: tuple[HistoryEntry, ...]


def of_template(history: Sequence[tuple[Recorded, Event]]) -> TemplateView:
    facts = [fact for _, fact in history]
    versions = tuple(_version(fact) for fact in facts if not isinstance(fact, TemplateRetired))
    retired = [fact.retired_at for fact in facts if isinstance(fact, TemplateRetired)]
    return TemplateView(
        **as_said(Content, versions[-1]),
        id=TemplateId(history[0][0].stream_uuid),
        version=versions[-1].version,
        built_in=False,
        status="retired" if retired else "published",
        published_at=versions[0].since,
        retired_at=retired[0] if retired else None,
        versions=versions,
        history=told_in(history),
    )


def _version(fact: TemplatePublished | TemplateRevised) -> TemplateVersion:
    since = fact.published_at if isinstance(fact, TemplatePublished) else fact.revised_at
    return TemplateVersion(**as_said(Content, fact), version=fact.template_version, since=since)


def of_built_in(told: Sequence[BuiltIn]) -> TemplateView:
    versions = tuple(
        TemplateVersion(
            **as_said(Content, content_of(each)), version=each.version, since=each.published_at
        )
        for each in told
    )
    return TemplateView(
        **as_said(Content, versions[-1]),
        id=TemplateId(told[-1].id),
        version=versions[-1].version,
        built_in=True,
        status="published",
        published_at=versions[0].since,
        retired_at=None,
        versions=versions,
        history=(),
    )
