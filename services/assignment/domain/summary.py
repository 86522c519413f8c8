"""The written summary that a patient takes home as a reminder (C17): one for each plan version, in
their language. Another one stands in its place and never changes it.

What it says follows from what was said about the homework, so it is written by `writing` and comes
along with the request; no rule here reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.privacy.private import Private
from libs.vocabulary.locale import Locale
from libs.vocabulary.text import Text
from services.assignment.domain.homework import Homework
from services.assignment.domain.terms import Party, party

Language = Literal["en", "es"]
"""Those that summaries are written in."""

BodyMarkdown = Annotated[Private, Text(1, 100_000)]
Digest = Annotated[Private, Text(64, 64)]
"""SHA-256 in hex. Sealed as what it is of: whoever could read it might try what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`plan_version` and `summaries` are how far things had come when it was written. `same_as` is
    the newest summary where that says the very same.
    """

    plan_version: int
    summaries: int
    language: Language
    body_markdown: BodyMarkdown
    sha256: Digest
    same_as: int | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryIssued:
    """The homework in writing, as it stood; it takes the place of the summary before."""

    summary_version: int
    plan_version: int
    locale: str
    body_markdown: BodyMarkdown
    sha256: Digest
    issued_by: Party
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryViewed:
    """The patient had this version before them, for the first time."""

    summary_version: int
    viewed_at: datetime


Fact = SummaryIssued | SummaryViewed


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case SummaryIssued():
            return replace(homework, summaries=fact.summary_version)
        case SummaryViewed():
            viewed = homework.viewed_summaries | {fact.summary_version}
            return replace(homework, viewed_summaries=viewed)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSummary(Told):
    """The homework in writing, to take home; in the patient's language unless another is named.
    It is written in English where ours is not among them.
    """

    locale: Locale | None = None
    written: Annotated[Written | None, LOOKED_UP] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSummary(Told):
    """The patient has it before them."""

    summary_version: Annotated[int, Ge(1), Le(1_000_000)]


Request = IssueSummary | ViewSummary


class SummaryOutOfStep(Rejected):
    """The plan or the summary changed while it was being written: ask for it again."""

    code = "summary-out-of-step"


class SummaryUnknown(Rejected):
    """No such version of the summary was issued."""

    code = "summary-unknown"
    pointer = "/summary_version"


# --- Rules. ---


def issue(command: IssueSummary, homework: Homework) -> Sequence[Fact]:
    written = command.written
    if written is None or _has_moved_on(written, homework):
        raise SummaryOutOfStep
    if written.same_as is not None:
        return []
    return [
        SummaryIssued(
            summary_version=homework.summaries + 1,
            plan_version=homework.plan_version,
            locale=written.language,
            body_markdown=written.body_markdown,
            sha256=written.sha256,
            issued_by=party(command.by),
            issued_at=command.happened_at,
        )
    ]


def _has_moved_on(written: Written, homework: Homework) -> bool:
    seen = written.plan_version, written.summaries
    return seen != (homework.plan_version, homework.summaries)


def view(command: ViewSummary, homework: Homework) -> Sequence[Fact]:
    version = command.summary_version
    if version > homework.summaries:
        raise SummaryUnknown
    if version in homework.viewed_summaries:
        return []
    return [SummaryViewed(summary_version=version, viewed_at=command.happened_at)]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case IssueSummary():
            return issue(command, homework)
        case ViewSummary():
            return view(command, homework)
        case _:
            assert_never(command)
