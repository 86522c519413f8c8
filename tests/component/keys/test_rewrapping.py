"""All keys are wrapped anew while everybody seals and opens, and nobody notices."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, LiteralString
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest

from libs.privacy import rotating
from libs.privacy.keyring import SPOILT, TOMBSTONE, PostgresKeyring
from libs.privacy.keys import CLASSES, KeyName, Wrappers, WrappingKey
from libs.privacy.rotating import CannotRotate, Rewrapped
from libs.privacy.sealing import KeyringUnavailable
from libs.privacy.wrapping import WrappingUnfit, check_wrapping
from libs.testing.cast import ANNA, CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from tests.component.keys.wrapping import (
    KEYS,
    Stopped,
    keyring_on,
    pooled,
    stopping_after,
    unheard,
    wrappers,
    wrong_wrappers,
)

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

SOME = 40
FIRST = asyncio.FIRST_COMPLETED


@pytest.fixture
async def care(own_database: Database) -> AsyncIterator[asyncpg.Pool]:
    """Whose processes were given the second key, beside the first."""
    async with pooled(own_database, "keyring_writer") as pool:
        yield pool


@pytest.fixture
async def everybody(care: asyncpg.Pool) -> Sequence[KeyName]:
    """Of two clinics; one of them has lost her private text, and one all."""
    keyring, people = keyring_on(care), [uuid4() for _ in range(SOME)]
    for at, person in enumerate(people):
        await keyring.create_subject(CLINIC if at % 2 else OTHER_CLINIC, person)
    await keyring.destroy(OTHER_CLINIC, people[0])
    await keyring.destroy(CLINIC, people[1], ["patient_private"])
    return [
        KeyName(CLINIC if at % 2 else OTHER_CLINIC, person, key_class)
        for at, person in enumerate(people)
        for key_class in CLASSES
    ]


async def rewrap(
    database: Database,
    held: Wrappers,
    progress: Callable[[int, int], None] = unheard,
) -> Rewrapped:
    async with rotating.alone(database.url_as("keyring_rotator")) as db:
        return await rotating.rewrap(db, held, progress)


def by_hand(database: Database, statement: LiteralString, *arguments: Any) -> Sequence[Any]:
    with psycopg.connect(database.url) as superuser:
        return superuser.execute(statement, arguments).fetchall()


def wrapped_by(database: Database) -> dict[int, int]:
    return dict(
        by_hand(
            database,
            "SELECT wrapped_by, count(*) FROM keyring.subject_keys WHERE wrapped IS NOT NULL"
            " GROUP BY wrapped_by",
        )
    )


async def test_every_key_is_the_same_and_wrapped_by_another(
    own_database: Database, care: asyncpg.Pool, everybody: Sequence[KeyName]
) -> None:
    before = await keyring_on(care, 1).find(everybody)
    told: list[tuple[int, int]] = []
    found = await rewrap(own_database, wrappers(1, 2), lambda *how_far: told.append(how_far))
    living = 2 * SOME - 3
    assert found == Rewrapped(number=2, keys=living, spoilt=0, left=[1])
    assert (told[0], told[-1]) == ((0, living), (living, living))
    assert wrapped_by(own_database) == {2: living}
    assert await keyring_on(care, 2).find(everybody) == before
    assert list(before.values()).count(TOMBSTONE) == 3


async def test_doing_it_again_changes_nothing(
    own_database: Database, care: asyncpg.Pool, everybody: Sequence[KeyName]
) -> None:
    first = await rewrap(own_database, wrappers(1, 2))
    rows = by_hand(own_database, "SELECT * FROM keyring.subject_keys ORDER BY 1, 2, 3, 4")
    assert await rewrap(own_database, wrappers(1, 2)) == first
    assert await rewrap(own_database, wrappers(2)) == first
    assert by_hand(own_database, "SELECT * FROM keyring.subject_keys ORDER BY 1, 2, 3, 4") == rows
    assert len(await keyring_on(care, 2).find(everybody)) == len(everybody)


@pytest.mark.usefixtures("everybody")
async def test_new_keys_are_wrapped_by_the_second_from_the_moment_it_begins(
    own_database: Database, care: asyncpg.Pool
) -> None:
    both, only_the_first = keyring_on(care, 1, 2), keyring_on(care, 1)
    await both.create_subject(CLINIC, uuid4())
    assert set(wrapped_by(own_database)) == {1}, "holding it begins nothing"
    await rewrap(own_database, wrappers(1, 2))
    await both.create_subject(CLINIC, uuid4())
    assert set(wrapped_by(own_database)) == {2}
    with pytest.raises(KeyringUnavailable):
        await only_the_first.create_subject(CLINIC, uuid4())


async def test_a_key_that_is_being_made_as_the_second_begins_is_made_again(
    own_database: Database, care: asyncpg.Pool
) -> None:
    """Or it would come too late, under a number that was left."""

    class Slow(WrappingKey):
        async def wrap(self, key: bytes, label: bytes) -> bytes:
            await rewrap(own_database, wrappers(1, 2))
            return await super().wrap(key, label)

    held = {1: Slow(KEYS[1], nonce=os.urandom), **wrappers(2)}
    await PostgresKeyring(care, held, chance=os.urandom, patience=10).create_subject(CLINIC, ANNA)
    assert wrapped_by(own_database) == {2: 2}


async def test_stopped_in_the_midst_all_opens_and_it_goes_on_from_there(
    own_database: Database,
    care: asyncpg.Pool,
    everybody: Sequence[KeyName],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rotating, "BATCH", 10)
    before = await keyring_on(care, 1).find(everybody)

    with pytest.raises(Stopped):
        await rewrap(own_database, wrappers(1, 2), stopping_after(30))
    assert wrapped_by(own_database) == {1: 2 * SOME - 33, 2: 30}
    assert await keyring_on(care, 1, 2).find(everybody) == before
    told: list[tuple[int, int]] = []
    await rewrap(own_database, wrappers(1, 2), lambda *how_far: told.append(how_far))
    assert told[0] == (30, 2 * SOME - 3)
    assert await keyring_on(care, 2).find(everybody) == before


async def test_it_goes_on_while_people_are_registered_erased_and_renewed(
    own_database: Database,
    care: asyncpg.Pool,
    everybody: Sequence[KeyName],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rotating, "BATCH", 3)
    keyring, done = keyring_on(care, 1, 2, 3), asyncio.Event()
    came: list[UUID] = []
    went: list[UUID] = []
    some_came = asyncio.Event()

    async def people() -> None:
        for number in count():
            if done.is_set():
                return
            came.append(uuid4())
            await keyring.create_subject(CLINIC, came[-1])
            if number % 2:
                await keyring.destroy(CLINIC, came[-1], ["patient_private"])
                await keyring.renewed(CLINIC, came[-1], "patient_private")
            if number % 5 == 0:
                some_came.set()
                went.append(came.pop())
                await keyring.destroy(CLINIC, went[-1])
            living = await keyring.find(everybody)
            assert SPOILT not in living.values()

    busy = asyncio.create_task(people())
    try:
        await asyncio.wait([busy, asyncio.create_task(some_came.wait())], return_when=FIRST)
        for number in (2, 3):
            await rewrap(own_database, wrappers(*range(1, number + 1)))
    finally:
        done.set()
    await busy
    assert set(wrapped_by(own_database)) == {3}
    last = keyring_on(care, 3)
    for person in came:
        newest = await last.newest(CLINIC, person, "patient_private")
        assert newest is not None
        assert isinstance(newest[1], bytes)
    erased = await last.find([KeyName(CLINIC, each, "clinical") for each in went])
    assert set(erased.values()) <= {TOMBSTONE}


async def test_a_key_that_is_destroyed_just_then_stays_destroyed(
    own_database: Database, care: asyncpg.Pool, everybody: Sequence[KeyName]
) -> None:
    name = everybody[-1]
    read = rotating._Rewrapping._change

    async def late(self: Any, rows: Sequence[Any]) -> Sequence[Any]:
        """After it was read, and before it is written."""
        await keyring_on(care).destroy(name.tenant_id, name.subject_id)
        return await read(self, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rotating._Rewrapping, "_change", late)
        await rewrap(own_database, wrappers(1, 2))
    assert await keyring_on(care, 1, 2).find([name]) == {name: TOMBSTONE}


@pytest.mark.usefixtures("everybody")
async def test_without_the_former_key_nothing_is_begun(own_database: Database) -> None:
    with pytest.raises(WrappingUnfit, match=r"number 1 is missing \(wrapping-key-missing\)"):
        await rewrap(own_database, wrappers(2))
    assert by_hand(own_database, "SELECT number FROM keyring.wrapping_keys") == [(1,)]


@pytest.mark.usefixtures("everybody")
async def test_nor_with_another_in_its_place(own_database: Database) -> None:
    with pytest.raises(CannotRotate, match=r"number 1 is another key \(wrapping-key-differs\)"):
        await rewrap(own_database, {**wrong_wrappers(), **wrappers(2)})
    assert by_hand(own_database, "SELECT number, proof FROM keyring.wrapping_keys") == [(1, None)]


@pytest.mark.usefixtures("everybody")
async def test_once_begun_nobody_starts_with_another_key_or_without_one_that_wraps(
    own_database: Database, care: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "BATCH", 10)
    with suppress(Stopped):
        await rewrap(own_database, wrappers(1, 2), stopping_after(30))
    await check_wrapping(care, wrappers(1, 2))
    for held, number, code in (
        (wrappers(1), 2, "missing"),
        (wrappers(2), 1, "missing"),
        ({**wrong_wrappers(), **wrappers(2)}, 1, "differs"),
        ({**wrappers(1), 2: wrong_wrappers()[1]}, 2, "differs"),
    ):
        with pytest.raises(WrappingUnfit, match=rf"number {number} is .*wrapping-key-{code}"):
            await check_wrapping(care, held)
    await rewrap(own_database, wrappers(1, 2))
    await check_wrapping(care, wrappers(2))


async def test_who_was_not_given_the_second_key_shows_nothing_wrong(
    own_database: Database, care: asyncpg.Pool, everybody: Sequence[KeyName]
) -> None:
    """The operator forgot a process, and rewrapped: its texts do not open until it is told."""
    await rewrap(own_database, wrappers(1, 2))
    found = await keyring_on(care, 1).find(everybody)
    assert set(found.values()) == {SPOILT, TOMBSTONE}


async def test_a_key_that_does_not_open_is_counted_and_left_and_holds_nothing_up(
    own_database: Database, care: asyncpg.Pool, everybody: Sequence[KeyName]
) -> None:
    moved = everybody[-1]
    by_hand(
        own_database,
        "UPDATE keyring.subject_keys SET wrapped = '\\x0102' WHERE subject_id = %s AND class = %s"
        " RETURNING 1",
        moved.subject_id,
        moved.key_class,
    )
    found = await rewrap(own_database, wrappers(1, 2))
    assert found == Rewrapped(number=2, keys=2 * SOME - 3, spoilt=1, left=[])
    assert await keyring_on(care, 1, 2).find([moved]) == {moved: SPOILT}


@pytest.mark.usefixtures("everybody")
async def test_a_second_one_is_told_that_keys_are_being_rotated(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "PATIENCE", "200ms")
    async with rotating.alone(own_database.url_as("keyring_rotator")):
        with pytest.raises(CannotRotate, match=r"already \(keys-busy\)"):
            await rewrap(own_database, wrappers(1, 2))
    await rewrap(own_database, wrappers(1, 2))
