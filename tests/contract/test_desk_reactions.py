"""What another service's fact causes here is recorded with the follower's place, or not at all."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from libs.eventstore.errors import KeyReusedElsewhere, NoSuchStream
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import Pool, open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.testing.at_the_desk import call, desk_on, given
from libs.testing.cast import CLINIC, MASHA
from libs.testing.databases import Database
from libs.testing.homework import AddNote, GiveHomework, IsWithdrawn, State, Withdraw

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("care_app"), size=4)
    yield pool
    await pool.close()


async def test_reactions_of_one_transaction_see_each_other(pool: Pool) -> None:
    desk = desk_on(PostgresEventStore(pool))
    uuid = await given(desk)
    async with pool.acquire() as connection, connection.transaction():
        first = await desk.react(call(uuid, AddNote()), connection)
        second = await desk.react(call(uuid, AddNote()), connection)
    assert (first.version, second.version) == (2, 3)
    assert await desk.state(CLINIC, uuid) == (State(patient_id=MASHA, notes=2), 3)


async def test_a_reaction_may_begin_what_it_speaks_of_and_come_again(pool: Pool) -> None:
    desk, uuid = desk_on(PostgresEventStore(pool)), uuid4()
    given_by_reaction = call(uuid, GiveHomework(patient_id=MASHA))
    async with pool.acquire() as connection, connection.transaction():
        first = await desk.react(given_by_reaction, connection)
        again = await desk.react(given_by_reaction, connection)
    assert (first.replayed, again.replayed) == (False, True)


async def test_what_was_rolled_back_is_not_remembered_either(pool: Pool) -> None:
    desk = desk_on(PostgresEventStore(pool))
    uuid = await given(desk)
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await desk.react(call(uuid, Withdraw()), connection)
        await transaction.rollback()
    assert await desk.state(CLINIC, uuid) == (State(patient_id=MASHA), 1)
    assert (await desk.handle(call(uuid, AddNote()))).version == 2


async def test_a_rejection_leaves_the_transaction_usable(pool: Pool) -> None:
    desk = desk_on(PostgresEventStore(pool))
    uuid = await given(desk, Withdraw())
    note = call(uuid, AddNote())
    async with pool.acquire() as connection, connection.transaction():
        with pytest.raises(IsWithdrawn):
            await desk.react(note, connection)
        with pytest.raises(NoSuchStream):
            await desk.react(call(uuid4(), AddNote()), connection)
        await desk.react(call(uuid, Withdraw(), key=note.key), connection)
        with pytest.raises(KeyReusedElsewhere):
            await desk.react(
                call(uuid, Withdraw(), key=note.key, fingerprint=b"another"), connection
            )
        assert await connection.fetchval("SELECT 1") == 1


async def test_in_memory_a_reaction_is_recorded_at_once() -> None:
    desk = desk_on(InMemoryEventStore())
    uuid = await given(desk)
    assert (await desk.react(call(uuid, AddNote()), None)).version == 2
