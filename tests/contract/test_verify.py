"""Whoever changes the record, even as superuser, is found out by `store verify`."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.verify import Verified, verify
from libs.testing.asking import ask
from libs.testing.at_the_desk import CHAIN_KEY, call, desk_on, given
from libs.testing.cast import LEV, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.homework import AddNote, GiveHomework, Withdraw

pytestmark = pytest.mark.postgres


@pytest.fixture
async def kept(own_database: Database) -> Database:
    """Three streams of three facts in one clinic, whose end was told twice; one in another."""
    pool = await open_pool(own_database.url_as("care_app"))
    desk = desk_on(GroupCommit(PostgresEventStore(pool)))
    told = [await given(desk, AddNote(), Withdraw()) for _ in range(3)]
    again = await asyncio.gather(*[desk.handle(call(uuid, Withdraw())) for uuid in told])
    assert all(answer.already_so for answer in again)
    await desk.handle(call(uuid4(), GiveHomework(patient_id=LEV), tenant_id=OTHER_CLINIC))
    await pool.close()
    return own_database


def verified(database: Database) -> Verified:
    with psycopg.connect(database.url_as("care_relay")) as connection:
        return verify(connection, CHAIN_KEY)


def test_an_untouched_record_is_whole(kept: Database) -> None:
    result = verified(kept)
    assert result.whole
    assert (result.streams, result.events, result.waiting) == (4, 10, 10)


@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        ("UPDATE care.events SET data = '{}' WHERE position = 2", "chain-broken"),
        ("UPDATE care.events SET actor_id = event_id WHERE position = 1", "chain-broken"),
        (
            "UPDATE care.events SET data = (data::text || ' ')::json WHERE position = 1",
            "chain-broken",
        ),
        ("DELETE FROM care.events WHERE position = 1", "gap"),
        ("DELETE FROM care.events WHERE position = 2", "gap"),
        ("DELETE FROM care.events WHERE position = 3", "head-differs"),
        ("DELETE FROM care.events WHERE position <= 3", "head-differs"),
        ("DELETE FROM care.streams", "head-differs"),
        ("UPDATE care.streams SET head = ''", "head-differs"),
    ],
)
def test_every_change_is_found(kept: Database, tampering: str, code: str) -> None:
    ask(kept.url, tampering)
    result = verified(kept)
    assert not result.whole
    assert code in {fault.code for fault in result.faults}


def test_another_key_fits_no_chain(kept: Database) -> None:
    with psycopg.connect(kept.url_as("care_relay")) as connection:
        faults = verify(connection, b"another key").faults
    assert [fault.code for fault in faults] == ["chain-broken"] * 4


def test_an_outbox_row_of_no_fact_is_stray(kept: Database) -> None:
    ask(kept.url, "INSERT INTO care.outbox VALUES (4711)")
    result = verified(kept)
    assert (result.stray, result.whole) == (1, False)
