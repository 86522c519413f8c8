"""Once Masha is erased, what she wrote and the keys that opened it are nowhere: not in a page of a
table or an index, not in the write-ahead log after a checkpoint, not in a read model, what is
parked, an answer, a topic's log or a server's log; and nothing that is left of it opens again.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.local import migrations
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, temporary_place
from deploy.local.processes import SERVICES
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message, topic_of
from libs.privacy import rotating
from libs.privacy.private import Erased, Sealed
from libs.privacy.sealer import KeyringSealer
from libs.testing.cast import CLINIC, LEV, MASHA
from libs.testing.databases import Database, Server
from tests.component.erasing.erased import by_the_gateway, released
from tests.component.erasing.treatment import WORDS, begun, of
from tests.component.erasing.world import World, living
from tests.component.keys.wrapping import keyring_on, pooled, unheard, wrappers
from tests.security.sweeping import Looking

pytestmark = [
    pytest.mark.security("erasure"),
    pytest.mark.postgres,
    pytest.mark.timeout(300),
]

_KEPT = """
SELECT subject_id::text, class, wrapped FROM keyring.subject_keys WHERE wrapped IS NOT NULL
"""
_AN_OBJECT = r"\x7b"
"""How a column of bytes is written that holds JSON: the log's."""
_TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A PostgreSQL of its own, for whoever looks at all of its files. `keys` are the wrapped keys
    as they were before anybody was erased.
    """

    folder: Path
    world: World
    keys: Mapping[UUID, Sequence[bytes]]

    def files(self) -> Iterator[Path]:
        return (each for each in self.folder.rglob("*") if each.is_file())

    def holding(self, content: bytes) -> Sequence[str]:
        return [str(file) for file in self.files() if content in file.read_bytes()]

    def sealed(self, who: UUID) -> Iterator[Sealed]:
        """Every sealed value under a key of theirs, in whatever table it stands."""
        with psycopg.connect(self.world.database.url) as superuser:
            for (table,) in superuser.execute(_TABLES).fetchall():
                rows = superuser.execute(f"SELECT to_jsonb(t) FROM {table} t".encode()).fetchall()  # noqa: S608 - as the catalogue quotes it
                for (row,) in rows:
                    yield from _sealed_in(row, who)


def _sealed_in(content: Any, who: UUID) -> Iterator[Sealed]:
    match content:
        case {"key": str(key), "nonce": nonce, "ciphertext": ciphertext, **rest}:
            if key.startswith(str(who)):
                found_at = str(rest.get("found_at", ""))
                yield Sealed(key=key, nonce=nonce, ciphertext=ciphertext, found_at=found_at)
        case dict():
            for inner in content.values():
                yield from _sealed_in(inner, who)
        case list():
            for inner in content:
                yield from _sealed_in(inner, who)
        case str() if content.startswith(_AN_OBJECT):
            # Or a digest that begins so by chance.
            with suppress(ValueError):
                yield from _sealed_in(json.loads(bytes.fromhex(content[2:])), who)
        case _:
            pass


@pytest.fixture
def server() -> Iterator[Postgres]:
    folder = temporary_place()
    folder.chmod(0o711)
    try:
        made = Postgres(folder=folder / "postgres", port=free_port())
        with made.running():
            yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture
async def place(server: Postgres) -> AsyncIterator[Place]:
    """Masha was erased and Lev was not; everything was published, vacuumed and checkpointed."""
    database = _prepared(server)
    async with living(database) as world:
        await begun(world)
        keys = _wrapped(database)
        _looked_at(database)
        await released(world)
        await world.all_hear()
        await by_the_gateway(world)
        world.time.passes(seconds=61)
        _published(world)
        _settled(database)
        yield Place(folder=server.folder, world=world, keys=keys)


def _prepared(server: Postgres) -> Database:
    """As `SECURITY.md` asks for: segments of the log that are done with are not used again. And
    nobody vacuums or looks at a table but when it is said here, for whoever does keeps what was
    destroyed meanwhile for those who might still want to see it.
    """
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE interlude")
        superuser.execute("ALTER SYSTEM SET wal_recycle = off")
        superuser.execute("ALTER SYSTEM SET autovacuum = off")
        superuser.execute("ALTER SYSTEM SET log_statement = 'all'")
        superuser.execute("SELECT pg_reload_conf()")
    database = Server(server.url()).of("interlude")
    migrations.apply_roles(database.url)
    migrations.migrate_all(database.url_as)
    return database


def _wrapped(database: Database) -> Mapping[UUID, Sequence[bytes]]:
    found: dict[UUID, list[bytes]] = {}
    with psycopg.connect(database.url) as superuser:
        for subject, _, wrapped in superuser.execute(_KEPT):
            found.setdefault(UUID(subject), []).append(bytes(wrapped))
    return found


def _published(world: World) -> None:
    """On the embedded log, as the relays would have."""
    with closing(connect(world.database.url_as("broker_app"))) as broker:
        for service in SERVICES:
            topic = topic_of(service)
            broker.ensure_topic(topic, partitions=3)
            with closing(broker.publisher()) as publisher:
                publisher.publish([to_message(one, topic) for one in world.recorded(service)])


def _looked_at(database: Database) -> None:
    """As PostgreSQL does by itself, which keeps samples of what it finds in a column."""
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("ANALYZE")


def _settled(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("VACUUM")
        for _ in range(2):
            superuser.execute("SELECT pg_switch_wal()")
            superuser.execute("CHECKPOINT")


async def test_once_she_is_erased_nothing_of_it_is_anywhere(place: Place) -> None:
    world = place.world
    seen = await world.shown("masha", "care", f"/v1/erasures/{MASHA}")
    assert seen["status"] == "certified"

    # What was written stands in no file, in whatever shape: it never did.
    assert list(Looking(WORDS).in_files(place.folder)) == []
    assert len(list(place.files())) > 1000

    # Her keys are in no file either, and Lev's are, so that one would find them.
    assert [len(keys) for keys in place.keys.values()] == [2, 2, 2]
    for key in place.keys[LEV]:
        assert place.holding(key) != []
    for key in place.keys[MASHA]:
        assert place.holding(key) == []
        assert place.holding(key.hex().encode()) == []  # as a log would have it

    # And nothing that is left of hers opens, in stores, read models and on the log.
    opening = KeyringSealer(
        world.built["diary"].keyring, chance=os.urandom, monotonic=world.time.watch
    )
    hers = list(place.sealed(MASHA))
    assert len(hers) > 20
    for value in hers:
        assert await opening.open(value, tenant_id=CLINIC) == Erased()
    assert len(list(place.sealed(LEV))) > len(hers)
    notes = await world.shown("lev", "diary", f"/v1/entries/{of(LEV, 'shared')}")
    assert notes["notes"] == "To look at together."


@pytest.mark.parametrize("doomed", ["the first", "one in the middle", "the last", "all"])
async def test_a_destroyed_key_is_in_no_page_wherever_it_stood(
    server: Postgres, doomed: str
) -> None:
    """A page keeps what was in a row until something is written over it, vacuumed or not."""
    database = _prepared(server)
    somebody = [
        UUID(int=0x0199_0000_0000_7000_8000_0000_0000_0000 + number) for number in range(90)
    ]
    which = {"the first": [0], "one in the middle": [44], "the last": [89], "all": range(90)}[
        doomed
    ]
    async with pooled(database, "keyring_writer") as pool:
        keyring = keyring_on(pool)
        for each in somebody:
            await keyring.create_subject(CLINIC, each)
        wrapped = _wrapped(database)
        _looked_at(database)
        for number in which:
            await keyring.destroy(CLINIC, somebody[number])
    _settled(database)
    everything = _everything(server)
    destroyed = {somebody[number] for number in which}
    found = {who for who, keys in wrapped.items() if any(key in everything for key in keys)}
    assert found == set(somebody) - destroyed
    # Nor half of one.
    halves = [key[at : at + 20] for who in destroyed for key in wrapped[who] for at in (0, 20, 40)]
    assert [half for half in halves if half in everything] == []


async def test_what_wrapped_a_key_before_is_in_no_file_nor_is_the_key_once_it_is_destroyed(
    server: Postgres,
) -> None:
    database, somebody = _prepared(server), [uuid4() for _ in range(60)]
    async with pooled(database, "keyring_writer") as pool:
        keyring = keyring_on(pool, 1, 2)
        for each in somebody:
            await keyring.create_subject(CLINIC, each)
        former = [key for keys in _wrapped(database).values() for key in keys]
        _looked_at(database)
        async with rotating.alone(database.url_as("keyring_rotator")) as rotator:
            await rotating.rewrap(rotator, wrappers(1, 2), unheard)
        wrapped = _wrapped(database)
        _looked_at(database)
        _settled(database)
        everything = _everything(server)
        assert not any(key in everything for key in former)
        assert all(key in everything for keys in wrapped.values() for key in keys)
        await keyring.destroy(CLINIC, somebody[30])
    _settled(database)
    everything = _everything(server)
    gone = {who for who, keys in wrapped.items() if not all(key in everything for key in keys)}
    assert gone == {somebody[30]}
    assert not any(key in everything for key in [*former, *wrapped[somebody[30]]])


def _everything(server: Postgres) -> bytes:
    return b"".join(each.read_bytes() for each in server.folder.rglob("*") if each.is_file())
