"""How a review's facts look outside it: in the event table, on the broker, in openapi/.

Every name and field is a promise. To change one, publish a new version beside the old and read
the old through a named upcast.
"""

from uuid import UUID

from libs.access import confirming
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.wire import Wire
from services.review.domain import meaning, non_engagement, review, work
from services.review.domain.state import Completed, NotOpened, Opened, State


def _whose(state: State) -> UUID | None:
    match state:
        case NotOpened():
            return None
        case Opened():
            return state.patient_id
        case Completed():
            return state.review.patient_id


reviews = Aggregate(
    category="review",
    decider=review.decider,
    wire=Wire[review.Event](
        {
            review.ReviewOpened: "interlude.review.ReviewOpened.v1",
            work.WorkDoneRecorded: "interlude.review.WorkDoneRecorded.v1",
            work.PraiseGiven: "interlude.review.PraiseGiven.v1",
            work.SkillAcquired: "interlude.review.SkillAcquired.v1",
            meaning.ObstacleReported: "interlude.review.ObstacleReported.v1",
            meaning.ExperienceRecorded: "interlude.review.ExperienceRecorded.v1",
            meaning.HomeworkBeliefExplored: "interlude.review.HomeworkBeliefExplored.v1",
            non_engagement.NonEngagementRecorded: "interlude.review.NonEngagementRecorded.v1",
            non_engagement.NonEngagementLearned: "interlude.review.NonEngagementLearned.v1",
            review.ReviewCompleted: "interlude.review.ReviewCompleted.v1",
        }
    ),
    subject=_whose,
)

confirmations = confirming.confirmations("interlude.review.ErasureConfirmed.v1")
