"""`errors.md` and `errors.en.json`: every code that an answer can carry, with its words."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib import import_module

from deploy.contracts.catalogue import WRITERS
from libs.eventstore.decider import Rejected
from libs.web.codes import Code, catalogue

_HEAD = """\
# Codes

Every refusal is `application/problem+json` (RFC 9457) with one of these as its `code`; in GraphQL
it is a `userErrors[].code`, or `extensions.code` of a top-level error. Codes are stable: translate
them, never the words. A field's own code stands in `errors[]` beside a JSON pointer.

| code | status | what it says |
|---|---|---|
"""


def codes() -> Mapping[str, Code]:
    """Of the edge and of all rules of all services, each with the status that its service gives."""
    statuses: dict[type[Rejected], HTTPStatus] = {}
    for service in WRITERS:
        statuses |= import_module(f"services.{service}.api").STATUSES
    return catalogue(statuses)


def markdown(known: Mapping[str, Code]) -> str:
    return _HEAD + "".join(_rows(known))


def _rows(known: Mapping[str, Code]) -> Iterator[str]:
    for name, code in known.items():
        yield f"| `{name}` | {code.status.value} | {code.detail.replace('|', '&#124;')} |\n"


def texts(known: Mapping[str, Code]) -> Mapping[str, Mapping[str, str]]:
    return {name: {"title": code.title, "detail": code.detail} for name, code in known.items()}
