"""Private text is sealed where it stands, and opens nowhere else."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.wire import located
from libs.privacy.private import Erased, Sealed
from libs.privacy.sealer import KeyringSealer
from libs.privacy.sealing import (
    KeyBroken,
    KeyringUnavailable,
    PrivateTextErased,
    SealBroken,
    SubjectErased,
    UnknownSubject,
)
from libs.testing.cast import CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.keyring import Counting, MemoryKeyring, memory_sealer

EVENT = UUID("00000000-0000-7000-8000-00000000e001")
LARRY = "speaking to Larry about the films"


class Watch:
    """A clock that the test winds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def keyring() -> MemoryKeyring:
    keyring = MemoryKeyring()
    await keyring.create_subject(CLINIC, MASHA)
    return keyring


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sealer(keyring: MemoryKeyring, watch: Watch) -> KeyringSealer:
    return memory_sealer(keyring, monotonic=watch)


async def _sealed(
    sealer: KeyringSealer, content: dict[str, Any], *paths: str, subject: UUID = MASHA
) -> dict[str, Any]:
    await sealer.seal(
        content,
        [tuple(path.split(".")) for path in paths],
        tenant_id=CLINIC,
        subject_id=subject,
        event_id=EVENT,
        key_class="clinical",
    )
    return content


def _read(content: dict[str, Any]) -> Any:
    return located(content, str(EVENT))


async def test_what_was_sealed_can_be_read_again(sealer: KeyringSealer) -> None:
    content = await _sealed(sealer, {"title": LARRY, "category": "other"}, "title")
    assert content["category"] == "other"
    assert await sealer.open(Sealed(**_read(content)["title"]), tenant_id=CLINIC) == LARRY


async def test_no_word_is_left_readable(sealer: KeyringSealer) -> None:
    content = await _sealed(sealer, {"title": LARRY}, "title")
    assert "Larry" not in str(content)
    assert content["title"].keys() == {"key", "nonce", "ciphertext"}
    assert content["title"]["key"] == f"{MASHA}.clinical.1"


async def test_text_in_lists_is_bound_to_its_place_in_the_list(sealer: KeyringSealer) -> None:
    content = await _sealed(
        sealer,
        {"options": [{"label": "Larry"}, {"label": "Sasha"}], "thoughts": ["a stupid film", "go"]},
        "options.*.label",
        "thoughts.*",
    )
    read = _read(content)
    first = Sealed(**read["options"][0]["label"])
    second = Sealed(**read["options"][1]["label"])
    assert second.found_at == f"{EVENT}/options.1.label"
    assert await sealer.open(second, tenant_id=CLINIC) == "Sasha"
    assert await sealer.open(Sealed(**read["thoughts"][1]), tenant_id=CLINIC) == "go"
    with pytest.raises(SealBroken):
        await sealer.open(replace(first, found_at=second.found_at), tenant_id=CLINIC)


async def test_what_was_left_out_stays_left_out(sealer: KeyringSealer) -> None:
    content = await _sealed(
        sealer, {"cue": {"after": None}}, "title", "cue.place", "cue.after", "steps.*.text"
    )
    assert content == {"cue": {"after": None}}


async def test_a_value_moved_to_another_event_does_not_open(sealer: KeyringSealer) -> None:
    content = await _sealed(sealer, {"title": LARRY}, "title")
    elsewhere = located(content, "00000000-0000-7000-8000-00000000e002")
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**elsewhere["title"]), tenant_id=CLINIC)


async def test_a_value_does_not_open_under_another_subjects_key(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    await keyring.create_subject(CLINIC, LEV)
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**{**read["title"], "key": f"{LEV}.clinical.1"}), tenant_id=CLINIC)


async def test_another_clinic_cannot_open_it(sealer: KeyringSealer, keyring: MemoryKeyring) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**read["title"]), tenant_id=OTHER_CLINIC)
    await keyring.create_subject(OTHER_CLINIC, MASHA)
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**read["title"]), tenant_id=OTHER_CLINIC)


@pytest.mark.parametrize(
    "change",
    [
        {"ciphertext": "bm90aGluZw=="},
        {"ciphertext": "not base64!"},
        {"nonce": ""},
        {"key": "nobody"},
        {"key": "x.clinical.1"},
        {"key": f"{MASHA}.clinical.9"},
        {"key": f"{MASHA}.clinical.one"},
        {"key": f"{MASHA}.medical.1"},
        {"found_at": ""},
    ],
)
async def test_a_changed_value_does_not_open(sealer: KeyringSealer, change: dict[str, str]) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**{**read["title"], **change}), tenant_id=CLINIC)


async def test_only_what_is_said_now_can_be_sealed(sealer: KeyringSealer) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    with pytest.raises(SealBroken):
        await _sealed(sealer, {"title": read["title"]}, "title")


async def test_equal_words_look_different_each_time(sealer: KeyringSealer) -> None:
    once = await _sealed(sealer, {"title": LARRY}, "title")
    again = await _sealed(sealer, {"title": LARRY}, "title")
    assert once["title"]["ciphertext"] != again["title"]["ciphertext"]


async def test_nothing_can_be_sealed_for_somebody_without_keys(sealer: KeyringSealer) -> None:
    with pytest.raises(UnknownSubject):
        await _sealed(sealer, {"title": LARRY}, "title", subject=LEV)


async def test_nobody_is_asked_for_a_fact_without_private_text(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    asked = keyring.asked
    await _sealed(sealer, {"category": "other"}, subject=LEV)
    assert keyring.asked == asked


async def test_after_the_key_is_destroyed_it_is_erased_and_nothing_new_is_sealed(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    await keyring.destroy(CLINIC, MASHA)
    sealer.forget(CLINIC, MASHA)
    assert await sealer.open(Sealed(**read["title"]), tenant_id=CLINIC) == Erased()
    with pytest.raises(SubjectErased):
        await _sealed(sealer, {"title": LARRY}, "title")


async def test_under_a_key_that_does_not_open_nothing_is_read_or_sealed(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    keyring.spoil(CLINIC, MASHA)
    sealer.forget(CLINIC, MASHA)
    with pytest.raises(SealBroken):
        await sealer.open(Sealed(**read["title"]), tenant_id=CLINIC)
    with pytest.raises(KeyBroken):
        await _sealed(sealer, {"title": LARRY}, "title")


async def test_a_held_key_asks_nobody_for_a_minute_and_not_longer(
    sealer: KeyringSealer, keyring: MemoryKeyring, watch: Watch
) -> None:
    read = _read(await _sealed(sealer, {"title": LARRY}, "title"))
    keyring.down = True
    watch.seconds = 59.9
    assert await sealer.open(Sealed(**read["title"]), tenant_id=CLINIC) == LARRY
    watch.seconds = 60.0
    with pytest.raises(KeyringUnavailable):
        await sealer.open(Sealed(**read["title"]), tenant_id=CLINIC)


async def test_that_somebody_has_no_keys_is_not_remembered(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    with pytest.raises(UnknownSubject):
        await _sealed(sealer, {"title": LARRY}, "title", subject=LEV)
    await keyring.create_subject(CLINIC, LEV)
    await _sealed(sealer, {"title": LARRY}, "title", subject=LEV)


async def test_held_keys_are_bounded(keyring: MemoryKeyring) -> None:
    sealer = KeyringSealer(keyring, chance=Counting(), monotonic=lambda: 0.0, capacity=1)
    await keyring.create_subject(CLINIC, LEV)
    for subject in (MASHA, LEV, MASHA):
        await _sealed(sealer, {"title": LARRY}, "title", subject=subject)
    assert len(sealer._held) == 1


async def test_a_screenful_needs_one_question(
    sealer: KeyringSealer, keyring: MemoryKeyring, watch: Watch
) -> None:
    await keyring.create_subject(CLINIC, LEV)
    values = [
        Sealed(**_read(await _sealed(sealer, {"title": LARRY}, "title", subject=who))["title"])
        for who in (MASHA, LEV)
    ]
    watch.seconds = 100.0
    asked = keyring.asked
    await sealer.ready([*values, replace(values[0], key="nobody")], tenant_id=CLINIC)
    assert [await sealer.open(value, tenant_id=CLINIC) for value in values] == [LARRY, LARRY]
    assert keyring.asked == asked + 1


async def test_a_key_that_has_had_its_minute_is_not_kept_in_memory(
    sealer: KeyringSealer, keyring: MemoryKeyring, watch: Watch
) -> None:
    """Or it would be there for whoever looks, long after it was destroyed."""
    await keyring.create_subject(CLINIC, LEV)
    await _sealed(sealer, {"title": LARRY}, "title")
    watch.seconds = 30.0
    await _sealed(sealer, {"title": LARRY}, "title", subject=LEV)
    watch.seconds = 61.0
    await keyring.create_subject(OTHER_CLINIC, MASHA)
    await sealer.ready(
        [Sealed(key=f"{MASHA}.clinical.1", nonce="", ciphertext="")], tenant_id=OTHER_CLINIC
    )
    held = {(name.tenant_id, name.subject_id) for name in sealer._held}
    assert held == {(CLINIC, LEV), (OTHER_CLINIC, MASHA)}


async def _private(sealer: KeyringSealer) -> Sealed:
    content: dict[str, Any] = {"title": LARRY}
    await sealer.seal(
        content,
        [("title",)],
        tenant_id=CLINIC,
        subject_id=MASHA,
        event_id=EVENT,
        key_class="patient_private",
    )
    return Sealed(**_read(content)["title"])


async def test_private_text_that_was_erased_is_told_from_a_person_who_was(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    await keyring.destroy(CLINIC, MASHA, ("patient_private",))
    await _sealed(sealer, {"title": LARRY}, "title")
    with pytest.raises(PrivateTextErased):
        await _private(sealer)


async def test_what_is_written_right_after_private_text_was_erased_can_be_read(
    sealer: KeyringSealer, keyring: MemoryKeyring, watch: Watch
) -> None:
    """The former key is remembered here for a minute, and lost already."""
    before = await _private(sealer)
    await keyring.destroy(CLINIC, MASHA, ("patient_private",))
    await keyring.renewed(CLINIC, MASHA, "patient_private")
    watch.seconds = 1.0
    after = await _private(sealer)
    assert after.key == f"{MASHA}.patient_private.2"
    watch.seconds = 61.0
    assert await sealer.open(before, tenant_id=CLINIC) == Erased()
    assert await sealer.open(after, tenant_id=CLINIC) == LARRY


async def test_while_the_keyring_is_down_nothing_private_is_sealed_from_memory(
    sealer: KeyringSealer, keyring: MemoryKeyring
) -> None:
    written = await _private(sealer)
    await _sealed(sealer, {"title": LARRY}, "title")
    keyring.down = True
    await _sealed(sealer, {"title": LARRY}, "title")
    assert await sealer.open(written, tenant_id=CLINIC) == LARRY
    with pytest.raises(KeyringUnavailable):
        await _private(sealer)
