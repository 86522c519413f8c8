"""One contract for the keyring of the tests and the one on PostgreSQL."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest
from structlog.testing import capture_logs

from libs.privacy.keyring import SPOILT, TOMBSTONE, Keyring, PostgresKeyring
from libs.privacy.keys import CLASSES, KeyName, WrappingKey
from libs.privacy.sealing import KeyringUnavailable, SubjectErased
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring

MASTER = bytes(range(32))


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[asyncpg.Pool]:
    """Care's, which alone makes keys and destroys them."""
    async with asyncpg.create_pool(
        database.url_as("keyring_writer"), min_size=1, max_size=4
    ) as pool:
        yield pool


@pytest.fixture
async def readers(database: Database) -> AsyncIterator[asyncpg.Pool]:
    """Everybody else's."""
    async with asyncpg.create_pool(database.url_as("keyring_app"), min_size=1, max_size=1) as pool:
        yield pool


@pytest.fixture(params=["memory", "postgres"])
def keyring(request: pytest.FixtureRequest) -> Keyring:
    if request.param == "memory":
        return MemoryKeyring()
    pool = cast("asyncpg.Pool", request.getfixturevalue("pool"))
    return _postgres(pool)


@pytest.fixture
def somebody() -> UUID:
    return uuid4()


def _postgres(pool: asyncpg.Pool, master: bytes = MASTER) -> PostgresKeyring:
    wrappers = {1: WrappingKey(master, nonce=os.urandom)}
    return PostgresKeyring(pool, wrappers, chance=os.urandom)


def _by_hand(
    url: str, statement: LiteralString, arguments: Sequence[Any], *, within: UUID | None = None
) -> Sequence[Any]:
    """As somebody with a console of their own, who may say `within` which clinic."""
    with psycopg.connect(url) as connection:
        if within is not None:
            connection.execute("SELECT set_config('interlude.tenant', %s, true)", [str(within)])
        return connection.execute(statement, arguments).fetchall()


def _names(subject: UUID, tenant: UUID = CLINIC) -> list[KeyName]:
    return [KeyName(tenant, subject, key_class) for key_class in CLASSES]


async def test_a_subject_gets_a_key_of_each_class(keyring: Keyring, somebody: UUID) -> None:
    await keyring.create_subject(CLINIC, somebody)
    found = await keyring.find(_names(somebody))
    assert list(found) == _names(somebody)
    clinical, private = found.values()
    assert clinical != private
    assert isinstance(clinical, bytes)
    assert len(clinical) == 32


async def test_creating_again_changes_nothing(keyring: Keyring, somebody: UUID) -> None:
    await keyring.create_subject(CLINIC, somebody)
    before = await keyring.find(_names(somebody))
    await keyring.create_subject(CLINIC, somebody)
    assert await keyring.find(_names(somebody)) == before


async def test_nobodys_key_is_not_found(keyring: Keyring, somebody: UUID) -> None:
    assert await keyring.find(_names(somebody)) == {}


async def test_each_clinic_has_its_own_keys_of_one_person(keyring: Keyring, somebody: UUID) -> None:
    await keyring.create_subject(CLINIC, somebody)
    assert await keyring.find(_names(somebody, OTHER_CLINIC)) == {}
    await keyring.create_subject(OTHER_CLINIC, somebody)
    here = await keyring.find(_names(somebody))
    there = await keyring.find(_names(somebody, OTHER_CLINIC))
    assert set(here.values()).isdisjoint(there.values())


async def test_many_are_found_at_once(keyring: Keyring) -> None:
    everybody = [uuid4() for _ in range(5)]
    for each in everybody:
        await keyring.create_subject(CLINIC, each)
    wanted = {name for each in [*everybody, uuid4()] for name in _names(each)}
    assert len(await keyring.find(wanted)) == 10


async def test_keys_of_several_clinics_are_found_at_once(keyring: Keyring, somebody: UUID) -> None:
    for clinic in (CLINIC, OTHER_CLINIC):
        await keyring.create_subject(clinic, somebody)
    wanted = {name for clinic in (CLINIC, OTHER_CLINIC) for name in _names(somebody, clinic)}
    assert set(await keyring.find(wanted)) == wanted


async def test_a_destroyed_key_is_a_tombstone_that_refuses_creation(
    keyring: Keyring, somebody: UUID
) -> None:
    await keyring.create_subject(CLINIC, somebody)
    await keyring.destroy(CLINIC, somebody)
    with pytest.raises(SubjectErased):
        await keyring.create_subject(CLINIC, somebody)
    assert await keyring.find(_names(somebody)) == dict.fromkeys(_names(somebody), TOMBSTONE)


async def test_private_text_can_be_erased_alone(keyring: Keyring, somebody: UUID) -> None:
    await keyring.create_subject(CLINIC, somebody)
    await keyring.destroy(CLINIC, somebody, ["patient_private"])
    found = await keyring.find(_names(somebody))
    assert isinstance(found[KeyName(CLINIC, somebody, "clinical")], bytes)
    assert found[KeyName(CLINIC, somebody, "patient_private")] == TOMBSTONE


async def test_who_was_erased_before_ever_having_keys_gets_none(
    keyring: Keyring, somebody: UUID
) -> None:
    await keyring.destroy(CLINIC, somebody)
    await keyring.destroy(CLINIC, somebody)
    with pytest.raises(SubjectErased):
        await keyring.create_subject(CLINIC, somebody)


@pytest.mark.postgres
async def test_sixteen_creations_at_once_make_one_key(
    pool: asyncpg.Pool, database: Database, somebody: UUID
) -> None:
    keyring = _postgres(pool)
    await asyncio.gather(*(keyring.create_subject(CLINIC, somebody) for _ in range(16)))
    count = _by_hand(
        database.url, "SELECT count(*) FROM keyring.subject_keys WHERE subject_id = %s", [somebody]
    )
    assert count == [(2,)]


@pytest.mark.postgres
async def test_a_backup_of_the_table_without_what_wraps_it_opens_nothing(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    await _postgres(pool).create_subject(CLINIC, somebody)
    found = await _postgres(pool, MASTER[::-1]).find(_names(somebody))
    assert found == dict.fromkeys(_names(somebody), SPOILT)


@pytest.mark.postgres
async def test_a_key_copied_into_another_clinics_row_does_not_open(
    pool: asyncpg.Pool, database: Database, somebody: UUID
) -> None:
    keyring = _postgres(pool)
    await keyring.create_subject(CLINIC, somebody)
    _by_hand(
        database.url,
        "INSERT INTO keyring.subject_keys"
        " SELECT %s, subject_id, class, generation, wrapped, destroyed_at, wrapped_by"
        " FROM keyring.subject_keys WHERE subject_id = %s RETURNING class",
        [OTHER_CLINIC, somebody],
    )
    elsewhere = await keyring.find(_names(somebody, OTHER_CLINIC))
    assert elsewhere == dict.fromkeys(_names(somebody, OTHER_CLINIC), SPOILT)


@pytest.mark.postgres
async def test_a_key_that_does_not_open_takes_no_other_with_it(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    keyring, other = _postgres(pool), uuid4()
    await keyring.create_subject(CLINIC, somebody)
    await _postgres(pool, MASTER[::-1]).create_subject(CLINIC, other)
    before = await keyring.find(_names(somebody))
    with capture_logs() as logs:
        found = await keyring.find([*_names(somebody), *_names(other)])
    assert found == {**before, **dict.fromkeys(_names(other), SPOILT)}
    assert all(isinstance(key, bytes) for key in before.values())
    told = {"event": "key-does-not-open", "code": "wrap-broken", "log_level": "error"}
    assert logs == [told] * len(_names(other))


@pytest.mark.postgres
async def test_not_even_by_hand_is_a_tombstone_lifted(
    pool: asyncpg.Pool, database: Database, somebody: UUID
) -> None:
    await _postgres(pool).destroy(CLINIC, somebody)
    care = database.url_as("keyring_writer")
    with pytest.raises(psycopg.errors.RaiseException):
        _by_hand(
            care,
            "UPDATE subject_keys SET wrapped = '\\x01', destroyed_at = NULL"
            " WHERE subject_id = %s RETURNING class",
            [somebody],
            within=CLINIC,
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _by_hand(care, "DELETE FROM subject_keys WHERE true", [], within=CLINIC)


@pytest.mark.postgres
async def test_who_only_reads_keys_makes_none_and_destroys_none(
    readers: asyncpg.Pool, pool: asyncpg.Pool, somebody: UUID
) -> None:
    await _postgres(pool).create_subject(CLINIC, somebody)
    reading = _postgres(readers)
    assert len(await reading.find(_names(somebody))) == 2
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reading.create_subject(CLINIC, uuid4())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reading.destroy(CLINIC, somebody)
    assert TOMBSTONE not in (await reading.find(_names(somebody))).values()


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["keyring_app", "keyring_writer"])
async def test_whoever_forgets_to_say_which_clinic_sees_no_key(
    pool: asyncpg.Pool, database: Database, somebody: UUID, role: str
) -> None:
    await _postgres(pool).create_subject(CLINIC, somebody)
    with pytest.raises(psycopg.errors.UndefinedObject):
        _by_hand(database.url_as(role), "SELECT * FROM subject_keys WHERE true", [])


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["keyring_app", "keyring_writer"])
async def test_a_clinic_sees_its_own_keys_only_whatever_is_asked(
    pool: asyncpg.Pool, database: Database, somebody: UUID, role: str
) -> None:
    await _postgres(pool).create_subject(CLINIC, somebody)
    everything = "SELECT class FROM subject_keys WHERE subject_id = %s"
    url = database.url_as(role)
    assert len(_by_hand(url, everything, [somebody], within=CLINIC)) == 2
    assert _by_hand(url, everything, [somebody], within=OTHER_CLINIC) == []


@pytest.mark.postgres
def test_care_makes_no_key_in_another_clinic_than_it_says(
    database: Database, somebody: UUID
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _by_hand(
            database.url_as("keyring_writer"),
            "INSERT INTO subject_keys VALUES (%s, %s, 'clinical', 1, '\\x01', NULL, 1)"
            " RETURNING class",
            [OTHER_CLINIC, somebody],
            within=CLINIC,
        )


@pytest.mark.postgres
def test_no_services_role_reaches_the_keys(database: Database) -> None:
    with (
        psycopg.connect(database.url_as("care_app")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM keyring.subject_keys")


@pytest.mark.postgres
async def test_a_keyring_that_does_not_answer_is_unavailable(
    pool: asyncpg.Pool, somebody: UUID
) -> None:
    keyring = _postgres(pool)
    await pool.close()
    with pytest.raises(KeyringUnavailable):
        await keyring.find(_names(somebody))
