"""The written summary over HTTP: as JSON, as Markdown, and as a page fit to print."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.eventstore.recorded import Recorded
from libs.web.headers import Headers
from libs.web.problems import Problem
from libs.web.replies import JSON, Header
from libs.web.views import Show
from services.assignment.domain import assignment
from services.assignment.domain.homework import Homework, State
from services.assignment.domain.summary import (
    BodyMarkdown,
    Digest,
    SummaryIssued,
    SummaryViewed,
)
from services.assignment.domain.terms import AssignmentId, Party
from services.assignment.writing.page import POLICY, page

MARKDOWN, HTML = "text/markdown", "text/html"
_ERASED: Mapping[str, str] = {
    "en": "# Homework\n\nWhat stood here was erased.\n",
    "es": "# Tarea\n\nLo que había aquí se borró.\n",
}
_VARIES: Header = (b"vary", b"accept")
_RANGE = re.compile(r"\s*([a-z*]+/[a-z*]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?[^,]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSummary:
    """One that was issued; `viewed_at` is when the patient first had it before them."""

    summary_version: int
    plan_version: int
    locale: str
    issued_at: datetime
    viewed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """The newest written summary. `outdated`: the plan has changed since. `sha256` is that of
    `body_markdown` in UTF-8, in hex.
    """

    assignment_id: AssignmentId
    summary_version: int
    plan_version: int
    outdated: bool
    locale: str
    body_markdown: BodyMarkdown
    sha256: Digest
    issued_by: Party
    issued_at: datetime
    viewed_at: datetime | None
    versions: tuple[IssuedSummary, ...]


def of_summary(history: Sequence[tuple[Recorded, assignment.Event]]) -> SummaryView:
    """Raises `Problem` where none was issued."""
    facts = [fact for _, fact in history]
    issued = [fact for fact in facts if isinstance(fact, SummaryIssued)]
    state = assignment.decider.fold(facts)
    if not issued or not isinstance(state, Homework):
        raise Problem("not-found")
    viewed = {
        fact.summary_version: fact.viewed_at for fact in facts if isinstance(fact, SummaryViewed)
    }
    newest = issued[-1]
    return SummaryView(
        assignment_id=state.assignment_id,
        summary_version=newest.summary_version,
        plan_version=newest.plan_version,
        outdated=newest.plan_version < state.plan_version,
        locale=newest.locale,
        body_markdown=newest.body_markdown,
        sha256=newest.sha256,
        issued_by=newest.issued_by,
        issued_at=newest.issued_at,
        viewed_at=viewed.get(newest.summary_version),
        versions=tuple(
            IssuedSummary(
                summary_version=each.summary_version,
                plan_version=each.plan_version,
                locale=each.locale,
                issued_at=each.issued_at,
                viewed_at=viewed.get(each.summary_version),
            )
            for each in issued
        ),
    )


class ShowSummary(Show[assignment.Command, State, assignment.Event]):
    """In the form that `Accept` prefers; JSON, where it has no preference among ours."""

    also = (MARKDOWN, HTML)

    def content(self, view: SummaryView, given: Headers) -> tuple[Sequence[Header], bytes]:
        match preferred(given.get(b"accept", b"").decode("latin-1")):
            case "text/markdown":
                kind = (b"content-type", b"text/markdown; charset=utf-8")
                return [kind, _VARIES], _body(view).encode()
            case "text/html":
                return [
                    (b"content-type", b"text/html; charset=utf-8"),
                    (b"content-security-policy", f"{POLICY}; sandbox".encode()),
                    _VARIES,
                ], page(_body(view), view.locale)
        return [JSON, _VARIES], self.adapter.dump_json(view)


def _body(view: SummaryView) -> str:
    if isinstance(view.body_markdown, str):
        return view.body_markdown
    return _ERASED.get(view.locale, _ERASED["en"])


def preferred(accept: str) -> str:
    """Of our three forms the one of the highest weight; the first of equals, as they are named."""
    ours = ("application/json", MARKDOWN, HTML)
    weights: dict[str, float] = {}
    for told in accept.split(",")[:50]:
        if (said := _RANGE.fullmatch(told)) is not None:
            weights.setdefault(said[1].lower(), float(said[2] or 1))
    named = [each for each in weights if each in ours and weights[each] > 0]
    return max(named, key=lambda each: weights[each], default=ours[0])
