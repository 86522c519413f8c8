"""Opens every sealed value of what is about to be shown to somebody who may read it."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from libs.privacy.private import Erased, Sealed
from libs.privacy.sealing import Sealer

View = TypeVar("View")


async def opened(view: View, sealer: Sealer, tenant_id: UUID) -> View:
    """The same view (frozen dataclasses, tuples, lists, mappings) with text or `Erased` where
    sealed values were. What holds none is returned as it is.

    Raises `KeyringUnavailable`, and `SealBroken` when a value was moved or changed.
    """
    return await _opened(view, sealer, tenant_id)  # type: ignore[no-any-return] # same shape


def sealed_in(view: Any) -> Iterator[Sealed]:
    """For fetching all keys of a screenful at once (`KeyringSealer.ready`)."""
    if isinstance(view, Sealed):
        yield view
        return
    for _, below in _parts(view):
        yield from sealed_in(below)


async def _opened(view: Any, sealer: Sealer, tenant_id: UUID) -> Any:
    if isinstance(view, Sealed):
        return await sealer.open(view, tenant_id=tenant_id)
    changed = {}
    for at, below in _parts(view):
        new = await _opened(below, sealer, tenant_id)
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
