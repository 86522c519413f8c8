"""Plays the bodies of `examples` through the deciders, for one instance of every fact."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain

from services.assignment import played_lives
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
    CompleteOccurrencePartially,
    StartOccurrence,
)
from services.assignment.domain.due import SetDue
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.not_doing import AbandonOccurrence, DeclineOccurrence
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
from services.assignment.domain.summary import IssueSummary, ViewSummary
from services.assignment.domain.travelling import FollowPatient
from services.assignment.playing import (
    AT_FIVE,
    HELD,
    NEXT,
    ON_MONDAY,
    PATIENT,
    THERAPIST,
    Act,
    Bodies,
    Json,
    Story,
    by,
    meeting_at,
    said,
)

_IN_SESSION_1 = (
    *by(THERAPIST, createAssignment=CreateAssignment, offerOptions=OfferOptions),
    *by(PATIENT, chooseOption=ChooseOption),
    *by(THERAPIST, addComponent=AddComponent),
    *by(PATIENT, chooseFirstComponent=ChooseFirstComponent),
    *by(THERAPIST, giveRationale=GiveRationale, offerPractice=OfferPractice),
    *by(PATIENT, requestPractice=RequestPractice),
    *by(THERAPIST, recordPractice=RecordPractice),
    *by(
        PATIENT,
        conceptualiseSituation=ConceptualiseSituation,
        recordExperience=RecordExperience,
        statePrediction=StatePrediction,
        reportObstacle=ReportObstacle,
        planObstacleResponse=PlanObstacleResponse,
    ),
    *by(THERAPIST, specifyPlan=SpecifyPlan, setDue=SetDue),
    *by(
        PATIENT,
        checkUnderstanding=CheckUnderstanding,
        rateReadiness=RateReadiness,
        rateTask=RateTask,
        stateCommitment=StateCommitment,
    ),
    *by(
        THERAPIST,
        proposeAssignment=ProposeAssignment,
        agreeAssignment=AgreeAssignment,
        activateAssignment=ActivateAssignment,
        issueSummary=IssueSummary,
    ),
    *by(PATIENT, viewSummary=ViewSummary),
)
_IN_SESSION_2 = by(
    THERAPIST,
    giveHomework=GiveHomework,
    gradeComponents=GradeComponents,
    adjustAssignment=AdjustAssignment,
)
_EVENING_BY_EVENING = by(
    PATIENT,
    startOccurrence=StartOccurrence,
    completeOccurrence=CompleteOccurrence,
    completeOccurrencePartially=CompleteOccurrencePartially,
    abandonOccurrence=AbandonOccurrence,
    declineOccurrence=DeclineOccurrence,
)
_EVERY_EVENING: Json = {
    "id": "00000000-0000-7000-8000-0000000000f7",
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
    **played_lives.REQUEST_OF,
}
"""What each operation on an assignment asks for."""

GOAL_REQUEST_OF = {"setGoal": goal.SetGoal, **played_lives.GOAL_REQUEST_OF}
"""What each operation on a goal asks for."""


def facts_of(bodies: Bodies) -> Sequence[object]:
    """In the order of the story, the first of each kind."""
    told: dict[type[object], object] = {}
    goal_set, *later = _goal(bodies)
    for fact in (goal_set, *chain.from_iterable(histories(bodies)), *later):
        told.setdefault(type(fact), fact)
    return tuple(told.values())


def histories(bodies: Bodies) -> Sequence[Sequence[assignment.Event]]:
    """Of each homework all that happened, from its beginning on."""
    return (
        *of_the_story(bodies),
        tuple(_third_homework(bodies)),
        *played_lives.histories(bodies),
    )


def of_the_story(bodies: Bodies) -> Sequence[Sequence[assignment.Event]]:
    """Of the two in it."""
    return tuple(_first_homework(bodies)), tuple(_second_homework(bodies))


def _goal(bodies: Bodies) -> Iterator[goal.Event]:
    command = said(Act(operation="setGoal", request=goal.SetGoal, by=THERAPIST), bodies, AT_FIVE)
    facts = goal.decider.decide(command, goal.decider.initial)
    yield from facts
    yield from played_lives.goal_course(bodies, goal.decider.fold(facts))


def _first_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    story = Story(bodies)
    for minute, act in enumerate(_IN_SESSION_1, start=1):
        yield from story.told(
            act, at=AT_FIVE + timedelta(minutes=minute), meeting=meeting_at(HELD, 2)
        )
    yield from story.moved(meeting_at(HELD + timedelta(hours=1), 2), at=AT_FIVE + timedelta(days=1))
    unforeseen = {
        "id": "00000000-0000-7000-8000-000000000291",
        "category": "environment",
        "kind": "practical",
        "text": "Larry was on the phone at first.",
    }
    report = Act(operation="reportObstacle", request=ReportObstacle, by=PATIENT)
    yield from Story({"reportObstacle": unforeseen}, story.state).told(report, at=ON_MONDAY)
    done = Act(operation="completeHomework", request=CompleteHomework, by=PATIENT)
    yield from story.told(done, at=ON_MONDAY)


def _second_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    story = Story({**bodies, "specifyPlan": {**bodies["specifyPlan"], "obstacles": []}})
    for minute, act in enumerate(_IN_SESSION_2, start=20):
        yield from story.told(act, at=HELD + timedelta(minutes=minute), meeting=meeting_at(NEXT, 3))
    revise = Act(operation="specifyPlan", request=SpecifyPlan, by=THERAPIST)
    yield from story.told(revise, at=HELD + timedelta(minutes=45))


def _third_homework(bodies: Bodies) -> Iterator[assignment.Event]:
    """An evening begun and done, one done in part, one abandoned, one declined, one missed; then
    the patient flies to New York.
    """
    story = Story({**bodies, "giveHomework": _EVERY_EVENING})
    give = Act(operation="giveHomework", request=GiveHomework, by=THERAPIST)
    yield from story.told(give, at=HELD + timedelta(minutes=50), meeting=meeting_at(NEXT, 3))
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
