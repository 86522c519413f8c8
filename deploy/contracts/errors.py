"""`errors.md` and `errors.en.json`: every code that an answer can carry, with its words.

Each is declared once where it is used: a rule's class, an `Advice`, a field's `Checked`, the edge's
own table, GraphQL's. Here they are only collected.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any, Literal

from deploy.contracts.catalogue import WRITERS
from libs.eventstore.decider import Advice, Rejected
from libs.eventstore.telling import Told
from libs.web.codes import FIELDS, REQUEST, of_rule, rules, status_of
from libs.web.shapes import Shape
from services.gateway.graphql.codes import CODES

Kind = Literal["refusal", "field", "notice", "graphql"]

_HEAD = """\
# Codes

Codes are stable: translate them, never the words, by `errors.<locale>.json`.
"""

_ABOUT: Mapping[Kind, tuple[str, str]] = {
    "refusal": (
        "Refusals",
        (
            "`code` of an `application/problem+json` (RFC 9457), with its status. In GraphQL a"
            " command's is a `userErrors[].code`; what the door of `/graphql` refuses has it as"
            " `extensions.code` in UPPER_CASE."
        ),
    ),
    "field": (
        "Fields",
        (
            "`errors[].code` of an `invalid-request` (422), beside a JSON pointer. A rule that is"
            " about one field points at it, too."
        ),
    ),
    "notice": (
        "Notices",
        "`notices[].code` of a successful answer: what a clinician should know but may overrule.",
    ),
    "graphql": ("GraphQL", "`extensions.code` of a top-level error of the gateway."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One code. `status` is for refusals only."""

    code: str
    kind: Kind
    title: str
    detail: str
    status: int | None = None


def codes() -> list[Said]:
    """Of all services and the gateway, by kind and then by code."""
    statuses: dict[type[Rejected], HTTPStatus] = {}
    for service in WRITERS:
        statuses |= import_module(f"services.{service}.api").STATUSES
    return [*_refusals(statuses), *_fields(), *_notices(), *_graphql()]


def _refusals(statuses: Mapping[type[Rejected], HTTPStatus]) -> Iterator[Said]:
    ours = [rule for rule in rules() if _is_ours(rule.__module__)]
    loaded = sorted(ours, key=lambda rule: (rule.__module__, rule.__qualname__))
    of_rules = {rule.code: of_rule(rule, status_of(rule, statuses)) for rule in loaded}
    found = {**of_rules, **REQUEST}
    for name, code in sorted(found.items()):
        yield Said(
            code=name,
            kind="refusal",
            title=code.title,
            detail=code.detail,
            status=code.status.value,
        )


def _fields() -> Iterator[Said]:
    found = {name: code.detail for name, code in FIELDS.items()}
    for request in _requests(Told):
        found |= dict(checked(Shape(request).adapter.core_schema))
    for name, detail in sorted(found.items()):
        title = FIELDS[name].title if name in FIELDS else _title(name)
        yield Said(code=name, kind="field", title=title, detail=detail)


def _requests(kind: type[Any]) -> Iterator[type[Any]]:
    for request in kind.__subclasses__():
        if request.__module__.startswith("services."):
            yield request
        yield from _requests(request)


def checked(schema: Any) -> Iterator[tuple[str, str]]:
    """Codes and words of every `Checked` in what pydantic validates."""
    if isinstance(schema, dict):
        if schema.get("type") == "custom-error":
            yield schema["custom_error_type"], schema["custom_error_message"]
        for within in schema.values():
            yield from checked(within)
    elif isinstance(schema, list | tuple):
        for within in schema:
            yield from checked(within)


def _notices() -> Iterator[Said]:
    for advice in sorted(advice_given(), key=lambda each: each.code):
        yield Said(code=advice.code, kind="notice", title=_title(advice.code), detail=advice.words)


def advice_given() -> set[Advice]:
    """Constants of the services' modules, alone or in a table."""
    return {
        advice
        for name, module in list(sys.modules.items())
        if name.startswith("services.")
        for value in vars(module).values()
        for advice in (value.values() if isinstance(value, dict) else [value])
        if isinstance(advice, Advice)
    }


def _graphql() -> Iterator[Said]:
    for name, detail in sorted(CODES.items()):
        yield Said(code=name, kind="graphql", title=_title(name), detail=detail)


def _is_ours(module: str) -> bool:
    """What tests declare for themselves is no contract."""
    return module.startswith(("libs.", "services.")) and not module.startswith("libs.testing.")


def _title(code: str) -> str:
    return code.replace("-", " ").replace("_", " ").capitalize()


def markdown(known: list[Said]) -> str:
    return "\n".join([_HEAD, *(_section(kind, known) for kind in _ABOUT)])


def _section(kind: Kind, known: list[Said]) -> str:
    title, about = _ABOUT[kind]
    head = "| code | status | what it says |\n|---|---|---|\n"
    if kind != "refusal":
        head = "| code | what it says |\n|---|---|\n"
    rows = "".join(_row(each) for each in known if each.kind == kind)
    return f"## {title}\n\n{about}\n\n{head}{rows}"


def _row(said: Said) -> str:
    status = "" if said.status is None else f"{said.status} | "
    return f"| `{said.code}` | {status}{said.detail.replace('|', '&#124;')} |\n"


def texts(known: list[Said]) -> Mapping[str, Mapping[str, str]]:
    return {
        each.code: {"kind": each.kind, "title": each.title, "detail": each.detail} for each in known
    }
