"""What nobody should send: for any command that an OpenAPI document describes, bodies that its own
schema refuses and requests that break the manners of the API. Later commands are covered too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]
Path = tuple[str | int, ...]

CANARY = "canary-of-masha"
DEEP = 100_000

_FORMS = {
    "uuid": r"[0-9a-fA-F-]{36}",
    "date-time": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    "date-time-local": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?",
    "date": r"\d{4}-\d\d-\d\d",
    "time-local": r"\d\d:\d\d(:00)?",
}
_CHECKER = FormatChecker(formats=())
for _form, _pattern in _FORMS.items():
    _CHECKER.checks(_form)(
        lambda value, of=re.compile(_pattern): not isinstance(value, str) or of.fullmatch(value)
    )

VALUES: tuple[Any, ...] = (
    None,
    True,
    7,
    -1,
    1.5,
    2**53,
    "",
    "1",
    "1763251200",
    "+100000-01-01T00:00:00Z",
    "0000-00-00T00:00:00Z",
    CANARY,
    f"{CANARY}\x07",
    CANARY * 1_000,
    [],
    [CANARY],
    [None] * 500,
    {},
    {CANARY: CANARY},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    name: str
    body: bytes
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    without: str = ""


@dataclass(frozen=True)
class Target:
    """One command of one document. `example` is a body that it takes."""

    document: Json
    path: str
    operation: Json

    @cached_property
    def _content(self) -> Json:
        content: Json = self.operation["requestBody"]["content"]["application/json"]
        return content

    @cached_property
    def example(self) -> Json:
        example: Json = next(iter(self._content["examples"].values()))["value"]
        return example

    @cached_property
    def _validator(self) -> Draft202012Validator:
        schema = {**self._content["schema"], "components": self.document["components"]}
        return Draft202012Validator(schema, format_checker=_CHECKER)

    def refuses(self, body: Any) -> bool:
        return not self._validator.is_valid(body)

    def attacks(self, known: set[str]) -> Iterator[Attack]:
        """Each part of the schema once: what is in `known` was attacked elsewhere."""
        yield from _broken(json.dumps(self.example).encode())
        yield from _mannerless(json.dumps(self.example).encode())
        for path in dict.fromkeys(self._places(self._content["schema"], (), known)):
            for value in VALUES:
                body = _with(self.example, path, value)
                if body is not None and self.refuses(body):
                    yield Attack(name=f"{path} {value!r:.20}", body=json.dumps(body).encode())

    def _places(self, schema: Json, path: Path, known: set[str]) -> Iterator[Path]:
        """Where something can stand, and beside it a name that nobody knows."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name in known:
                yield path
                return
            known.add(name)
            schema = self.document["components"]["schemas"][name]
        yield path
        for way in ("anyOf", "oneOf", "allOf"):
            for each in schema.get(way, ()):
                yield from self._places(each, path, known)
        if schema.get("type") == "object":
            yield (*path, CANARY)
        if "items" in schema:
            yield from self._places(schema["items"], (*path, 0), known)
        for name, each in schema.get("properties", {}).items():
            yield from self._places(each, (*path, name), known)


def targets(document: Json) -> Iterator[Target]:
    for path, operations in sorted(document["paths"].items()):
        if "x-interlude-command" in operations.get("post", {}):
            yield Target(document=document, path=path, operation=operations["post"])


def _with(body: Json, path: Path, value: Any) -> Json | None:
    """A copy with the value there; what the example leaves out on the way is made."""
    if not path:
        return value if isinstance(value, dict) else None
    changed: Json = deepcopy(body)
    here: Any = changed
    for step, after in pairwise(path):
        inner: Any = [{}] if after == 0 else {}
        if isinstance(step, int):
            if not isinstance(here[step], type(inner)):
                here[step] = inner
        elif not here.get(step) or not isinstance(here[step], type(inner)):
            here[step] = inner
        here = here[step]
    here[path[-1]] = value
    return changed


def _broken(body: bytes) -> Iterator[Attack]:
    canary, rest = CANARY.encode(), b"," + body[1:]
    for name, raw in {
        "nothing": b"",
        "half of it": body[: len(body) // 2],
        "a list of it": b"[" + body + b"]",
        "UTF-16": body.decode().encode("utf-16"),
        "no UTF-8": b'{"x": "\xff' + canary + b'"' + rest,
        "NaN": b'{"x": NaN' + rest,
        "beyond floats": b'{"x": 1e999' + rest,
        "a huge number": b'{"x": ' + b"9" * 10_000 + rest,
        "NUL": rb'{"x": "\u0000"' + rest,
        "half a character": rb'{"x": "\ud800"' + rest,
        "half a character in a name": rb'{"\udfff": 1' + rest,
        "a name twice": b'{"x": 1, "x": 2' + rest,
        "deep lists": b'{"x": ' + b"[" * DEEP + b"]" * DEEP + rest,
        "deep objects": b'{"x": ' + b'{"x":' * DEEP + b"1" + b"}" * DEEP + rest,
        "too long": b'{"x": "' + canary * 20_000 + b'"' + rest,
    }.items():
        yield Attack(name=name, body=raw)


def _mannerless(body: bytes) -> Iterator[Attack]:
    for name, headers in {
        "another type": {"Content-Type": "text/plain"},
        "compressed": {"Content-Encoding": "gzip"},
        "stale": {"If-Match": '"9999"'},
        "no version": {"If-Match": CANARY},
        "weak": {"If-Match": 'W/"1"'},
        "a long key": {"Idempotency-Key": CANARY * 30},
        "no token of consistency": {"Interlude-After": CANARY},
        "a forged token": {"Authorization": f"Bearer {CANARY}"},
        "another scheme": {"Authorization": f"Basic {CANARY}"},
        "nobody's role": {"Authorization": "Bearer analyst"},
    }.items():
        yield Attack(name=name, body=body, headers=headers)
    yield Attack(name="no token", body=body, without="Authorization")
    yield Attack(name="no key", body=body, without="Idempotency-Key")
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        yield Attack(name=method, body=body, method=method)
