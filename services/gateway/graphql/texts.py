"""Opens the sealed texts of rows that are about to be shown, all keys of a screenful at once."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from uuid import UUID

from libs.privacy.opening import Reading
from libs.privacy.private import Erased, Sealed
from libs.privacy.sealing import Sealer

_SEALED = frozenset({"key", "nonce", "ciphertext", "found_at"})

Spot = tuple[Any, Any, Sealed]
"""A list or object, the place in it, and what stands there."""


class Opener(Sealer, Protocol):
    async def ready(self, values: Iterable[Sealed], *, tenant_id: UUID) -> None: ...


async def open_texts(rows: Any, sealer: Opener, tenant_id: UUID) -> int:
    """Puts text where sealed values were, in place: null where the key was destroyed, and where
    nobody can open it any more. Of the latter it says how many.

    Raises `KeyringUnavailable`.
    """
    found = list(spots(rows))
    if not found:
        return 0
    reading = Reading(sealer, tenant_id)
    await sealer.ready([sealed for _, _, sealed in found], tenant_id=tenant_id)
    for container, at, sealed in found:
        text = await reading.text(sealed)
        container[at] = None if isinstance(text, Erased) else text
    reading.end()
    return reading.unreadable


def spots(rows: Any) -> Iterator[Spot]:
    """A loop, not a recursion: screens are large and this is most of what they cost here."""
    waiting = [rows]
    while waiting:
        container = waiting.pop()
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for at, value in items:
            if isinstance(value, dict) and value.keys() == _SEALED:
                yield container, at, Sealed(**value)
            elif isinstance(value, dict | list):
                waiting.append(value)
