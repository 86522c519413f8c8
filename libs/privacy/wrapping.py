"""Which keys wrap those in the keyring, and whether the right ones are held here.

WrappingUnfit
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from libs.privacy.keys import WrapBroken, Wrapper, Wrappers

NOT_AT_ITS_HEAD = (
    "KEYRING_URL: the keyring is not at its head: `python -m deploy.migrate keyring` first."
)
_STANDING = "SELECT number, proof, left_at IS NOT NULL AS left FROM wrapping_keys ORDER BY number"


class WrappingUnfit(Exception):  # noqa: N818 - the operator is told which key is missing or wrong
    """Says which, by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """`proof` is nothing at all, wrapped: None until somebody has begun another one. No key is
    wrapped by one that was `left`.
    """

    number: int
    proof: bytes | None
    left: bool


async def check_wrapping(db: Any, wrappers: Wrappers) -> Sequence[Begun]:
    """Whether everything can be opened that the keyring holds. Raises `WrappingUnfit`."""
    known = await begun(db)
    for each in known:
        wrapper = wrappers.get(each.number)
        if wrapper is None and not each.left:
            raise WrappingUnfit(
                f"KEYRING_KEYS: number {each.number} is missing (wrapping-key-missing), and keys "
                "are wrapped by it."
            )
        if wrapper and each.proof and not await proves(wrapper, each.number, each.proof):
            raise WrappingUnfit(
                f"KEYRING_KEYS: number {each.number} is another key (wrapping-key-differs) than "
                "the one that wraps."
            )
    return known


async def begun(db: Any) -> Sequence[Begun]:
    try:
        rows = await db.fetch(_STANDING)
    except asyncpg.UndefinedTableError:
        raise WrappingUnfit(NOT_AT_ITS_HEAD) from None
    return [Begun(number=row["number"], proof=row["proof"], left=row["left"]) for row in rows]


async def proof_of(wrapper: Wrapper, number: int) -> bytes:
    return await wrapper.wrap(b"", _label(number))


async def proves(wrapper: Wrapper, number: int, proof: bytes) -> bool:
    try:
        return await wrapper.unwrap(proof, _label(number)) == b""
    except WrapBroken:
        return False


def _label(number: int) -> bytes:
    return f"wrapping/{number}".encode()
