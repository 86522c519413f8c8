"""What the checker expects of due dates that hang on sessions (P4), case by case."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, BORIS, CLINIC, MASHA, NOW
from tests.faults.checking.reactions import anomalies
from tests.unit.faults.a_clean_run import SEALED, Log, at, observed

FIRST, SECOND, OF_BORIS = (UUID(int=number) for number in (1, 2, 3))
HOMEWORK = UUID(int=9)
THURSDAY = NOW + timedelta(days=3)
NEXT_WEEK = THURSDAY + timedelta(days=7)

Rule = Mapping[str, Any]
NEXT: Rule = {"kind": "next_session"}
NAMED: Rule = {"kind": "session", "session_id": str(FIRST)}


def told(rule: Rule, session: UUID | None, due_at: datetime | None, *, off: bool = False) -> Log:
    """Given on Monday in session; Boris sees Masha on Wednesday, Anna on Thursday and weekly."""
    log = Log()
    in_session = UUID(int=4)
    for number, therapist, starts_at in (
        (in_session, ANNA, NOW + timedelta(minutes=5)),
        (OF_BORIS, BORIS, THURSDAY - timedelta(days=1)),
        (FIRST, ANNA, THURSDAY),
        (SECOND, ANNA, NEXT_WEEK),
    ):
        pair = {"patient_id": str(MASHA), "therapist_id": str(therapist)}
        when = {"starts_at": at(starts_at), "zone": "Europe/London", "duration_min": 50}
        _tell(log, "session", number, "SessionScheduled", {**pair, **when})
    if off:
        _tell(log, "session", FIRST, "SessionCancelled", {})
    created: Mapping[str, Any] = {
        "patient_id": str(MASHA),
        "therapist_id": str(ANNA),
        "title": SEALED,
        "created_in_session_id": str(in_session),
        "created_at": at(NOW),
    }
    _tell(log, "assignment", HOMEWORK, "AssignmentCreated", created)
    due = {"session_id": str(session) if session else None, "due_at": due_at and at(due_at)}
    _tell(log, "assignment", HOMEWORK, "DueDateSet", {"rule": rule, **due})
    return log


def _tell(log: Log, category: str, uuid: UUID, name: str, data: Mapping[str, Any]) -> None:
    log.append(category, uuid, (name, data), correlation=CLINIC)


@pytest.mark.parametrize(
    ("rule", "session", "due_at", "off"),
    [
        (NEXT, FIRST, THURSDAY, False),
        (NEXT, SECOND, NEXT_WEEK, True),
        ({**NEXT, "offset_min": -60}, FIRST, THURSDAY - timedelta(hours=1), False),
        (NAMED, FIRST, THURSDAY, False),
        (NAMED, SECOND, NEXT_WEEK, True),
        ({"kind": "at"}, None, NOW, False),
        ({"kind": "none"}, None, None, False),
    ],
    ids=["next", "next is off", "an hour before", "named", "named is off", "fixed", "none"],
)
def test_a_due_date_is_where_the_sessions_say(
    rule: Rule, session: UUID | None, due_at: datetime | None, *, off: bool
) -> None:
    assert list(anomalies(observed(told(rule, session, due_at, off=off), []))) == []


@pytest.mark.parametrize(
    ("rule", "session", "due_at", "off"),
    [
        (NEXT, SECOND, NEXT_WEEK, False),
        (NEXT, FIRST, THURSDAY, True),
        (NEXT, OF_BORIS, THURSDAY - timedelta(days=1), False),
        (NEXT, None, None, False),
        (NAMED, FIRST, THURSDAY, True),
        (NAMED, FIRST, NEXT_WEEK, False),
    ],
    ids=["a later one", "one that is off", "another's", "unset", "named is off", "moved since"],
)
def test_a_due_date_that_was_left_behind_is_found(
    rule: Rule, session: UUID | None, due_at: datetime | None, *, off: bool
) -> None:
    found = list(anomalies(observed(told(rule, session, due_at, off=off), [])))
    assert [each.cls for each in found] == ["reaction-missing"]


def test_homework_that_is_over_is_due_no_more() -> None:
    log = told(NEXT, SECOND, NEXT_WEEK)
    _tell(log, "assignment", HOMEWORK, "HomeworkCompleted", {"completed_at": at(NOW)})
    assert list(anomalies(observed(log, []))) == []
