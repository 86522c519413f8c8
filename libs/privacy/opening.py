"""Opens every sealed value of what is about to be shown to somebody who may read it.

What does not open is shown like what was erased, counted, and logged by its code: one lost key or
one changed value must not hide all that stands around it.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import structlog
from prometheus_client import Counter

from libs.privacy.private import Erased, Sealed
from libs.privacy.sealing import SealBroken, Sealer, UnknownSubject

View = TypeVar("View")

UNREADABLE = Counter(
    "interlude_unreadable_texts_total",
    "Texts shown as erased because their key is unknown or spoilt, or their seal is broken.",
)

log = structlog.get_logger()


async def opened(view: View, sealer: Sealer, tenant_id: UUID) -> View:
    """The same view (frozen dataclasses, tuples, lists, mappings) with text or `Erased` where
    sealed values were. What holds none is returned as it is.

    Raises `KeyringUnavailable`.
    """
    reading = Reading(sealer, tenant_id)
    shown: View = await _opened(view, reading)
    reading.end()
    return shown


class Reading:
    """Of one screen. `unreadable` is how many values did not open."""

    def __init__(self, sealer: Sealer, tenant_id: UUID) -> None:
        self._sealer = sealer
        self._tenant_id = tenant_id
        self.unreadable = 0

    async def text(self, sealed: Sealed) -> str | Erased:
        """Raises `KeyringUnavailable`."""
        try:
            return await self._sealer.open(sealed, tenant_id=self._tenant_id)
        except (SealBroken, UnknownSubject):
            self.unreadable += 1
            return Erased()

    def end(self) -> None:
        if self.unreadable:
            UNREADABLE.inc(self.unreadable)
            log.error("texts-do-not-open", code="seal-broken", count=self.unreadable)


def sealed_in(view: Any) -> Iterator[Sealed]:
    """For fetching all keys of a screenful at once (`KeyringSealer.ready`)."""
    if isinstance(view, Sealed):
        yield view
        return
    for _, below in _parts(view):
        yield from sealed_in(below)


async def _opened(view: Any, reading: Reading) -> Any:
    if isinstance(view, Sealed):
        return await reading.text(view)
    changed = {}
    for at, below in _parts(view):
        new = await _opened(below, reading)
        if new is not below:
            changed[at] = new
    return _with(view, changed) if changed else view


def _parts(view: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(view, str | Erased):
        return
    if isinstance(view, Mapping):
        yield from view.items()
    elif isinstance(view, tuple | list):
        yield from enumerate(view)
    else:
        kind: type = view.__class__
        for name in _fields(kind):
            yield name, getattr(view, name)


def _with(view: Any, changed: Mapping[Any, Any]) -> Any:
    if isinstance(view, Mapping):
        return {**view, **changed}
    if isinstance(view, tuple | list):
        return type(view)(changed.get(at, below) for at, below in enumerate(view))
    return replace(view, **changed)


@cache
def _fields(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.init) if is_dataclass(kind) else ()
