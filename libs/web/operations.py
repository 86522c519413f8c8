"""What a service can be asked for: a table of operations, found without trying every route.

Paths have one form, so that finding one is two look-ups: `/v1/things`, `/v1/things/{id}`,
`/v1/things/{id}/parts`, and `/v1/things/by-identifier/{system}/{value}`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import APIRouter
from starlette.types import Receive, Scope

from libs.audit.trail import Trail
from libs.process.logging import know_path
from libs.web.headers import Headers, Trace
from libs.web.problems import Problem
from libs.web.replies import Reply

_FORM = re.compile(r"/v1/[a-z-]+(/\{id\}(/[a-z-]+)?|/by-identifier/\{system\}/\{value\})?")
_BY_IDENTIFIER = "by-identifier"
_ESCAPED = f"/{_BY_IDENTIFIER}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One HTTP request as an operation sees it; the body is not yet read. What it finds out about
    itself goes into the `trail`.
    """

    headers: Headers
    query: bytes
    path_id: str
    receive: Receive
    trace: Trace
    trail: Trail = field(default_factory=Trail)


class Operation(Protocol):
    """`name` is the OpenAPI operation id."""

    @property
    def name(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    async def answer(self, incoming: Incoming) -> Reply: ...


class Operations:
    """The table. Adding the same method and path or the same name twice is a mistake."""

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        self._by_place: dict[tuple[str, str | None], dict[str, Operation]] = {}
        self._by_name: dict[str, Operation] = {}
        for operation in operations:
            self.add(operation)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_name.values())

    def add(self, operation: Operation) -> None:
        if _FORM.fullmatch(operation.path) is None:
            raise ValueError(f"{operation.path} has another form than /v1/things/{{id}}/parts")
        place = _place(operation.path)[0]
        methods = self._by_place.setdefault(place, {})
        if operation.method in methods or operation.name in self._by_name:
            raise ValueError(f"{operation.name} or {operation.path} is there already")
        methods[operation.method] = self._by_name[operation.name] = operation
        know_path(operation.path)

    def named(self, name: str) -> Operation | None:
        return self._by_name.get(name)

    def find(self, method: str, path: str) -> tuple[Operation, str] | None:
        """With the id in the path. None where no operation has such a path.

        Raises `Problem` (405) where one has, but by another method.
        """
        place, path_id = _place(path)
        methods = self._by_place.get(place)
        if methods is None:
            return None
        operation = methods.get(method)
        if operation is None:
            raise Problem("method-not-allowed", headers=[(b"allow", _allowed(methods))])
        return operation, path_id


def _place(path: str) -> tuple[tuple[str, str | None], str]:
    """`/v1/things/7/parts` stands at ("/v1/things", "parts"), with id 7. What follows on
    `by-identifier` is the identifier, whatever it is.
    """
    parts = path.split("/", 4)
    if len(parts) <= 3:  # noqa: PLR2004 - "", "v1", "things"
        return (path, None), ""
    if parts[3] == _BY_IDENTIFIER and len(parts) > 4:  # noqa: PLR2004 - and the rest
        return ("/".join(parts[:3]), _ESCAPED), parts[4]
    return ("/".join(parts[:3]), "".join(parts[4:])), parts[3]


def path_of(scope: Scope) -> str:
    """An identifier may hold slashes of its own, so nothing of it is unescaped yet."""
    path: str = scope["path"]
    if _ESCAPED not in path:
        return path
    raw: bytes = scope.get("raw_path") or path.encode()
    return raw.partition(b"?")[0].decode("ascii", "replace")


def _allowed(methods: Mapping[str, Operation]) -> bytes:
    return ", ".join(sorted(methods)).encode()


class Router(APIRouter):
    """What an `api.py` gives away. Its operations are not FastAPI's routes: they skip its
    solving of dependencies, which costs more than a whole command.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[Operation] = []

    def take(self, *others: "Router") -> "Router":
        """This router with the operations of others."""
        for other in others:
            self.operations.extend(other.operations)
        return self
