"""What became of each window, on the patient's day and in adherence (§4b)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import MASHA
from libs.testing.streams import Told, stream
from tests.component.gateway.screens import HER
from tests.component.gateway.telling import Projecting

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HOMEWORK = UUID(int=0x808)
OPENS = datetime.fromisoformat("2026-03-02T20:00:00+00:00")
DONE, HALF, LEFT, NOT_NOW, MISSED, LATE, BEGUN, OFF = (str(UUID(int=n)) for n in range(0x91, 0x99))
EVENINGS = (DONE, HALF, LEFT, NOT_NOW, MISSED, LATE)


def fact(name: str, **said: Any) -> Told:
    return f"interlude.assignment.{name}.v1", said


def window(occurrence: str, day: int, *, closes: bool = True) -> dict[str, Any]:
    opens = OPENS - timedelta(days=30 - day)
    due = opens + timedelta(hours=4)
    return {
        "id": occurrence,
        "local_date": opens.date().isoformat(),
        "slot": "20:00",
        "opens_at": opens.isoformat(),
        "zone": "Europe/London",
        **({"due_at": due.isoformat()} if closes else {}),
    }


def during(day: int) -> dict[str, str]:
    return {"start": (OPENS - timedelta(days=30 - day) + timedelta(minutes=5)).isoformat()}


TOLD = (
    fact(
        "AssignmentCreated",
        patient_id=str(MASHA),
        therapist_id=str(UUID(int=0xA1)),
        created_at=OPENS.isoformat(),
    ),
    fact(
        "OccurrencesScheduled",
        plan_version=1,
        occurrences=[
            *(window(each, day) for day, each in enumerate(EVENINGS)),
            window(BEGUN, 6, closes=False),
            window(OFF, 7),
        ],
    ),
    fact("OccurrenceStarted", occurrence_id=DONE, started_at=during(0)["start"]),
    fact(
        "OccurrenceCompleted",
        occurrence_id=DONE,
        quantity=100,
        experienced_at=during(0),
        completed_at=during(0)["start"],
    ),
    fact(
        "OccurrencePartiallyCompleted",
        occurrence_id=HALF,
        quantity=50,
        completed_at=during(1)["start"],
    ),
    fact("OccurrenceAbandoned", occurrence_id=LEFT, abandoned_at=during(2)["start"]),
    fact("OccurrenceDeclined", occurrence_id=NOT_NOW, declined_at=during(3)["start"]),
    fact("OccurrenceExpired", occurrence_id=MISSED),
    fact("OccurrenceExpired", occurrence_id=LATE),
    fact(
        "OccurrenceCompleted",
        occurrence_id=LATE,
        quantity=100,
        experienced_at=during(5),
        completed_at=OPENS.isoformat(),
    ),
    fact("OccurrenceStarted", occurrence_id=BEGUN, started_at=during(6)["start"]),
    fact("OccurrencesWithdrawn", occurrence_ids=[OFF], withdrawn_at=OPENS.isoformat()),
)


async def test_each_window_shows_what_became_of_it(ask: Any, project: Projecting) -> None:
    project(stream("assignment", HOMEWORK, *TOLD, subject=MASHA))
    query = (
        f'{{ assignments(first: 20, patientId: "{HER}") '
        "{ nodes { title occurrences { state quantity startedAt } } } }"
    )
    answer = await ask("anna", query)
    (seen,) = [
        each["occurrences"]
        for each in answer["data"]["assignments"]["nodes"]
        if each["title"] is None
    ]
    assert [each["state"] for each in seen] == [
        "COMPLETED",
        "PARTIAL",
        "ABANDONED",
        "DECLINED",
        "EXPIRED",
        "COMPLETED",
        "STARTED",
        "NOT_APPLICABLE",
    ]
    assert seen[6]["startedAt"] is not None


async def test_t21_adherence_counts_what_has_closed_and_late_knowledge_as_done(
    ask: Any, project: Projecting
) -> None:
    """Of six that have closed two were done, and half of one; open or off counts nowhere."""
    project(stream("assignment", HOMEWORK, *TOLD, subject=MASHA))
    query = (
        f'{{ progress(patientId: "{HER}") {{ assignments '
        "{ title quantity { value of } timeliness { value of } } } }"
    )
    answer = await ask("anna", query)
    (seen,) = [each for each in answer["data"]["progress"]["assignments"] if each["title"] is None]
    assert seen["quantity"]["of"] == 6
    assert seen["quantity"]["value"] == pytest.approx(2.5 / 6)
    assert seen["timeliness"] == {"value": pytest.approx(2 / 3), "of": 3}
