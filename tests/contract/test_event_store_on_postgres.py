"""What only a database can promise: waiting for each other, and surviving lost connections."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import psycopg
import pytest

from libs.eventstore.errors import InFlight
from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.pool import NotDurable, Pool, open_pool, schema_version
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    OutcomeUnknown,
    StoreUnavailable,
    WrongVersion,
)
from libs.testing.asking import ask
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.event_store_contract import append, facts, new_stream, remember

pytestmark = pytest.mark.postgres

_END_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("care_app"), size=8)
    yield pool
    await pool.close()


@pytest.fixture
def store(pool: Pool) -> PostgresEventStore:
    return PostgresEventStore(pool)


async def test_a_twin_waits_for_the_first_and_gets_its_answer(
    store: PostgresEventStore, pool: Pool
) -> None:
    stream, key = new_stream(), remember(str(uuid4()))
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await store.within(connection).append([append(stream, 1, key=key)])
        twin = asyncio.create_task(store.append([append(stream, 1, key=key)]))
        await asyncio.sleep(0.1)
        assert not twin.done()
        await transaction.commit()
    assert await twin == [AnsweredBefore(key.answer)]


async def test_a_twin_that_waited_for_two_seconds_is_told_so(
    store: PostgresEventStore, pool: Pool
) -> None:
    key = remember(str(uuid4()))
    async with pool.acquire() as connection, connection.transaction():
        await store.within(connection).append([append(new_stream(), 1, key=key)])
        with pytest.raises(InFlight):
            await store.append([append(new_stream(), 1, key=key)])


async def test_a_connection_lost_while_committing_leaves_the_outcome_unknown(
    store: PostgresEventStore, pool: Pool, database: Database
) -> None:
    stream = new_stream()
    async with pool.acquire() as connection, connection.transaction():
        await store.within(connection).append([append(stream, 1)])
        late = asyncio.create_task(store.append([append(stream, 1)]))
        await asyncio.sleep(0.1)
        ask(database.url, _END_WHO_WAITS)
        with pytest.raises(OutcomeUnknown):
            await late
    assert await store.append([append(stream, 2, after=1)]) == [Appended(2)]


async def test_a_connection_lost_while_reading_leaves_the_store_unavailable(
    store: PostgresEventStore, database: Database
) -> None:
    with psycopg.connect(database.url) as migrating:
        migrating.execute("LOCK TABLE care.events")
        reading = asyncio.create_task(store.read(CLINIC, new_stream()))
        await asyncio.sleep(0.1)
        ask(database.url, _END_WHO_WAITS)
        with pytest.raises(StoreUnavailable):
            await reading


async def test_without_a_free_connection_the_store_is_unavailable(database: Database) -> None:
    pool = await open_pool(database.url_as("care_app"), size=1)
    store = PostgresEventStore(pool, patience=0.05)
    async with pool.acquire():
        with pytest.raises(StoreUnavailable):
            await store.append([append(new_stream(), 1)])
        with pytest.raises(StoreUnavailable):
            await store.read(CLINIC, new_stream())
    await pool.close()


async def test_a_server_that_forgets_in_a_power_cut_is_refused(own_database: Database) -> None:
    ask(
        own_database.url,
        f'ALTER DATABASE "{own_database.name}" SET synchronous_commit = off',
    )
    with pytest.raises(NotDurable, match="synchronous_commit"):
        await open_pool(own_database.url_as("care_app"))
    await (await open_pool(own_database.url_as("care_app"), durable=False)).close()


async def test_what_is_written_within_a_transaction_is_undone_with_it(
    store: PostgresEventStore, pool: Pool
) -> None:
    stream, key = new_stream(), remember(str(uuid4()))
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        inside = store.within(connection)
        assert await inside.append([append(stream, 1, key=key)]) == [Appended(1)]
        assert len(await inside.read(CLINIC, stream)) == 1
        await transaction.rollback()
    assert await store.read(CLINIC, stream) == []
    assert await store.append([append(stream, 1, key=key)]) == [Appended(1)]


async def test_one_bad_member_does_not_fail_its_company(store: PostgresEventStore) -> None:
    group, good = GroupCommit(store), [append(new_stream(), 1) for _ in range(4)]
    bad = replace(append(new_stream(), 1), events=[replace(facts("x", 1)[0], data=b"not json")])
    first = asyncio.create_task(group.append([append(new_stream(), 1)]))
    await asyncio.sleep(0)
    outcomes = await asyncio.gather(
        *[group.append([one]) for one in (*good[:2], bad, *good[2:])], return_exceptions=True
    )
    assert await first == [Appended(1)]
    assert [outcome for outcome in outcomes if outcome != [Appended(1)]] == [outcomes[2]]
    assert isinstance(outcomes[2], asyncpg.InvalidTextRepresentationError)


async def test_readiness_can_ask_for_the_schema_version(pool: Pool) -> None:
    assert await schema_version(pool) is not None


@pytest.mark.parametrize("company", [[], [append(new_stream(), 1)]])
async def test_an_answer_without_facts_leaves_the_head_as_it_is(
    store: PostgresEventStore, database: Database, company: list[Append]
) -> None:
    stream = new_stream()
    begun = append(stream, 1, 2)
    await store.append([begun])
    assert (await store.append([append(stream, after=2), *company]))[0] == Appended(2)
    heads = ask(database.url, f"SELECT head FROM care.streams WHERE stream_id = '{stream}'")  # noqa: S608 - our own id
    assert heads == [(begun.events[-1].chain,)]


async def test_alone_too_positions_agree_with_versions(
    store: PostgresEventStore, database: Database
) -> None:
    stream = new_stream()
    (fact, *others) = facts(stream, *range(1, 6))
    await store.append([replace(append(stream), events=[*others, fact])])
    in_order = f"SELECT version FROM care.events WHERE stream_id = '{stream}' ORDER BY position"  # noqa: S608 - as above
    assert ask(database.url, in_order) == [(1,), (2,), (3,), (4,), (5,)]


async def test_overlapping_groups_never_wait_for_each_other(own_database: Database) -> None:
    """Four processes write to the same twelve streams of two clinics, each in an order of its own.

    A deadlock would be told as `InFlight`.
    """
    places = [(tenant, new_stream()) for tenant in (CLINIC, OTHER_CLINIC) for _ in range(6)]
    orders = [Random(n) for n in range(4)]  # noqa: S311 - nothing secret in a test's order
    await asyncio.gather(*[_process(own_database, places, order) for order in orders])
    rows = ask(
        own_database.url,
        "SELECT count(*), count(*) FILTER (WHERE position < before) FROM ("
        " SELECT position, lag(position) OVER (PARTITION BY tenant_id, stream_id ORDER BY version)"
        " AS before FROM care.events) AS ordered",
    )
    assert rows[0][0] > 200
    assert rows[0][1] == 0
    assert ask(
        own_database.url,
        "SELECT count(*) FROM care.events FULL JOIN care.outbox USING (position)"
        " WHERE events.position IS NULL OR outbox.position IS NULL",
    ) == [(0,)]


async def _process(database: Database, places: list[Any], chance: Random) -> None:
    pool = await open_pool(database.url_as("care_app"), size=2)
    store, seen = PostgresEventStore(pool), dict.fromkeys(places, 0)
    for _ in range(60):
        batch = [_next(place, seen[place]) for place in chance.sample(places, chance.randint(1, 8))]
        outcomes = await store.append(batch)
        for one, outcome in zip(batch, outcomes, strict=True):
            match outcome:
                case Appended(version=version) | WrongVersion(actual=version):
                    seen[one.tenant_id, one.stream_id] = version
    await pool.close()


def _next(place: tuple[Any, str], version: int) -> Append:
    tenant, stream = place
    versions = (version + 1, version + 2)
    return append(stream, *versions, after=version, key=remember(str(uuid4())), at=tenant)
