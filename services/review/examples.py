"""The source's story, as the next session looks at it: Larry, the films, and what was learned.

One realistic instance of every fact and request; tests and the contracts in openapi/ are made
from these.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.access.confirming import ErasureConfirmed
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from libs.vocabulary.rating import Rating, Scale
from libs.vocabulary.removal import removed
from services.review.domain.meaning import (
    BeliefId,
    ExperienceRecorded,
    HomeworkBeliefExplored,
    ObstacleReported,
)
from services.review.domain.non_engagement import (
    LearningId,
    NonEngagementLearned,
    NonEngagementRecorded,
)
from services.review.domain.review import Event, ReviewCompleted, ReviewOpened, review_of
from services.review.domain.state import AssignmentId, PatientId, SessionId, TherapistId
from services.review.domain.work import (
    Done,
    EntryId,
    PraiseGiven,
    SkillAcquired,
    SkillId,
    Work,
    WorkDoneRecorded,
)

THERAPIST = TherapistId(UUID("00000000-0000-7000-8000-0000000000a1"))
PATIENT = PatientId(UUID("00000000-0000-7000-8000-0000000000b1"))
ASSIGNMENT = AssignmentId(UUID("00000000-0000-7000-8000-0000000000f1"))
SESSION = SessionId(UUID("00000000-0000-7000-8000-0000000000e2"))
REVIEW = review_of(ASSIGNMENT, SESSION)
ENTRY = EntryId(UUID("00000000-0000-7000-8000-000000000111"))
SKILL = SkillId(UUID("00000000-0000-7000-8000-000000000141"))
OBSTACLE = ObstacleId(UUID("00000000-0000-7000-8000-000000000151"))
BELIEF = BeliefId(UUID("00000000-0000-7000-8000-000000000161"))
LEARNING = LearningId(UUID("00000000-0000-7000-8000-000000000171"))
IN_SESSION = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)

_TEN = Scale(min=0, max=10)
_HUNDRED = Scale(min=0, max=100)


def _rated(value: int, scale: Scale) -> Rating:
    return Rating(value=value, scale=scale, rated_at=IN_SESSION, phase="at_review")


FACTS: Sequence[Event | ErasureConfirmed] = (
    ReviewOpened(
        review_id=REVIEW,
        assignment_id=ASSIGNMENT,
        session_id=SESSION,
        patient_id=PATIENT,
        therapist_id=THERAPIST,
    ),
    WorkDoneRecorded(
        work_done=(
            Work(
                entry_id=ENTRY,
                when=Done(
                    start=datetime(2026, 3, 2, 11, 0, tzinfo=UTC),
                    end=datetime(2026, 3, 2, 11, 10, tzinfo=UTC),
                    zone="Europe/London",
                ),
                quantity=100,
                source="diary",
            ),
        )
    ),
    PraiseGiven(text="You went over to him although you could not know what he would say."),
    SkillAcquired(
        skill_id=SKILL,
        label="Starting a conversation",
        evidence="Opened with the film and kept going when he asked.",
    ),
    ObstacleReported(
        obstacle=Obstacle(
            id=OBSTACLE,
            category="environment",
            kind="practical",
            text="Larry was on the phone at first.",
            phase="unanticipated",
            planned_response="Wait until he has hung up.",
            resolved=True,
        )
    ),
    ExperienceRecorded(
        experience=Experience(
            thoughts=("It's hard to predict how he'll respond.",),
            feelings=(Feeling(name="anxious", intensity=_rated(4, _TEN)),),
            physical_sensations=("Warm face",),
            behaviours=("Stayed and asked him back",),
        )
    ),
    HomeworkBeliefExplored(
        belief_id=BELIEF,
        about="personal_value",
        statement="If the homework goes badly, I am bad with people.",
        conviction_before=_rated(70, _HUNDRED),
        conviction_after=_rated(40, _HUNDRED),
    ),
    NonEngagementRecorded(engagement="partly_done"),
    NonEngagementLearned(
        learning_id=LEARNING,
        reevaluated="difficulty",
        direction="lower",
        text="Waiting was harder than talking.",
    ),
    ReviewCompleted(
        review_id=REVIEW,
        assignment_id=ASSIGNMENT,
        session_id=SESSION,
        patient_id=PATIENT,
        therapist_id=THERAPIST,
        decision="continue",
        note="Go on with the other three people.",
        completed_at=IN_SESSION,
    ),
    ErasureConfirmed(
        patient_id=PATIENT,
        removed=tuple(removed({"answers": 0, "known_assignments": 4, "known_people": 1})),
        confirmed_at=datetime(2036, 8, 2, 10, 0, 3, tzinfo=UTC),
    ),
)

REQUESTS: Mapping[str, dict[str, Any]] = {
    "openReview": {"assignment_id": str(ASSIGNMENT), "session_id": str(SESSION)},
    "recordWorkDone": {
        "work_done": [
            {
                "entry_id": str(ENTRY),
                "when": {
                    "start": "2026-03-02T11:00:00Z",
                    "end": "2026-03-02T11:10:00Z",
                    "zone": "Europe/London",
                },
                "quantity": 100,
                "source": "diary",
            }
        ]
    },
    "givePraise": {"text": "You went over to him although you could not know what he would say."},
    "recordSkill": {
        "id": str(SKILL),
        "label": "Starting a conversation",
        "evidence": "Opened with the film and kept going when he asked.",
    },
    "reportReviewObstacle": {
        "id": str(OBSTACLE),
        "category": "environment",
        "kind": "practical",
        "text": "Larry was on the phone at first.",
        "planned_response": "Wait until he has hung up.",
        "resolved": True,
    },
    "recordReviewExperience": {
        "experience": {
            "thoughts": ["It's hard to predict how he'll respond."],
            "feelings": [
                {"name": "anxious", "intensity": {"value": 4, "scale": {"min": 0, "max": 10}}}
            ],
            "physical_sensations": ["Warm face"],
            "behaviours": ["Stayed and asked him back"],
        }
    },
    "exploreHomeworkBelief": {
        "id": str(BELIEF),
        "about": "personal_value",
        "statement": "If the homework goes badly, I am bad with people.",
        "conviction_before": {"value": 70, "scale": {"min": 0, "max": 100}},
        "conviction_after": {"value": 40, "scale": {"min": 0, "max": 100}},
    },
    "recordNonEngagement": {"engagement": "partly_done"},
    "recordNonEngagementLearning": {
        "id": str(LEARNING),
        "reevaluated": "difficulty",
        "direction": "lower",
        "text": "Waiting was harder than talking.",
    },
    "completeReview": {"decision": "continue", "note": "Go on with the other three people."},
}
