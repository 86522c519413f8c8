"""From facts to published names and bytes, and back: the machinery behind every `wire.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, Generic, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from libs.eventstore.decider import Event
from libs.eventstore.versions import first_version_of, version_of, versions_below
from libs.privacy.private import KeyClass, Sealed
from libs.privacy.reading import STORED, described_for

Json = dict[str, Any]
Path = tuple[str, ...]
Upcast = tuple[str, Callable[[Json], Json]]

EVERY = "*"


def _always_clinical(_event: object) -> KeyClass:
    return "clinical"


class NoWayToRead(Exception):  # noqa: N818 - a `wire.py` is wrong, and nothing starts
    """An earlier version was published, and no upcast leads from it to today's."""


class Wire(Generic[Event]):
    """The explicit table from fact to published name; old names are read through named upcasts.
    An upcast is from the name it stands under to the name it gives: pure, by what the old record
    says alone; it may move sealed values and never looks inside. Raises `NoWayToRead`.

    `key_class` says under which of the subject's keys a fact's private text is sealed.
    """

    def __init__(
        self,
        names: Mapping[type[Event], str],
        upcasts: Mapping[str, Upcast] | None = None,
        key_class: Callable[[Event], KeyClass] = _always_clinical,
    ) -> None:
        self.names = names
        self.key_class = key_class
        self._upcasts = upcasts or {}
        self._newest = {first_version_of(name): name for name in names.values()}
        self._adapters: dict[str, TypeAdapter[Event]] = {
            name: TypeAdapter(kind) for kind, name in names.items()
        }
        self._private = {name: private_paths(kind) for kind, name in names.items()}
        for name in names.values():
            self._must_read_all_below(name)

    def to_wire(self, event: Event) -> tuple[str, Json]:
        """The published name and JSON-ready data, private text still plain; None is left out."""
        name = self.names[type(event)]
        data: Json = self._adapters[name].serializer.to_python(
            event, mode="json", exclude_none=True
        )
        return name, data

    def private(self, name: str) -> Sequence[Path]:
        """Where private text stands in this kind of fact; `*` is every element of a list."""
        return self._private[name]

    def from_wire(self, name: str, data: bytes, event_id: UUID) -> Event:
        """Sealed values learn where they stood (`found_at`) before any upcast may move them."""
        content: Json = located(orjson.loads(data), str(event_id))
        while name in self._upcasts:
            name, upcast = self._upcasts[name]
            content = upcast(content)
        adapter = self._adapters[self._as_known_here(name)]
        return adapter.validate_python(content, context=STORED)

    def _as_known_here(self, name: str) -> str:
        """While processes are updated one by one, and after one was set back, a stream holds facts
        of a version that this code does not know. It only adds to the newest that is known here.
        """
        newest = self._newest[first_version_of(name)]
        return newest if version_of(name) > version_of(newest) else name

    def _must_read_all_below(self, name: str) -> None:
        for earlier in versions_below(name):
            reached = earlier
            while reached in self._upcasts:
                reached, _ = self._upcasts[reached]
            if reached != name:
                raise NoWayToRead(earlier)

    def schemas(self) -> dict[str, Json]:
        with described_for("event"):
            return {
                name: adapter.json_schema(mode="serialization")
                for name, adapter in self._adapters.items()
            }


def located(content: Any, place: str) -> Any:
    """JSON as it was parsed, each sealed value stamped in place with where it stood:
    `<place>/<dotted path>`.
    """
    _locate(content, f"{place}/")
    return content


_SEALED = frozenset({"key", "nonce", "ciphertext"})


def _locate(content: Any, before: str) -> None:
    """`before` is the path up to the names of what is in here."""
    parts = content.items() if type(content) is dict else enumerate(content)
    for name, value in parts:
        if type(value) is dict:
            if "ciphertext" in value and value.keys() == _SEALED:
                value["found_at"] = f"{before}{name}"
            else:
                _locate(value, f"{before}{name}.")
        elif type(value) is list:
            _locate(value, f"{before}{name}.")


def private_paths(kind: Any) -> Sequence[Path]:
    """Found by the type `Private`, so that a field cannot be sensitive and forgotten."""
    return tuple(dict.fromkeys(_paths(kind, ())))


def _paths(kind: Any, path: Path) -> list[Path]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _paths(arguments[0], path)
    if origin in {Union, UnionType}:
        if Sealed in arguments:
            return [path]
        return [found for argument in arguments for found in _paths(argument, path)]
    if origin in {tuple, list, frozenset}:
        return [found for argument in arguments[:1] for found in _paths(argument, (*path, EVERY))]
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return [
            found
            for field in fields(kind)
            for found in _paths(hints[field.name], (*path, field.name))
        ]
    return []
