"""Key names, how they are wrapped, and digests that find an external id again."""

import os

import pytest

from libs.privacy.keys import KeyName, WrapBroken, WrappingKey, lookup_digest
from libs.testing.cast import CLINIC, MASHA, OTHER_CLINIC
from libs.testing.keyring import Counting

MASTER = bytes(range(32))


def test_a_key_is_named_by_subject_class_and_generation() -> None:
    name = KeyName(CLINIC, MASHA, "patient_private", 2)
    assert name.id == f"{MASHA}.patient_private.2"
    assert KeyName.of(name.id, CLINIC) == name


async def test_a_wrapped_key_opens_under_its_own_label_only() -> None:
    wrapping = WrappingKey(MASTER, nonce=Counting())
    wrapped = await wrapping.wrap(b"k" * 32, b"masha")
    assert b"kkkk" not in wrapped
    assert await wrapping.unwrap(wrapped, b"masha") == b"k" * 32
    with pytest.raises(WrapBroken):
        await wrapping.unwrap(wrapped, b"lev")


async def test_another_wrapping_key_unwraps_nothing() -> None:
    wrapped = await WrappingKey(MASTER, nonce=os.urandom).wrap(b"k" * 32, b"masha")
    with pytest.raises(WrapBroken):
        await WrappingKey(MASTER[::-1], nonce=os.urandom).unwrap(wrapped, b"masha")


async def test_a_torn_wrap_is_broken() -> None:
    with pytest.raises(WrapBroken):
        await WrappingKey(MASTER, nonce=os.urandom).unwrap(b"short", b"masha")


def test_an_external_id_is_found_again_within_its_clinic_only() -> None:
    here = lookup_digest(MASTER, CLINIC, "mrn", "12-34")
    assert here == lookup_digest(MASTER, CLINIC, "mrn", "12-34")
    assert here != lookup_digest(MASTER, OTHER_CLINIC, "mrn", "12-34")
    assert here != lookup_digest(MASTER, CLINIC, "nhs", "12-34")
    assert lookup_digest(MASTER, CLINIC, "ab", "c") != lookup_digest(MASTER, CLINIC, "a", "bc")
