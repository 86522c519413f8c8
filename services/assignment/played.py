"""Plays the bodies of `examples` through the deciders, for one instance of every fact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.web.shapes import Shape
from services.assignment.domain import assignment, goal
from services.assignment.domain.agreement import (
    AgreeAssignment,
    ChooseOption,
    OfferOptions,
    ProposeAssignment,
)
from services.assignment.domain.components import (
    AddComponent,
    ChooseFirstComponent,
    GradeComponents,
)
from services.assignment.domain.creation import CreateAssignment
from services.assignment.domain.doing import (
    CompleteOccurrence,
    CompletePartially,
    StartOccurrence,
)
from services.assignment.domain.due import Meeting, MoveDue, SetDue
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.homework import State
from services.assignment.domain.leaving import AbandonOccurrence, DeclineOccurrence
from services.assignment.domain.obstacles import PlanObstacleResponse, ReportObstacle
from services.assignment.domain.outcome import ActivateAssignment, CompleteHomework
from services.assignment.domain.passing import PassTime
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.practice import OfferPractice, RecordPractice, RequestPractice
from services.assignment.domain.readiness import AdjustAssignment, RateReadiness, RateTask
from services.assignment.domain.reasons import (
    CheckUnderstanding,
    GiveRationale,
    StateCommitment,
)
from services.assignment.domain.situation import (
    ConceptualiseSituation,
    RecordExperience,
    StatePrediction,
)
from services.assignment.domain.terms import GoalId, SessionId
from services.assignment.domain.travelling import FollowPatient

Json = dict[str, Any]
Bodies = Mapping[str, Json]

THERAPIST = Actor(person_id=UUID("00000000-0000-7000-8000-0000000000a1"), role="therapist")
PATIENT = Actor(person_id=UUID("00000000-0000-7000-8000-0000000000b1"), role="patient")

AT_FIVE = datetime(2026, 2, 26, 16, 5, tzinfo=UTC)
ON_MONDAY = datetime(2026, 3, 2, 11, 25, tzinfo=UTC)


HELD = datetime(2026, 3, 5, 16, tzinfo=UTC)
NEXT = datetime(2026, 3, 12, 16, tzinfo=UTC)
ZONE = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    operation: str
    request: type[Any]
    by: Actor


def _by(actor: Actor, **acts: type[Any]) -> Sequence[Act]:
    return [Act(operation=name, request=kind, by=actor) for name, kind in acts.items()]


_IN_SESSION_1 = (
    *_by(THERAPIST, createAssignment=CreateAssignment, offerOptions=OfferOptions),
    *_by(PATIENT, chooseOption=ChooseOption),
    *_by(THERAPIST, addComponent=AddComponent),
    *_by(PATIENT, chooseFirstComponent=ChooseFirstComponent),
    *_by(THERAPIST, giveRationale=GiveRationale, offerPractice=OfferPractice),
    *_by(PATIENT, requestPractice=RequestPractice),
    *_by(THERAPIST, recordPractice=RecordPractice),
    *_by(
        PATIENT,
        conceptualiseSituation=ConceptualiseSituation,
        recordExperience=RecordExperience,
        statePrediction=StatePrediction,
        reportObstacle=ReportObstacle,
        planObstacleResponse=PlanObstacleResponse,
    ),
    *_by(THERAPIST, specifyPlan=SpecifyPlan, setDue=SetDue),
    *_by(
        PATIENT,
        checkUnderstanding=CheckUnderstanding,
        rateReadiness=RateReadiness,
        rateTask=RateTask,
        stateCommitment=StateCommitment,
    ),
    *_by(
        THERAPIST,
        proposeAssignment=ProposeAssignment,
        agreeAssignment=AgreeAssignment,
        activateAssignment=ActivateAssignment,
    ),
)
_IN_SESSION_2 = _by(
    THERAPIST,
    giveHomework=GiveHomework,
    gradeComponents=GradeComponents,
    adjustAssignment=AdjustAssignment,
)
_EVENING_BY_EVENING = _by(
    PATIENT,
    startOccurrence=StartOccurrence,
    completeOccurrence=CompleteOccurrence,
    completePartially=CompletePartially,
    abandonOccurrence=AbandonOccurrence,
    declineOccurrence=DeclineOccurrence,
)
_EVERY_EVENING: Json = {
    "id": "00000000-0000-7000-8000-0000000000f3",
    "patient_id": str(PATIENT.person_id),
    "title": "Every evening: one conversation, and what I thought before it",
    "category": "symptom_monitoring",
    "created_in_session_id": "00000000-0000-7000-8000-0000000000e2",
    "plan": {"timing": {"rule": "scheduled", "time_of_day": ["20:00"], "travel": "follow_patient"}},
}

REQUEST_OF = {
    **{
        act.operation: act.request for act in (*_IN_SESSION_1, *_IN_SESSION_2, *_EVENING_BY_EVENING)
    },
    "completeHomework": CompleteHomework,
}
"""What each operation on an assignment asks for."""


def facts_of(bodies: Bodies) -> Sequence[object]:
    """In the order of the story, the first of each kind."""
    told: dict[type[object], object] = {}
    for fact in (*_goal(bodies), *chain.from_iterable(histories(bodies))):
        told.setdefault(type(fact), fact)
    return tuple(told.values())


def histories(bodies: Bodies) -> Sequence[Sequence[assignment.Event]]:
    """Of each homework all that happened, from its beginning on."""
    return (
        tuple(_first_homework(bodies)),
        tuple(_second_homework(bodies)),
        tuple(_third_homework(bodies)),
    )


def _goal(bodies: Bodies) -> Sequence[object]:
    command = _said(Act(operation="setGoal", request=goal.SetGoal, by=THERAPIST), bodies, AT_FIVE)
    return goal.decider.decide(command, goal.decider.initial)


def _first_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    story = _Story(bodies)
    for minute, act in enumerate(_IN_SESSION_1, start=1):
        yield from story.told(act, at=AT_FIVE + timedelta(minutes=minute), meeting=_at(HELD, 2))
    yield from story.moved(_at(HELD + timedelta(hours=1), 2), at=AT_FIVE + timedelta(days=1))
    unforeseen = {
        "id": "00000000-0000-7000-8000-000000000291",
        "category": "environment",
        "kind": "practical",
        "text": "Larry was on the phone at first.",
    }
    report = Act(operation="reportObstacle", request=ReportObstacle, by=PATIENT)
    yield from _Story({"reportObstacle": unforeseen}, story.state).told(report, at=ON_MONDAY)
    done = Act(operation="completeHomework", request=CompleteHomework, by=PATIENT)
    yield from story.told(done, at=ON_MONDAY)


def _second_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    story = _Story({**bodies, "specifyPlan": {**bodies["specifyPlan"], "obstacles": []}})
    for minute, act in enumerate(_IN_SESSION_2, start=20):
        yield from story.told(act, at=HELD + timedelta(minutes=minute), meeting=_at(NEXT, 3))
    revise = Act(operation="specifyPlan", request=SpecifyPlan, by=THERAPIST)
    yield from story.told(revise, at=HELD + timedelta(minutes=45))


def _third_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    """An evening begun and done, one done in part, one abandoned, one declined, one missed; then
    the patient flies to New York.
    """
    story = _Story({**bodies, "giveHomework": _EVERY_EVENING})
    give = Act(operation="giveHomework", request=GiveHomework, by=THERAPIST)
    yield from story.told(give, at=HELD + timedelta(minutes=50), meeting=_at(NEXT, 3))
    evening = HELD.replace(hour=20, minute=5)
    begin, *rest = _EVENING_BY_EVENING
    yield from story.told(begin, at=evening)
    for day, act in enumerate(rest):
        yield from story.told(act, at=evening + timedelta(days=day, minutes=30))
    at = evening + timedelta(days=5)
    yield from story.asked(PassTime, at=at)
    yield from story.asked(
        FollowPatient, at=at, zone="America/New_York", because="travelling", changed_at=at
    )


def _at(starts_at: datetime, number: int) -> Meeting:
    session = UUID(f"00000000-0000-7000-8000-0000000000e{number}")
    return Meeting(session_id=SessionId(session), starts_at=starts_at, zone=ZONE)


class _Story:
    def __init__(self, bodies: Bodies, state: State = assignment.decider.initial) -> None:
        self.bodies = bodies
        self.state = state

    def told(
        self, act: Act, *, at: datetime, meeting: Meeting | None = None
    ) -> Sequence[assignment.Event]:
        return self._decided(_said(act, self.bodies, at, meeting))

    def moved(self, meeting: Meeting, *, at: datetime) -> Sequence[assignment.Event]:
        return self.asked(
            MoveDue,
            at=at,
            named_session_id=meeting.session_id,
            meeting=meeting,
            because="session_moved",
        )

    def asked(self, request: type[Any], *, at: datetime, **said: Any) -> Sequence[assignment.Event]:
        """By this service itself: in reaction to something, or because time has passed."""
        system = Actor(person_id=UUID(int=0), role="system")
        return self._decided(request(by=system, happened_at=at, now=at, **said))

    def _decided(self, command: assignment.Command) -> Sequence[assignment.Event]:
        facts = assignment.decider.decide(command, self.state)
        self.state = assignment.decider.fold(facts, onto=self.state)
        return facts


def _said(act: Act, bodies: Bodies, at: datetime, meeting: Meeting | None = None) -> Any:
    shape = Shape(act.request)
    body = bodies[act.operation]
    looked_up = {
        "meeting": meeting,
        "open_goals": frozenset(GoalId(UUID(each)) for each in _goals(body)),
        "patient_zone": ZONE,
    }
    names = {field.name for field in fields(act.request)}
    return act.request(
        by=act.by,
        happened_at=at,
        now=at,
        **shape.read(body, at).fields,
        **{name: value for name, value in looked_up.items() if name in names},
    )


def _goals(body: Json) -> Sequence[str]:
    named: Sequence[str] = body.get("goal_ids", body.get("rationale", {}).get("goal_ids", ()))
    return named
