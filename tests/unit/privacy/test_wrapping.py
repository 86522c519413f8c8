"""What wraps a key opens it under its label and nothing else; and which numbers are needed."""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.privacy.keys import WrapBroken, WrappingKey
from libs.privacy.wrapping import WrappingUnfit, check_wrapping, proof_of, proves

keys = st.binary(min_size=32, max_size=32)
labels = st.binary(max_size=40)


def wrapping(key: bytes) -> WrappingKey:
    return WrappingKey(key, nonce=os.urandom)


@given(former=keys, latter=keys, subject=keys, label=labels)
async def test_a_key_is_the_same_after_it_was_wrapped_anew(
    former: bytes, latter: bytes, subject: bytes, label: bytes
) -> None:
    wrapped = await wrapping(former).wrap(subject, label)
    anew = await wrapping(latter).wrap(await wrapping(former).unwrap(wrapped, label), label)
    assert await wrapping(latter).unwrap(anew, label) == subject
    assert subject not in anew


@given(key=keys, other=keys, subject=keys, label=labels, elsewhere=labels)
async def test_it_opens_under_no_other_key_and_no_other_label(
    key: bytes, other: bytes, subject: bytes, label: bytes, elsewhere: bytes
) -> None:
    wrapped = await wrapping(key).wrap(subject, label)
    for opening, under in ((key, elsewhere), (other, label)):
        if (opening, under) != (key, label):
            with pytest.raises(WrapBroken):
                await wrapping(opening).unwrap(wrapped, under)


@given(key=keys, at=st.integers(0, 59), bit=st.integers(0, 7))
async def test_a_changed_one_does_not_open(key: bytes, at: int, bit: int) -> None:
    wrapped = bytearray(await wrapping(key).wrap(bytes(32), b"masha"))
    wrapped[at] ^= 1 << bit
    with pytest.raises(WrapBroken):
        await wrapping(key).unwrap(bytes(wrapped), b"masha")


async def test_a_proof_is_of_one_key_under_one_number() -> None:
    one, other = wrapping(bytes(range(32))), wrapping(bytes(range(1, 33)))
    proof = await proof_of(one, 2)
    assert await proves(one, 2, proof)
    assert not await proves(one, 3, proof)
    assert not await proves(other, 2, proof)


class Standing:
    """What the keyring says of its wrapping keys."""

    def __init__(self, *rows: Mapping[str, Any]) -> None:
        self.rows = rows

    async def fetch(self, _statement: str) -> tuple[Mapping[str, Any], ...]:
        return self.rows


async def test_a_number_is_needed_until_it_was_left() -> None:
    held = {2: wrapping(bytes(range(32)))}
    second = {"number": 2, "proof": await proof_of(held[2], 2), "left": False}
    await check_wrapping(Standing({"number": 1, "proof": None, "left": True}, second), held)
    with pytest.raises(WrappingUnfit, match="number 1 is missing"):
        await check_wrapping(Standing({"number": 1, "proof": None, "left": False}, second), held)
