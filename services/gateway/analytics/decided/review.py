"""What passes of the review's facts: what was done, and which way people changed their minds."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    IN_THE_KEY,
    ITEM,
    NUMBER,
    OBSTACLE,
    ONLY_ITS_OWN,
    PLACE_ON_EARTH,
    PSEUDONYM,
    RATING,
    THIRD_PARTY,
    TOLD_BY_DAYS,
    WRITTEN,
)
from services.gateway.analytics.passing import Day, Decision, Each, Passes, Within, codes

DECIDED: Mapping[str, Decision] = {
    "interlude.review.ReviewOpened.v1": Passes(
        fields={
            "review_id": PSEUDONYM,
            "assignment_id": PSEUDONYM,
            "session_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
        }
    ),
    "interlude.review.WorkDoneRecorded.v1": Passes(
        fields={
            "work_done": Each(
                Within(
                    {
                        "occurrence_id": PSEUDONYM,
                        "entry_id": PSEUDONYM,
                        "when": Within(
                            {
                                "start": Day("day"),
                                "end": TOLD_BY_DAYS,
                                "zone": PLACE_ON_EARTH,
                            }
                        ),
                        "quantity": NUMBER,
                        "source": codes("diary", "verbal"),
                    }
                )
            )
        }
    ),
    "interlude.review.PraiseGiven.v1": Passes(
        fields={"text": WRITTEN, "for_occurrence_ids": Each(PSEUDONYM)}
    ),
    "interlude.review.SkillAcquired.v1": Passes(
        fields={"skill_id": ONLY_ITS_OWN, "label": WRITTEN, "evidence": WRITTEN}
    ),
    "interlude.review.NonEngagementRecorded.v1": Passes(
        fields={
            "engagement": codes("not_attempted", "attempted", "partly_done"),
            "occurrence_ids": Each(PSEUDONYM),
        }
    ),
    "interlude.review.NonEngagementLearned.v1": Passes(
        fields={
            "learning_id": ONLY_ITS_OWN,
            "reevaluated": codes("worth", "difficulty", "other"),
            "direction": codes("higher", "lower", "same"),
            "text": WRITTEN,
        }
    ),
    "interlude.review.HomeworkBeliefExplored.v1": Passes(
        fields={
            "belief_id": ONLY_ITS_OWN,
            "about": codes("personal_value", "therapy_outcome", "therapist_work_value", "other"),
            "statement": WRITTEN,
            "conviction_before": RATING,
            "conviction_after": RATING,
        }
    ),
    "interlude.review.ObstacleReported.v1": Passes(
        fields={"obstacle": OBSTACLE, "occurrence_id": PSEUDONYM}
    ),
    "interlude.review.ExperienceRecorded.v1": Passes(
        fields={
            "phase": codes("at_review"),
            "experience": ITEM,
            "occurrence_id": PSEUDONYM,
        }
    ),
    "interlude.review.ReviewCompleted.v1": Passes(
        fields={
            "review_id": PSEUDONYM,
            "assignment_id": PSEUDONYM,
            "session_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
            "decision": codes("continue", "adjust", "pause", "finish", "stop", "replace"),
            "note": WRITTEN,
            "completed_at": TOLD_BY_DAYS,
        }
    ),
}
