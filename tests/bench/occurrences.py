"""How long a year of everybody's occurrences takes: 200 patients with five daily plans each."""

import time as clock
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.assignment.domain.schedule import Schedule, Span, occurrences
from services.assignment.domain.terms import AssignmentId
from tests.bench.report import Spread

PATIENTS, PLANS = 200, 5
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = Span(since=BEGINS, until=BEGINS + timedelta(days=365))


def of_a_year(*, rounds: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Seconds, of one process. Each plan has another time of day, each fourth patient a zone."""
    took = []
    for number in range(rounds):
        progress(f"a year of occurrences, round {number + 1} of {rounds}")
        began = clock.perf_counter()
        found = sum(len(occurrences(each, due_at=None, span=YEAR)) for each in _schedules())
        took.append(clock.perf_counter() - began)
        assert found >= PATIENTS * PLANS * 364
    return {"200 patients, 5 daily plans, a year": asdict(Spread.of(took))}


def _schedules() -> list[Schedule]:
    return [
        Schedule(
            assignment_id=AssignmentId(UUID(int=patient * PLANS + plan + 1)),
            plan_version=1,
            rule="scheduled",
            zone=ZONES[patient % len(ZONES)],
            begins=BEGINS,
            times=(time(8 + 3 * plan, patient % 60),),
        )
        for patient in range(PATIENTS)
        for plan in range(PLANS)
    ]
