"""A subject's keys have generations: text is sealed under the newest, and opens under its own."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest

from libs.eventstore.wire import located
from libs.privacy.keyring import TOMBSTONE, Keyring, PostgresKeyring
from libs.privacy.keys import KeyName
from libs.privacy.private import Erased, KeyClass, Sealed
from libs.privacy.sealer import KeyringSealer
from libs.privacy.sealing import SealBroken, SubjectErased, UnknownSubject
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.keyring import Counting
from tests.component.keys.wrapping import keyring_on

EVENT = UUID("00000000-0000-7000-8000-00000000e001")
PRIVATE: KeyClass = "patient_private"


@pytest.fixture
async def masha(keyring: Keyring) -> UUID:
    """Whoever she is this time: a new one for each test."""
    somebody = uuid4()
    await keyring.create_subject(CLINIC, somebody)
    return somebody


def sealer_on(keyring: Keyring) -> KeyringSealer:
    """That holds nothing yet, as after a minute."""
    return KeyringSealer(keyring, chance=Counting(), monotonic=lambda: 0.0)


async def written(keyring: Keyring, who: UUID, text: str, key_class: KeyClass = PRIVATE) -> Sealed:
    content: dict[str, Any] = {"text": text}
    await sealer_on(keyring).seal(
        content,
        [("text",)],
        tenant_id=CLINIC,
        subject_id=who,
        event_id=EVENT,
        key_class=key_class,
    )
    return Sealed(**located(content, str(EVENT))["text"])


async def read(keyring: Keyring, sealed: Sealed) -> str | Erased:
    return await sealer_on(keyring).open(sealed, tenant_id=CLINIC)


async def followed(keyring: Keyring, who: UUID, key_class: KeyClass = PRIVATE) -> KeyName:
    """By the operator: a newer one, whether or not the newest lives."""
    found = await keyring.newest(CLINIC, who, key_class)
    assert found is not None
    await keyring.follow(found[0])  # type: ignore[attr-defined]  # both have it, for the operator
    return found[0].next


async def test_what_is_written_now_is_sealed_under_the_newest_and_what_was_still_opens(
    keyring: Keyring, masha: UUID
) -> None:
    before = await written(keyring, masha, "on Monday")
    assert await followed(keyring, masha) == KeyName(CLINIC, masha, PRIVATE, 2)
    after = await written(keyring, masha, "on Tuesday")
    assert (before.key, after.key) == (f"{masha}.{PRIVATE}.1", f"{masha}.{PRIVATE}.2")
    assert [await read(keyring, each) for each in (before, after)] == ["on Monday", "on Tuesday"]


async def test_a_text_does_not_open_under_another_generation_than_its_own(
    keyring: Keyring, masha: UUID
) -> None:
    before = await written(keyring, masha, "on Monday")
    await followed(keyring, masha)
    for number in (2, 3):
        with pytest.raises(SealBroken):
            await read(keyring, replace(before, key=f"{masha}.{PRIVATE}.{number}"))


async def test_each_class_has_generations_of_its_own(keyring: Keyring, masha: UUID) -> None:
    await followed(keyring, masha)
    clinical = await written(keyring, masha, "the plan", "clinical")
    assert clinical.key == f"{masha}.clinical.1"


@pytest.mark.parametrize(("key_class", "generation"), [("clinical", 1), (PRIVATE, 2)])
async def test_a_writer_who_holds_the_former_one_goes_on_for_that_minute_but_not_in_private(
    keyring: Keyring, masha: UUID, key_class: KeyClass, generation: int
) -> None:
    """What is private may be gone with it at any time."""
    content: dict[str, Any] = {"first": "said", "second": "said again"}
    sealer = sealer_on(keyring)
    place = {"tenant_id": CLINIC, "subject_id": masha, "event_id": EVENT}
    await sealer.seal(content, [("first",)], **place, key_class=key_class)
    await followed(keyring, masha, key_class)
    await sealer.seal(content, [("second",)], **place, key_class=key_class)
    assert content["second"]["key"] == f"{masha}.{key_class}.{generation}"
    assert await read(keyring, Sealed(**located(content, str(EVENT))["second"])) == "said again"


async def test_every_generation_goes_when_the_class_is_destroyed(
    keyring: Keyring, masha: UUID
) -> None:
    texts = [await written(keyring, masha, "first")]
    for _ in range(2):
        await followed(keyring, masha)
        texts.append(await written(keyring, masha, "later"))
    kept = await written(keyring, masha, "the plan", "clinical")
    await keyring.destroy(CLINIC, masha, [PRIVATE])
    assert [await read(keyring, each) for each in texts] == [Erased()] * 3
    assert await read(keyring, kept) == "the plan"
    with pytest.raises(SubjectErased):
        await written(keyring, masha, "too late")


async def test_private_text_begins_anew_after_it_was_destroyed_on_the_patients_wish(
    keyring: Keyring, masha: UUID
) -> None:
    before = await written(keyring, masha, "what I told nobody")
    await keyring.destroy(CLINIC, masha, [PRIVATE])
    for _ in range(2):
        await keyring.renewed(CLINIC, masha, PRIVATE)
    after = await written(keyring, masha, "a new page")
    assert after.key == f"{masha}.{PRIVATE}.2"
    assert [await read(keyring, each) for each in (before, after)] == [Erased(), "a new page"]


async def test_a_writer_who_met_the_tombstone_need_not_wait_until_it_is_forgotten(
    keyring: Keyring, masha: UUID
) -> None:
    sealer = sealer_on(keyring)
    await keyring.destroy(CLINIC, masha, [PRIVATE])
    content: dict[str, Any] = {"text": "a new page"}
    place = {"tenant_id": CLINIC, "subject_id": masha, "event_id": EVENT}
    with pytest.raises(SubjectErased):
        await sealer.seal(content, [("text",)], **place, key_class=PRIVATE)
    await keyring.renewed(CLINIC, masha, PRIVATE)
    await sealer.seal(content, [("text",)], **place, key_class=PRIVATE)
    assert content["text"]["key"] == f"{masha}.{PRIVATE}.2"


async def test_what_lives_is_not_renewed(keyring: Keyring, masha: UUID) -> None:
    await keyring.renewed(CLINIC, masha, PRIVATE)
    assert await keyring.find([KeyName(CLINIC, masha, PRIVATE, 2)]) == {}


async def test_registering_again_brings_nothing_back_that_was_destroyed(
    keyring: Keyring, masha: UUID
) -> None:
    """A client that repeats the registration is answered as ever."""
    await keyring.destroy(CLINIC, masha, [PRIVATE])
    await keyring.create_subject(CLINIC, masha)
    assert await keyring.newest(CLINIC, masha, PRIVATE) == (
        KeyName(CLINIC, masha, PRIVATE),
        TOMBSTONE,
    )


async def test_of_who_was_erased_nothing_begins_anew(keyring: Keyring, masha: UUID) -> None:
    await followed(keyring, masha)
    await keyring.destroy(CLINIC, masha)
    with pytest.raises(SubjectErased):
        await keyring.renewed(CLINIC, masha, PRIVATE)
    with pytest.raises(SubjectErased):
        await followed(keyring, masha)
    with pytest.raises(SubjectErased):
        await keyring.create_subject(CLINIC, masha)


async def test_nor_if_private_text_had_been_destroyed_and_renewed_before(
    keyring: Keyring, masha: UUID
) -> None:
    await keyring.destroy(CLINIC, masha, [PRIVATE])
    await keyring.renewed(CLINIC, masha, PRIVATE)
    page = await written(keyring, masha, "a new page")
    await keyring.destroy(CLINIC, masha)
    assert await read(keyring, page) == Erased()
    with pytest.raises(SubjectErased):
        await keyring.renewed(CLINIC, masha, PRIVATE)


async def test_erasure_is_of_one_clinic(keyring: Keyring, masha: UUID) -> None:
    await keyring.create_subject(OTHER_CLINIC, masha)
    await keyring.destroy(CLINIC, masha)
    await keyring.destroy(OTHER_CLINIC, masha, [PRIVATE])
    await keyring.renewed(OTHER_CLINIC, masha, PRIVATE)
    found = await keyring.newest(OTHER_CLINIC, masha, PRIVATE)
    assert found is not None
    assert found[0].generation == 2


async def test_who_never_had_keys_has_none_to_renew(keyring: Keyring) -> None:
    nobody = uuid4()
    assert await keyring.newest(CLINIC, nobody, PRIVATE) is None
    with pytest.raises(UnknownSubject):
        await keyring.renewed(CLINIC, nobody, PRIVATE)


@pytest.mark.postgres
async def test_sixteen_wishes_at_once_begin_one_generation(pool: asyncpg.Pool) -> None:
    keyring, somebody = keyring_on(pool), uuid4()
    await keyring.create_subject(CLINIC, somebody)
    await keyring.destroy(CLINIC, somebody, [PRIVATE])
    await asyncio.gather(*(keyring.renewed(CLINIC, somebody, PRIVATE) for _ in range(16)))
    found = await keyring.newest(CLINIC, somebody, PRIVATE)
    assert found is not None
    assert found[0].generation == 2


@pytest.mark.postgres
async def test_no_key_that_is_made_while_others_are_destroyed_survives(
    pool: asyncpg.Pool, database: Database
) -> None:
    keyring = keyring_on(pool)
    for _ in range(20):
        somebody = uuid4()
        await keyring.create_subject(CLINIC, somebody)
        await asyncio.gather(
            _refused_or_done(keyring, KeyName(CLINIC, somebody, PRIVATE)),
            keyring.destroy(CLINIC, somebody),
        )
    with psycopg.connect(database.url) as superuser:
        alive = superuser.execute(
            "SELECT count(*) FROM keyring.subject_keys k JOIN keyring.erased_subjects"
            " USING (tenant_id, subject_id) WHERE wrapped IS NOT NULL"
        ).fetchone()
    assert alive == (0,)


async def _refused_or_done(keyring: PostgresKeyring, name: KeyName) -> None:
    try:
        await keyring.follow(name)
    except SubjectErased:
        return


@pytest.mark.postgres
async def test_whose_private_text_was_destroyed_is_told_from_who_was_erased(
    pool: asyncpg.Pool, database: Database
) -> None:
    keyring, one, other = keyring_on(pool), uuid4(), uuid4()
    for each in (one, other):
        await keyring.create_subject(CLINIC, each)
    await keyring.destroy(CLINIC, one, [PRIVATE])
    await keyring.destroy(CLINIC, other)
    with psycopg.connect(database.url) as superuser:
        erased = superuser.execute(
            "SELECT subject_id FROM keyring.erased_subjects WHERE subject_id = ANY (%s)",
            [[one, other]],
        ).fetchall()
    assert erased == [(other,)]
