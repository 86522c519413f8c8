"""A session that moves takes with it what is due in it (P4), through every part of the system."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deploy.local.ports import wait_until
from deploy.local.run_info import RunInfo
from tests.system.looking import records_of
from tests.system.people import Person, global_id

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

DUE = "query($id: ID!) { assignment(id: $id) { dueAt dueSessionId } }"
LONDON = ZoneInfo("Europe/London")


def moved(therapist: Person, session: str, to: datetime) -> str:
    local = to.astimezone(LONDON).replace(tzinfo=None).isoformat()
    answer = therapist.tells(
        f"care/v1/sessions/{session}/reschedulings",
        {"starts_at": {"local": local, "zone": "Europe/London"}},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["consistency"])


def due(person: Person, story: Mapping[str, str]) -> datetime:
    seen = person.sees(DUE, id=global_id("Assignment", story["three_others"]))["assignment"]
    assert seen["dueSessionId"] == global_id("Session", story["session_3"])
    return datetime.fromisoformat(seen["dueAt"])


def test_moving_session_3_moves_when_the_second_homework_is_due(
    therapist: Person, patient: Person, run: RunInfo, story: Mapping[str, str]
) -> None:
    before = due(patient, story)
    later = before + timedelta(days=1, hours=2)
    moved(therapist, story["session_3"], later)
    assert wait_until(lambda: due(patient, story) == later, seconds=10), "it stays due"

    records = records_of(run)
    cause = [each for each in records if each.name == "SessionRescheduled"][-1]
    effect = [each for each in records if each.name == "DueDateMoved"][-1]
    assert effect.stream == f"assignment-{story['three_others']}"
    assert effect.headers["ce_actorrole"] == "system"
    assert effect.headers["ce_causationid"] == cause.id
    assert datetime.fromisoformat(effect.data["due_at"]) == later

    moved(therapist, story["session_3"], before)
    assert wait_until(lambda: due(patient, story) == before, seconds=10), "it does not come back"


def test_homework_that_was_done_keeps_its_due_date(
    therapist: Person, run: RunInfo, story: Mapping[str, str]
) -> None:
    """Session 2 was held, and homework that was due in it is completed."""
    moves = [each for each in records_of(run) if each.name == "DueDateMoved"]
    assert all(each.stream != f"assignment-{story['larry']}" for each in moves)
    seen = therapist.sees(DUE, id=global_id("Assignment", story["larry"]))["assignment"]
    assert seen["dueSessionId"] == global_id("Session", story["session_2"])
