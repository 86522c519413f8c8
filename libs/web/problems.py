"""Whatever goes wrong becomes one RFC 9457 problem: a stable code, never what was sent.

Problem
  FieldsInvalid
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import structlog

from libs.audit.keeping import AuditUnavailable
from libs.eventstore.decider import Rejected
from libs.eventstore.errors import (
    InFlight,
    KeyReusedElsewhere,
    NoSuchStream,
    NotKnownYet,
    StaleVersion,
)
from libs.eventstore.store import EventTooLarge, OutcomeUnknown, StoreUnavailable
from libs.privacy.sealing import (
    KeyBroken,
    KeyringUnavailable,
    PrivateTextErased,
    SubjectErased,
    UnknownSubject,
)
from libs.process.logging import told
from libs.web.codes import EDGE, TYPES, Code, of_rule, status_of
from libs.web.replies import PROBLEM_JSON, Header, Reply

log = structlog.get_logger()

RETRY: Header = (b"retry-after", b"1")
BEARER: Header = (b"www-authenticate", b'Bearer realm="interlude"')


@dataclass(frozen=True, slots=True)
class Fault:
    """One place in the body (JSON pointer) and what is wrong with it."""

    pointer: str
    code: str
    message: str


class Problem(Exception):  # noqa: N818 - an answer
    """A refusal by the edge. `code` is one of `codes.EDGE`."""

    def __init__(
        self,
        code: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Sequence[Header] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults
        self.headers = headers
        self.more = more or {}


class FieldsInvalid(Problem):
    """The body is JSON, but does not fit what the operation takes."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("invalid-request", faults=faults)


def fault(pointer: str, code: str, message: str | None = None) -> Fault:
    return Fault(pointer, code, message or EDGE[code].detail)


_BY_CLASS: Mapping[type[Exception], str] = {
    NoSuchStream: "not-found",
    KeyReusedElsewhere: "idempotency-key-reused",
    InFlight: "in-flight",
    EventTooLarge: "event-too-large",
    OutcomeUnknown: "outcome-unknown",
    StoreUnavailable: "store-unavailable",
    AuditUnavailable: "audit-unavailable",
    KeyringUnavailable: "keyring-unavailable",
    KeyBroken: "keyring-unavailable",
    SubjectErased: "subject-erased",
    PrivateTextErased: "private-text-erased",
}

_BUG = "internal-error"

_TRY_AGAIN = {"in-flight", "conflict", "private-text-erased", "too-many-requests"}


class Problems:
    """Turns any exception into its answer. `statuses` are of rules that are not 409."""

    def __init__(self, statuses: Mapping[type[Rejected], HTTPStatus] | None = None) -> None:
        self._statuses = statuses or {}
        self._rules: dict[type[Rejected], Code] = {}

    def reply(self, error: Exception, trace_id: str) -> Reply:
        match error:
            case Problem():
                return self._of_edge(error, trace_id)
            case UnknownSubject():
                # No keys: care has not registered this person, or not in this clinic.
                return self._of_rule(NotKnownYet(), trace_id)
            case Rejected():
                return self._of_rule(error, trace_id)
            case StaleVersion():
                return self._of_edge(stale(error.actual), trace_id)
        code = outcome_of(error)
        if code == _BUG:
            log.error("bug", trace_id=trace_id, **told(error))
        return self._of_edge(Problem(code), trace_id)

    def _of_edge(self, problem: Problem, trace_id: str) -> Reply:
        code = EDGE[problem.code]
        headers = [*problem.headers]
        if code.status == HTTPStatus.UNAUTHORIZED:
            headers.append(BEARER)
        says_when = any(name == RETRY[0] for name, _ in headers)
        comes_again = code.status == HTTPStatus.SERVICE_UNAVAILABLE or problem.code in _TRY_AGAIN
        if comes_again and not says_when:
            headers.append(RETRY)
        return _rendered(problem.code, code, problem.faults, headers, problem.more, trace_id)

    def _of_rule(self, rejected: Rejected, trace_id: str) -> Reply:
        rule = type(rejected)
        code = self._rules.get(rule)
        if code is None:
            code = self._rules[rule] = of_rule(rule, status_of(rule, self._statuses))
        faults = [Fault(rejected.pointer, rule.code, code.detail)] if rejected.pointer else []
        headers = [RETRY] if isinstance(rejected, NotKnownYet) else []
        return _rendered(rule.code, code, faults, headers, {}, trace_id)


def outcome_of(error: Exception) -> str:
    """The code under which the edge answers it, where it is no rule of a service."""
    if isinstance(error, Problem):
        return error.code
    return next((_BY_CLASS[kind] for kind in type(error).__mro__ if kind in _BY_CLASS), _BUG)


def stale(actual: int) -> Problem:
    return Problem(
        "stale-version",
        headers=[(b"etag", b'"%d"' % actual)],
        more={"current_version": actual},
    )


def _rendered(  # noqa: PLR0917 - the members of a problem, in their order
    name: str,
    code: Code,
    faults: Sequence[Fault],
    headers: Sequence[Header],
    more: Mapping[str, Any],
    trace_id: str,
) -> Reply:
    content = {
        "type": TYPES + name,
        "title": code.title,
        "status": code.status,
        "detail": code.detail,
        "code": name,
        **more,
        "errors": [
            {"pointer": each.pointer, "code": each.code, "message": each.message} for each in faults
        ],
        "trace_id": trace_id,
    }
    return Reply(code.status, [PROBLEM_JSON, *headers], orjson.dumps(content), name)
