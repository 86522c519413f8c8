"""The clock on PostgreSQL: one at a time, and whatever stops it, the next one goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.local import migrations
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.testing.cast import CLINIC, NOW
from libs.testing.databases import Database
from services.assignment import wire
from services.assignment.clock import AFTER_TROUBLE, Clock
from services.assignment.domain.occurrences import OccurrencesScheduled
from services.assignment.domain.passing import OccurrenceExpired
from services.assignment.occurrence_view import of_occurrences
from tests.component.assignment.hearing import Assignments
from tests.component.callers import desk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

MIDNIGHT = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


class Time:
    def __init__(self) -> None:
        self.is_now = NOW

    def now(self) -> datetime:
        return self.is_now


@pytest.fixture(autouse=True)
def nothing_is_due(database: Database) -> None:
    """What an earlier case has left is not this one's."""
    with psycopg.connect(database.url) as superuser:
        superuser.execute("DELETE FROM assignment.homework_looks")


@asynccontextmanager
async def a_clock(database: Database, told: Time) -> AsyncIterator[Clock]:
    pool = await open_pool(database.url_as("assignment_clock"), size=2)
    try:
        store = PostgresEventStore(pool)
        yield Clock(pool, desk(wire.assignments, store), now=told.now, new_id=uuid4)
    finally:
        await pool.close()


async def at_rest(clock: Clock) -> None:
    while await clock.look():
        pass


async def told_of(assignments: Assignments, homework: UUID) -> Sequence[object]:
    return [fact for _, fact in await assignments.desk.history(CLINIC, homework)]


def statuses(facts: Sequence[object]) -> list[str]:
    return [each.status for each in of_occurrences(facts)]


async def test_an_evening_that_passed_is_missed_and_another_comes_in_sight(
    database: Database, assignments: Assignments
) -> None:
    homework, told = await assignments.evenings(), Time()
    async with a_clock(database, told) as clock:
        await at_rest(clock)
        assert statuses(await told_of(assignments, homework)) == ["scheduled"] * 56
        told.is_now = MIDNIGHT
        await at_rest(clock)
    facts = await told_of(assignments, homework)
    assert statuses(facts) == ["expired"] + ["scheduled"] * 56
    (recorded,) = [each for each in await assignments.facts(homework) if "Expired" in each.type]
    assert (recorded.actor_role, recorded.occurred_at) == ("system", MIDNIGHT)


async def test_after_a_pause_of_months_it_catches_up(
    database: Database, assignments: Assignments
) -> None:
    homework, told = await assignments.evenings(), Time()
    told.is_now = NOW + timedelta(days=300)
    async with a_clock(database, told) as clock:
        await at_rest(clock)
    found = statuses(await told_of(assignments, homework))
    assert found == ["expired"] * 300 + ["scheduled"] * 56


async def test_two_clocks_do_not_look_at_the_same_time(
    database: Database, assignments: Assignments
) -> None:
    await assignments.evenings()
    told = Time()
    with psycopg.connect(database.url_as("assignment_clock")) as other:
        other.execute("SELECT held FROM clock_lease FOR UPDATE")
        async with a_clock(database, told) as clock:
            assert not await clock.look()
            other.rollback()
            assert await clock.look()


async def test_several_clocks_at_once_tell_everything_once(
    database: Database, assignments: Assignments
) -> None:
    given, told = [await assignments.evenings() for _ in range(4)], Time()
    told.is_now = NOW + timedelta(days=30)
    async with a_clock(database, told) as one, a_clock(database, told) as other:
        await asyncio.gather(at_rest(one), at_rest(other))
        await at_rest(one)
    for homework in given:
        facts = await told_of(assignments, homework)
        expired = [fact.occurrence_id for fact in facts if isinstance(fact, OccurrenceExpired)]
        assert len(expired) == len(set(expired)) == 30


async def _is_due(database: Database, homework: UUID) -> bool:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute(
            "SELECT look_at <= %s FROM assignment.homework_looks WHERE assignment_id = %s",
            [NOW + timedelta(days=30), homework],
        ).fetchone()
    return found == (True,)


async def test_what_is_heard_of_homework_has_it_looked_at_again(
    database: Database, assignments: Assignments
) -> None:
    homework = await assignments.evenings()
    async with a_clock(database, Time()) as clock:
        await at_rest(clock)
        assert not await clock.look()
        await assignments.heard_of(homework)
        assert await clock.look()


async def test_homework_that_cannot_be_looked_at_does_not_hold_up_the_others(
    database: Database, assignments: Assignments
) -> None:
    homework, nowhere, told = await assignments.evenings(), uuid4(), Time()
    with psycopg.connect(database.url) as superuser:
        superuser.execute(
            "INSERT INTO assignment.homework_looks VALUES (%s, %s, %s, %s)",
            [CLINIC, nowhere, uuid4(), NOW - timedelta(days=1)],
        )
    told.is_now = MIDNIGHT
    async with a_clock(database, told) as clock:
        await at_rest(clock)
    assert "expired" in statuses(await told_of(assignments, homework))
    with psycopg.connect(database.url) as superuser:
        left = superuser.execute(
            "SELECT look_at FROM assignment.homework_looks WHERE assignment_id = %s", [nowhere]
        ).fetchone()
    assert left == (MIDNIGHT + AFTER_TROUBLE,)


async def test_a_clock_that_dies_in_the_middle_has_told_all_or_nothing_and_the_next_goes_on(
    database: Database, assignments: Assignments
) -> None:
    """Its facts were recorded, and it was killed before it had set its next look."""
    homework, told = await assignments.evenings(), Time()
    told.is_now = MIDNIGHT
    pool = await open_pool(database.url_as("assignment_clock"), size=2)
    dying = Clock(
        pool, desk(wire.assignments, PostgresEventStore(pool)), now=told.now, new_id=uuid4
    )
    seen = dying._seen_to

    async def dies(due: object) -> None:
        await seen(due)  # type: ignore[arg-type]  # as it was given
        raise KeyboardInterrupt

    dying._seen_to = dies  # type: ignore[method-assign]  # it is to die there
    with pytest.raises(KeyboardInterrupt):
        await dying.look()
    pool.terminate()
    async with a_clock(database, told) as clock:
        assert await _is_due(database, homework)
        await at_rest(clock)
    facts = await told_of(assignments, homework)
    assert statuses(facts).count("expired") == 1
    assert len([fact for fact in facts if isinstance(fact, OccurrencesScheduled)]) == 2


async def test_what_was_given_before_there_was_a_clock_is_looked_at_once(
    own_database: Database,
) -> None:
    """As a database of before is migrated."""
    homework = uuid4()
    with psycopg.connect(own_database.url) as superuser:
        superuser.execute(
            "DROP TABLE assignment.homework_looks; DROP TABLE assignment.clock_lease;"
            " UPDATE assignment.alembic_version SET version_num = '0015'"
        )
        superuser.execute(
            "INSERT INTO assignment.known_homework (tenant_id, assignment_id, patient_id)"
            " VALUES (%s, %s, %s)",
            [CLINIC, homework, uuid4()],
        )
    migrations.migrate_all(own_database.url_as)
    with psycopg.connect(own_database.url) as superuser:
        found = superuser.execute("SELECT assignment_id FROM assignment.homework_looks").fetchall()
    assert found == [(homework,)]
