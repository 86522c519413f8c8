"""How homework goes on after the story: declined and revised, paused, half done, given up, recorded
by mistake, and taken along when therapy ends.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.assignment.domain import assignment, goal
from services.assignment.domain.agreement import AgreeAssignment, ProposeAssignment
from services.assignment.domain.creation import CreateAssignment
from services.assignment.domain.declining import DeclineAssignment
from services.assignment.domain.describing import (
    ReviseAssignment,
    SetTargetCognition,
    TagProcedure,
)
from services.assignment.domain.ending import (
    CompletePartially,
    DiscontinueAssignment,
    RecordNotDone,
)
from services.assignment.domain.fit import ExploreFit
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.goal_course import CloseGoal, RecordGoalProgress, ReviseGoal
from services.assignment.domain.leaving import CorrectDeath, EndAtDischarge, EndByDeath
from services.assignment.domain.obstacles import AnticipateObstacle
from services.assignment.domain.outcome import ActivateAssignment, CompletionId
from services.assignment.domain.pausing import PauseAssignment, ResumeAssignment
from services.assignment.domain.reopening import EnterInError, ReopenAssignment
from services.assignment.domain.terms import PatientId
from services.assignment.playing import (
    PATIENT,
    SYSTEM,
    THERAPIST,
    Act,
    Bodies,
    Json,
    Story,
    by,
    said,
)

IN_MAY = datetime(2026, 5, 7, 16, tzinfo=UTC)

_COFFEE = (
    *by(THERAPIST, createAssignment=CreateAssignment),
    *by(PATIENT, exploreFit=ExploreFit),
    *by(THERAPIST, setTargetCognition=SetTargetCognition, tagProcedure=TagProcedure),
    *by(PATIENT, anticipateObstacle=AnticipateObstacle),
    *by(THERAPIST, proposeAssignment=ProposeAssignment),
    *by(PATIENT, declineAssignment=DeclineAssignment),
    *by(THERAPIST, reviseAssignment=ReviseAssignment, agreeAssignment=AgreeAssignment),
    *by(THERAPIST, activateAssignment=ActivateAssignment),
    *by(PATIENT, pauseAssignment=PauseAssignment, resumeAssignment=ResumeAssignment),
    *by(PATIENT, completePartially=CompletePartially, reopenAssignment=ReopenAssignment),
    *by(THERAPIST, discontinueAssignment=DiscontinueAssignment),
)
_GIVEN = by(THERAPIST, giveHomework=GiveHomework)
_NOT_DONE = (*_GIVEN, *by(PATIENT, recordNotDone=RecordNotDone))
_BY_MISTAKE = (*_GIVEN, *by(THERAPIST, enterInError=EnterInError))
_OF_THE_GOAL = (
    *by(PATIENT, reviseGoal=ReviseGoal, recordGoalProgress=RecordGoalProgress),
    *by(THERAPIST, closeGoal=CloseGoal),
)

REQUEST_OF = {act.operation: act.request for act in (*_COFFEE, *_NOT_DONE, *_BY_MISTAKE)}
GOAL_REQUEST_OF = {act.operation: act.request for act in _OF_THE_GOAL}


def histories(bodies: Bodies) -> Sequence[Sequence[assignment.Event]]:
    return (
        tuple(_played(bodies, _COFFEE, 0xF3, title="Lunch with Tom")),
        tuple(_played(bodies, _NOT_DONE, 0xF4, title="Ask the neighbours in")),
        tuple(_played(bodies, _BY_MISTAKE, 0xF5, title="Ask the neighbours in")),
        tuple(_taken_along(bodies)),
    )


def goal_course(bodies: Bodies, state: goal.State) -> Iterator[goal.Event]:
    for week, act in enumerate(_OF_THE_GOAL):
        at = IN_MAY + timedelta(weeks=week)
        facts = goal.decider.decide(said(act, bodies, at), state)
        state = goal.decider.fold(facts, onto=state)
        yield from facts


def _played(
    bodies: Bodies, acts: Sequence[Act], number: int, *, title: str
) -> Iterator[assignment.Event]:
    story = Story({**bodies, **_begun(bodies, number, title)})
    for hour, act in enumerate(acts):
        yield from story.told(act, at=IN_MAY + timedelta(hours=hour))


def _begun(bodies: Bodies, number: int, title: str) -> Json:
    created = {
        "id": str(UUID(f"00000000-0000-7000-8000-0000000000{number:02x}")),
        "patient_id": bodies["createAssignment"]["patient_id"],
        "title": title,
        "due": {"kind": "none"},
    }
    return {"createAssignment": created, "giveHomework": created}


def _taken_along(bodies: Bodies) -> Iterator[assignment.Event]:
    """The clinic took her for another patient, and corrected it; then therapy ended well."""
    story = Story({**bodies, **_begun(bodies, 0xF6, "A conversation every week")})
    yield from story.told(_GIVEN[0], at=IN_MAY)
    whom = PatientId(PATIENT.person_id)
    died = EndByDeath(**_told(1), patient_id=whom, died_on=date(2026, 5, 7))
    lives = CorrectDeath(**_told(2), patient_id=whom)
    completion_id = CompletionId(UUID(int=1))
    leaves = EndAtDischarge(**_told(30), patient_id=whom, id=completion_id, outcome="self_directed")
    for command in (died, lives, leaves):
        yield from story.decided(command)


def _told(days: int) -> dict[str, Any]:
    at = IN_MAY + timedelta(days=days)
    return {"by": SYSTEM, "happened_at": at, "now": at}
