"""Opens the sealed texts of rows that are about to be shown, all keys of a screenful at once."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from uuid import UUID

from prometheus_client import Counter

from libs.privacy.private import Erased, Sealed
from libs.privacy.sealing import SealBroken, Sealer, UnknownSubject

_SEALED = frozenset({"key", "nonce", "ciphertext", "found_at"})

UNREADABLE = Counter(
    "interlude_unreadable_texts_total",
    "Texts shown as null because their key is unknown or their seal is broken.",
)

Spot = tuple[Any, Any, Sealed]
"""A list or object, the place in it, and what stands there."""


class Opener(Sealer, Protocol):
    async def ready(self, values: Iterable[Sealed], *, tenant_id: UUID) -> None: ...


async def open_texts(rows: Any, sealer: Opener, tenant_id: UUID) -> int:
    """Puts text where sealed values were, in place: null where the key was destroyed, and where
    nobody can open it any more. Of the latter it says how many.

    Raises `KeyringUnavailable`.
    """
    spots = list(_spots(rows))
    if not spots:
        return 0
    unreadable = 0
    await sealer.ready([sealed for _, _, sealed in spots], tenant_id=tenant_id)
    for container, at, sealed in spots:
        try:
            text = await sealer.open(sealed, tenant_id=tenant_id)
        except (SealBroken, UnknownSubject):
            # One lost key or one changed value must not hide all that stands around it.
            text = Erased()
            unreadable += 1
        container[at] = None if isinstance(text, Erased) else text
    UNREADABLE.inc(unreadable)
    return unreadable


def _spots(rows: Any) -> Iterator[Spot]:
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
