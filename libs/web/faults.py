"""What pydantic found, told in our codes and words: where and what is wrong, never what it was.

Pydantic's own messages can quote the input, and its locations can hold names that a client chose.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.web.codes import EDGE
from libs.web.problems import Fault

MOST = 20
"""More than these nobody reads."""

_CODES = {
    "missing": "missing",
    "unexpected_keyword_argument": "unknown-field",
    "extra_forbidden": "unknown-field",
    "string_too_short": "wrong-length",
    "string_too_long": "wrong-length",
    "too_short": "wrong-length",
    "too_long": "wrong-length",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "multiple_of": "out-of-range",
    "literal_error": "not-an-option",
    "enum": "not-an-option",
}

_LIMITS = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
}


def faults_of(invalid: ValidationError, content: Any, names: AbstractSet[str]) -> Sequence[Fault]:
    """`names` are the field names of the request; others are left out of pointers."""
    found = [
        _fault(error, content, names)
        for error in invalid.errors(include_input=False, include_url=False)[: MOST * 4]
    ]
    return list(dict.fromkeys(found))[:MOST]


def _fault(error: ErrorDetails, content: Any, names: AbstractSet[str]) -> Fault:
    pointer = "".join(f"/{step}" for step in _steps(error, content, names))
    kind = error["type"]
    if "-" in kind:  # one of ours: pydantic's own kinds have underscores
        return Fault(pointer, kind, error["msg"])
    code = _CODES.get(kind) or ("wrong-type" if kind.endswith("_type") else "invalid-value")
    return Fault(pointer, code, _words(code, error))


def _words(code: str, error: ErrorDetails) -> str:
    limits = [
        words.format(error["ctx"][name])
        for name, words in _LIMITS.items()
        if name in error.get("ctx", {})
    ]
    return f"This must be {' and '.join(limits)}." if limits else EDGE[code].detail


def _steps(error: ErrorDetails, content: Any, names: AbstractSet[str]) -> Iterator[str | int]:
    """Pydantic also names the alternatives of a union on the way; those are no steps."""
    for step in error["loc"]:
        if isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
            yield step
        elif isinstance(content, dict) and step in content:
            if step not in names:
                return
            content = content[step]
            yield step
        elif error["type"] == "missing" and step == error["loc"][-1]:
            yield step
