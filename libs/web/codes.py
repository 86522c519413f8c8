"""The codes of the edge, with the words for them: a part of `openapi/errors.md`.

The codes of rules are their classes' own (`Rejected.code`); their words are the class's docstring.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from libs.eventstore.decider import Rejected

TYPES = "https://interlude.example/errors/"
"""Before the code: a problem's `type` (RFC 9457). An identifier; nothing is fetched from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    status: HTTPStatus
    title: str
    detail: str


def _code(status: HTTPStatus, title: str, detail: str) -> Code:
    return Code(status=status, title=title, detail=detail)


_BAD = HTTPStatus.BAD_REQUEST
_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_AWAY = HTTPStatus.SERVICE_UNAVAILABLE

REQUEST: Mapping[str, Code] = {
    "malformed-request": _code(_BAD, "Malformed request", "This is not a request of this API."),
    "body-missing": _code(_BAD, "Body missing", "A JSON object is expected; {} at the least."),
    "malformed-json": _code(_BAD, "Malformed JSON", "The body is not JSON in UTF-8 (RFC 8259)."),
    "duplicate-name": _code(_BAD, "Duplicate name", "An object holds the same name twice."),
    "number-not-allowed": _code(
        _BAD, "Number not allowed", "NaN, infinities and whole numbers beyond 2^53 are refused."
    ),
    "character-not-allowed": _code(
        _BAD, "Character not allowed", "NUL characters and lone surrogates are refused."
    ),
    "too-deep": _code(_BAD, "Too deep", "The body is nested more deeply than 32 levels."),
    "idempotency-key-required": _code(
        _BAD, "Idempotency key required", "Every command needs the header Idempotency-Key."
    ),
    "idempotency-key-malformed": _code(
        _BAD, "Idempotency key malformed", "Idempotency-Key takes 1 to 255 printable characters."
    ),
    "if-match-malformed": _code(
        _BAD, "If-Match malformed", 'If-Match takes one strong entity tag, such as "3".'
    ),
    "if-match-on-creation": _code(
        _BAD,
        "If-Match on a creation",
        "What is created has no version yet: leave If-Match out.",
    ),
    "bad-consistency-token": _code(
        _BAD, "Consistency token malformed", "Interlude-After takes what an answer gave as such."
    ),
    "as-of-malformed": _code(
        _BAD, "as_of malformed", "as_of takes an RFC 3339 time with its offset."
    ),
    "page-malformed": _code(
        _BAD, "Page malformed", "first takes 1 to 100, after the cursor of an answer."
    ),
    "too-many-commands": _code(
        _BAD, "Too many commands", "A batch holds 1 to 200 commands; send the rest in another."
    ),
    "unknown-operation": _code(
        HTTPStatus.NOT_FOUND, "Unknown operation", "This service has no command of this name."
    ),
    "not-authenticated": _code(
        HTTPStatus.UNAUTHORIZED, "Not authenticated", "A valid bearer token is needed."
    ),
    "unknown-document": _code(
        _BAD,
        "Unknown document",
        "Nobody has named this document beforehand, and no other is taken here.",
    ),
    "role-not-allowed": _code(
        HTTPStatus.FORBIDDEN, "Not for this role", "None of your roles has this operation."
    ),
    "staff-left": _code(
        HTTPStatus.FORBIDDEN,
        "No longer working here",
        "You have left this clinic, and this is not a record of yours to finish.",
    ),
    "scope-not-granted": _code(
        HTTPStatus.FORBIDDEN,
        "Scope not granted",
        "The token lacks this operation's scope, which WWW-Authenticate names.",
    ),
    "forbidden": _code(HTTPStatus.FORBIDDEN, "Forbidden", "You may not do this."),
    "not-found": _code(
        HTTPStatus.NOT_FOUND, "Not found", "There is no such thing, or it is not yours to know."
    ),
    "method-not-allowed": _code(
        HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed", "Allow names what is possible here."
    ),
    "in-flight": _code(
        HTTPStatus.CONFLICT, "In flight", "The same request is being answered right now."
    ),
    "conflict": _code(
        HTTPStatus.CONFLICT, "Conflict", "Others kept changing it at the same time: try again."
    ),
    "subject-erased": _code(
        HTTPStatus.CONFLICT, "Erased", "What is known of this person was erased on purpose."
    ),
    "private-text-erased": _code(
        HTTPStatus.CONFLICT,
        "Private text erased",
        "What this person wrote for themselves alone is being erased: try again. If the wish for "
        "it was cut off, send that again first.",
    ),
    "stale-version": _code(
        HTTPStatus.PRECONDITION_FAILED,
        "Stale version",
        "It has changed since: `current_version` is where it stands.",
    ),
    "body-too-large": _code(_LARGE, "Body too large", "The body is larger than this takes."),
    "event-too-large": _code(_LARGE, "Too much at once", "What came of it is over 256 KiB."),
    "unsupported-media-type": _code(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Unsupported media type",
        "Content-Type must be application/json in UTF-8, not compressed.",
    ),
    "invalid-request": _code(
        _WRONG, "Invalid request", "The body does not fit; `errors` says where."
    ),
    "idempotency-key-reused": _code(
        _WRONG, "Idempotency key reused", "This key was used before, with another request."
    ),
    "precondition-required": _code(
        HTTPStatus.PRECONDITION_REQUIRED,
        "Precondition required",
        "This needs If-Match with the version that you have seen.",
    ),
    "too-many-requests": _code(
        HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", "Try again after a while."
    ),
    "internal-error": _code(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Internal error",
        "This is our mistake. `trace_id` helps us to find it.",
    ),
    "overloaded": _code(_AWAY, "Overloaded", "Too much is going on: try again after a while."),
    "store-unavailable": _code(
        _AWAY, "Store unavailable", "Nothing was written: try again after a while."
    ),
    "outcome-unknown": _code(
        _AWAY, "Outcome unknown", "It may have happened: repeat it with the same Idempotency-Key."
    ),
    "audit-unavailable": _code(
        _AWAY,
        "Audit unavailable",
        "It could not be written down, so it is not answered: repeat it, with the same "
        "Idempotency-Key.",
    ),
    "keyring-unavailable": _code(
        _AWAY, "Keyring unavailable", "Private text cannot be sealed or opened now: try again."
    ),
    "identity-unavailable": _code(
        _AWAY, "Identity provider unavailable", "Tokens cannot be verified now: try again."
    ),
}

FIELDS: Mapping[str, Code] = {
    "missing": _code(_WRONG, "Missing", "This is required."),
    "unknown-field": _code(_WRONG, "Unknown field", "There is a field here that this never takes."),
    "wrong-type": _code(_WRONG, "Wrong type", "This takes a value of another type."),
    "wrong-length": _code(_WRONG, "Wrong length", "This is too short or too long."),
    "out-of-range": _code(_WRONG, "Out of range", "This lies outside of what is allowed."),
    "not-an-option": _code(_WRONG, "Not an option", "This is none of the values that are allowed."),
    "invalid-value": _code(_WRONG, "Invalid value", "This value is not valid here."),
    "occurred-in-the-future": _code(
        _WRONG, "In the future", "occurred_at may be at most 5 minutes ahead."
    ),
    "text-expected": _code(_WRONG, "Text expected", "This must be text."),
    "text-length": _code(_WRONG, "Length of a text", "This text is too short or too long."),
    "text-blank": _code(_WRONG, "Blank text", "Blanks alone are no text; leave it out instead."),
    "text-control-characters": _code(
        _WRONG,
        "Control characters",
        "Control characters, those of text direction too, are not allowed in text.",
    ),
}
"""Of one field of the body: these stand in `errors`. A type may add its own (`Checked`)."""

EDGE: Mapping[str, Code] = {**REQUEST, **FIELDS}


def of_rule(rule: type[Rejected], status: HTTPStatus) -> Code:
    """A rule's docstring is what people read when it says no; else its code, as a sentence."""
    title = rule.code.replace("-", " ").capitalize()
    detail = " ".join((rule.__doc__ or f"{title}.").split())
    return Code(status=status, title=title, detail=detail)


def rules(kind: type[Rejected] = Rejected) -> Iterator[type[Rejected]]:
    """Every rule that is loaded and can say no."""
    for rule in kind.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from rules(rule)


def status_of(rule: type[Rejected], statuses: Mapping[type[Rejected], HTTPStatus]) -> HTTPStatus:
    for kind in rule.__mro__:
        if kind in statuses:
            return statuses[kind]
    return HTTPStatus.CONFLICT
