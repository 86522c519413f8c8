"""Once keys are wrapped anew, their former wraps are on no page: whoever has a copy of the disk
and the former key opens nothing.
"""

from collections.abc import Sequence
from contextlib import closing
from uuid import uuid4

import asyncpg
import psycopg
import pytest

from libs.privacy import rotating, writing_over
from libs.privacy.keys import CLASSES, KeyName
from libs.privacy.rotating import CannotRotate, Rewrapped
from libs.testing.cast import CLINIC
from libs.testing.databases import Database
from tests.component.keys.wrapping import keyring_on, pooled, unheard, wrappers

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

SOME = 90
_PAGES = """
SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c
WHERE relkind IN ('r', 't', 'i') AND pg_relation_filepath(c.oid) IS NOT NULL
"""


@pytest.fixture
async def everybody(own_database: Database) -> Sequence[KeyName]:
    """Looked at as PostgreSQL does by itself, which keeps samples of what it finds in a column."""
    people = [uuid4() for _ in range(SOME)]
    async with pooled(own_database, "keyring_writer") as pool:
        for person in people:
            await keyring_on(pool).create_subject(CLINIC, person)
    looked_at(own_database)
    return [KeyName(CLINIC, person, key_class) for person in people for key_class in CLASSES]


def looked_at(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("VACUUM (ANALYZE) keyring.subject_keys")


def wraps(database: Database) -> Sequence[bytes]:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute(
            "SELECT wrapped FROM keyring.subject_keys WHERE wrapped IS NOT NULL"
        ).fetchall()
    return [bytes(wrapped) for (wrapped,) in found]


def on_a_page(database: Database, them: Sequence[bytes]) -> int:
    """How many of these are anywhere in the database, as its files have it."""
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
        pages = b"".join(page for (page,) in superuser.execute(_PAGES).fetchall())
    return sum(each in pages for each in them)


async def rewrap(database: Database) -> Rewrapped:
    async with rotating.alone(database.url_as("keyring_rotator")) as db:
        return await rotating.rewrap(db, wrappers(1, 2), unheard)


@pytest.mark.usefixtures("everybody")
async def test_no_former_wrap_is_on_a_page_once_all_are_wrapped_anew(
    own_database: Database,
) -> None:
    former = wraps(own_database)
    assert on_a_page(own_database, former) == 2 * SOME
    await rewrap(own_database)
    looked_at(own_database)
    assert on_a_page(own_database, wraps(own_database)) == 2 * SOME
    assert on_a_page(own_database, former) == 0


async def test_nor_is_any_wrap_of_a_key_that_was_destroyed_since(
    own_database: Database, everybody: Sequence[KeyName]
) -> None:
    former = wraps(own_database)
    await rewrap(own_database)
    looked_at(own_database)
    wrapped = wraps(own_database)
    masha = everybody[SOME].subject_id
    async with pooled(own_database, "keyring_writer") as pool:
        await keyring_on(pool, 2).destroy(CLINIC, masha)
    looked_at(own_database)
    hers = set(wrapped) - set(wraps(own_database))
    assert len(hers) == 2
    assert on_a_page(own_database, [*hers, *former]) == 0
    halves = [each[at : at + 20] for each in hers for at in (0, 20, 40)]
    assert on_a_page(own_database, halves) == 0


@pytest.mark.usefixtures("everybody")
async def test_while_somebody_may_still_see_the_former_ones_it_does_not_say_that_it_is_done(
    own_database: Database,
) -> None:
    """What a snapshot of before may still look at is carried over into the new table."""
    former = wraps(own_database)
    with closing(psycopg.connect(own_database.url)) as looking, pytest.MonkeyPatch.context() as now:
        now.setattr(writing_over, "PAUSES", (0.0, 0.1))
        looking.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        looking.execute("SELECT 1")
        with pytest.raises(CannotRotate, match=r"\(keys-in-use\)"):
            await rewrap(own_database)
    assert on_a_page(own_database, former) > 0
    await rewrap(own_database)
    assert on_a_page(own_database, former) == 0


@pytest.mark.usefixtures("everybody")
async def test_it_waits_for_whoever_looks_only_for_a_moment(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, looking = wraps(own_database), psycopg.connect(own_database.url)
    looking.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    looking.execute("SELECT 1")
    tried = writing_over.written_anew

    async def then_they_have_seen_enough(db: asyncpg.Connection, changed: int) -> bool:
        done = await tried(db, changed)
        looking.close()
        return done

    monkeypatch.setattr(writing_over, "written_anew", then_they_have_seen_enough)
    assert (await rewrap(own_database)).left == [1]
    assert on_a_page(own_database, former) == 0
