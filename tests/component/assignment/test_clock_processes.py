"""The `clock` role as it runs: killed in the middle, another goes on, and tells nothing twice."""

import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from deploy.local.ports import wait_until
from libs.testing.cast import CLINIC
from libs.testing.databases import Database
from services.assignment.domain.passing import OccurrenceExpired
from services.assignment.occurrence_view import of_occurrences
from tests.component.assignment.hearing import Assignments
from tests.component.started import SECONDS, Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

CLOCK = "assignment-clock"
DAYS = 40
"""For so long nobody has looked."""


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    clinic = Clinic(database=database, broker_url=database.url_as("broker_app"), folder=tmp_path)
    try:
        yield clinic
    finally:
        clinic.stop()


def waiting(database: Database) -> int:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute(
            "SELECT count(*) FROM assignment.homework_looks WHERE look_at <= now()"
        ).fetchone()
    assert found is not None
    return int(found[0])


async def expired(assignments: Assignments, homework: UUID) -> Sequence[UUID]:
    history = await assignments.desk.history(CLINIC, homework)
    return [fact.occurrence_id for _, fact in history if isinstance(fact, OccurrenceExpired)]


async def test_a_clock_is_killed_in_the_middle_and_another_sees_to_the_rest(
    database: Database, assignments: Assignments, clinic: Clinic
) -> None:
    given_at = datetime.now(UTC) - timedelta(days=DAYS)
    given = [await assignments.evenings(given_at=given_at) for _ in range(9)]
    with psycopg.connect(database.url) as held:
        # Somebody holds one homework in the middle: the clock has seen to some, and waits there.
        _in_turn(held, given)
        held.execute(
            "SELECT FROM assignment.streams WHERE stream_id = %s FOR UPDATE",
            [f"assignment-{given[4]}"],
        )
        clinic.start(CLOCK)
        assert wait_until(lambda: waiting(database) == 5, seconds=SECONDS, every=0.05)
        clinic.running[CLOCK].process.send_signal(signal.SIGKILL)
        clinic.running[CLOCK].process.wait()
        clinic.start(CLOCK)
        assert waiting(database) == 5
        held.rollback()
    assert wait_until(lambda: waiting(database) == 0, seconds=SECONDS, every=0.1)
    assert clinic.is_ready()
    for homework in given:
        missed = await expired(assignments, homework)
        assert len(missed) == len(set(missed)) >= DAYS - 1
        history = [fact for _, fact in await assignments.desk.history(CLINIC, homework)]
        for each in of_occurrences(history):
            assert each.due_at is not None
            assert (each.status == "expired") == (each.due_at <= datetime.now(UTC))


def _in_turn(superuser: psycopg.Connection, given: Sequence[UUID]) -> None:
    """Who has waited longest comes first."""
    for place, homework in enumerate(given):
        superuser.execute(
            "UPDATE assignment.homework_looks SET look_at = %s WHERE assignment_id = %s",
            [datetime(2026, 1, 1, 0, place, tzinfo=UTC), homework],
        )
    superuser.commit()


async def test_a_clock_that_is_asked_to_stop_ends_well(clinic: Clinic) -> None:
    clinic.start(CLOCK)
    clinic.await_ready()
    names = {each.name for each in clinic.running[CLOCK].metrics()}
    assert {"interlude_clock_looks", "interlude_clock_behind_seconds"} <= names
    clinic.running[CLOCK].process.send_signal(signal.SIGTERM)
    assert clinic.running[CLOCK].process.wait(timeout=20) == 0
