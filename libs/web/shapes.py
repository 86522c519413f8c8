"""What a client may send for a request: derived from its dataclass, so that it is written once.

Out go the fields that the edge fills in (`Told`'s, `LOOKED_UP`); in come `occurred_at` and `zone`.
Ids marked `MINTED` are made here when the client brought none, at any depth.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, make_dataclass
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from libs.eventstore.telling import LookedUp, Minted, Told
from libs.vocabulary.moment import Instant, Zone
from libs.web.bodies import Json
from libs.web.faults import faults_of
from libs.web.problems import FieldsInvalid, fault

AHEAD = timedelta(minutes=5)
"""How far clocks of clients may be in front of ours."""

NOWHERE = "Etc/UTC"

EVERY = "*"
Path = tuple[str, ...]

_STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
_TOLD = frozenset(each.name for each in fields(Told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A body that fits. `fields` are the request's own, validated; `happened_at` is now where it
    does not say when (`says_when`).
    """

    fields: dict[str, Any]
    happened_at: datetime
    says_when: bool
    zone: str


class Shape:
    """One request dataclass as a body."""

    def __init__(self, request: type[Any]) -> None:
        hints = get_type_hints(request, include_extras=True)
        self.request = request
        self.minted = tuple(_minted_paths(request))
        self.thing = next((path[0] for path in self.minted if len(path) == 1), None)
        self.adapter: TypeAdapter[Any] = TypeAdapter(_body(request, hints))
        self._names = frozenset(_names(request)) | {"occurred_at", "zone"}
        self._has_zone = "zone" in hints

    def with_ids(self, content: Json, new_id: Callable[[], UUID]) -> Json:
        """The same content; ids that the client left out are made (in place)."""
        for path in self.minted:
            _mint(content, path, new_id)
        return content

    def read(self, content: Json, now: datetime) -> Read:
        """Raises `FieldsInvalid`."""
        try:
            body = self.adapter.validator.validate_json(orjson.dumps(content))
        except ValidationError as invalid:
            raise FieldsInvalid(*faults_of(invalid, content, self._names)) from None
        told = dict(vars(body))
        occurred_at = told.pop("occurred_at")
        zone = told["zone"] if self._has_zone else told.pop("zone")
        return Read(
            fields=told,
            happened_at=_not_ahead(occurred_at, now),
            says_when=occurred_at is not None,
            zone=zone or NOWHERE,
        )


def _not_ahead(occurred_at: datetime | None, now: datetime) -> datetime:
    if occurred_at is None:
        return now
    if occurred_at > now + AHEAD:
        raise FieldsInvalid(fault("/occurred_at", "occurred-in-the-future"))
    return occurred_at.astimezone(UTC)


def _body(request: type[Any], hints: Mapping[str, Any]) -> type[Any]:
    own = [
        (each.name, hints[each.name], _default(each.default, each.default_factory))
        for each in fields(request)
        if each.name not in _TOLD and not marked(hints[each.name], LookedUp)
    ]
    shared = [
        ("occurred_at", Instant | None, field(default=None)),
        ("zone", Zone | None, field(default=None)),
    ]
    names = {name for name, _, _ in own}
    body = make_dataclass(
        request.__name__,
        [*own, *(each for each in shared if each[0] not in names)],
        kw_only=True,
        namespace={"__doc__": request.__doc__, "__module__": request.__module__},
    )
    body.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]  # where pydantic looks for it
    return body


def _default(value: Any, factory: Any) -> Any:
    if factory is not MISSING:
        return field(default_factory=factory)
    return field() if value is MISSING else field(default=value)


def marked(hint: Any, mark: type[Minted | LookedUp]) -> bool:
    return get_origin(hint) is Annotated and any(isinstance(each, mark) for each in get_args(hint))


def minted_fields(kind: type[Any]) -> frozenset[str]:
    """Of this dataclass itself: required by the request, optional for the client."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in hints.items() if marked(hint, Minted))


def _minted_paths(kind: Any) -> Sequence[Path]:
    hints = get_type_hints(kind, include_extras=True)
    found: list[Path] = []
    for name, hint in hints.items():
        if marked(hint, Minted):
            found.append((name,))
        else:
            found.extend((name, *path) for path in _paths_within(hint))
    return tuple(dict.fromkeys(found))


def _paths_within(hint: Any) -> list[Path]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _paths_within(arguments[0])
    if origin in {Union, UnionType}:
        return [path for each in arguments for path in _paths_within(each)]
    if origin in {tuple, list, frozenset}:
        return [(EVERY, *path) for each in arguments[:1] for path in _paths_within(each)]
    return list(_minted_paths(hint)) if is_dataclass(hint) else []


def _mint(content: Any, path: Path, new_id: Callable[[], UUID]) -> None:
    """Where the body has another form than expected nothing is made: validation will say so."""
    step, rest = path[0], path[1:]
    if step == EVERY:
        for each in content if isinstance(content, list) else ():
            _mint(each, rest, new_id)
    elif isinstance(content, dict) and rest:
        _mint(content.get(step), rest, new_id)
    elif isinstance(content, dict):
        content.setdefault(step, str(new_id()))


def _names(kind: Any) -> set[str]:
    """Every field name that the request knows: only these may stand in a pointer."""
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return set(hints).union(*(_names(hint) for hint in hints.values()))
    return set().union(*(_names(each) for each in get_args(kind)))
