"""What passes of how homework is prepared: why, how ready somebody is, practice, and obstacles."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    EXPERIENCED,
    ITEM,
    NUMBER,
    ONLY_ITS_OWN,
    PARTY,
    PROCEDURE,
    PSEUDONYM,
    RATING,
    THIRD_PARTY,
    TOLD_BY_DAYS,
    TRUTH,
    WRITTEN,
    obstacle_told_by,
)
from services.gateway.analytics.decided.plan import FREQUENCY
from services.gateway.analytics.passing import (
    Decision,
    Each,
    LeftOut,
    Passes,
    Within,
    codes,
)

WHY_AND_HOW_READY: Mapping[str, Decision] = {
    "RationaleGiven.v1": Passes(
        fields={
            "rationale_id": ONLY_ITS_OWN,
            "text": WRITTEN,
            "goal_ids": Each(PSEUDONYM),
            "expected_learning": WRITTEN,
            "monitored_dimensions": Each(
                codes(
                    "mood",
                    "accomplishment",
                    "pleasure",
                    "anxiety",
                    "worry",
                    "panic",
                    "eating",
                    "thoughts",
                    "physical_sensations",
                    "activity",
                    "sleep",
                    "other",
                )
            ),
            "leads_to_procedure": PROCEDURE,
            "given_by": PARTY,
            "given_at": TOLD_BY_DAYS,
        }
    ),
    "UnderstandingChecked.v1": Passes(
        fields={
            "understanding_id": ONLY_ITS_OWN,
            "patient_words": WRITTEN,
            "fits": codes("yes", "partly", "no"),
            "change_beliefs": WRITTEN,
            "checked_at": TOLD_BY_DAYS,
        }
    ),
    "CommitmentStated.v1": Passes(
        fields={
            "commitment_id": ONLY_ITS_OWN,
            "willing": TRUTH,
            "statement": WRITTEN,
            "stated_at": TOLD_BY_DAYS,
        }
    ),
    "ReadinessRated.v1": Passes(
        fields={
            "rating_id": PSEUDONYM,
            "readiness": RATING,
            "confidence": RATING,
            "importance": RATING,
            "why_not_lower": WRITTEN,
            "what_would_raise": WRITTEN,
            "rated_by": PARTY,
            "rated_at": TOLD_BY_DAYS,
        }
    ),
    "TaskRated.v1": Passes(
        fields={
            "task_rating_id": ONLY_ITS_OWN,
            "utility": RATING,
            "difficulty": RATING,
            "comment": WRITTEN,
            "rated_by": PARTY,
            "rated_at": TOLD_BY_DAYS,
        }
    ),
    "AdjustmentSuggested.v1": Passes(
        fields={
            "because_rating_id": PSEUDONYM,
            "suggestions": Each(codes("grade_components", "reduce_frequency", "revisit_rationale")),
            "threshold": NUMBER,
            "suggested_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentAdjusted.v1": Passes(
        fields={
            "adjustment_id": ONLY_ITS_OWN,
            "reason": codes("overwhelming", "obstacle", "progress", "preference", "other"),
            "because_rating_id": PSEUDONYM,
            "what": WRITTEN,
            "adjusted_by": PARTY,
            "adjusted_at": TOLD_BY_DAYS,
        }
    ),
    "FrequencyReduced.v1": Passes(
        fields={
            "plan_version": NUMBER,
            "before": FREQUENCY,
            "after": FREQUENCY,
            "because_rating_id": PSEUDONYM,
            "reduced_at": TOLD_BY_DAYS,
        }
    ),
    "ComponentAdded.v1": Passes(
        fields={
            "component_id": PSEUDONYM,
            "label": WRITTEN,
            "contact": THIRD_PARTY,
            "topic": WRITTEN,
            "added_by": PARTY,
            "added_at": TOLD_BY_DAYS,
        }
    ),
    "FirstComponentChosen.v1": Passes(
        fields={"component_id": PSEUDONYM, "chosen_by": PARTY, "chosen_at": TOLD_BY_DAYS}
    ),
    "ComponentsGraded.v1": Passes(
        fields={
            "grading_id": ONLY_ITS_OWN,
            "components": Each(
                Within({"component_id": PSEUDONYM, "difficulty": RATING, "label": WRITTEN})
            ),
            "because_rating_id": PSEUDONYM,
            "graded_by": PARTY,
            "graded_at": TOLD_BY_DAYS,
        }
    ),
}

PRACTICE: Mapping[str, Decision] = {
    "PracticeOffered.v1": Passes(
        fields={
            "offer_id": ONLY_ITS_OWN,
            "response": codes("accepted", "declined"),
            "offered_at": TOLD_BY_DAYS,
        }
    ),
    "PracticeRequested.v1": Passes(
        fields={"request_id": ONLY_ITS_OWN, "requested_by": PARTY, "requested_at": TOLD_BY_DAYS}
    ),
    "PracticeRecorded.v1": Passes(
        fields={
            "practice_id": PSEUDONYM,
            "mode": codes("live", "guided_imagery", "role_play"),
            "session_id": PSEUDONYM,
            "outcome": codes("ready", "needs_more_practice", "changed_task"),
            "duration_min": NUMBER,
            "imagery_anchor": LeftOut("a weekday, an hour and a place of one person's"),
            "strategy_ref": PSEUDONYM,
            "steps_rehearsed": WRITTEN,
            "experience": ITEM,
            "obstacles_found": ITEM,
            "practised_at": TOLD_BY_DAYS,
        }
    ),
    "SituationConceptualised.v1": Passes(
        fields={
            "situation_id": ONLY_ITS_OWN,
            "situation": WRITTEN,
            "thoughts": WRITTEN,
            "feelings": ITEM,
            "physical_sensations": WRITTEN,
            "urge_or_behaviour": WRITTEN,
            "conceptualised_at": TOLD_BY_DAYS,
        }
    ),
    "ExperienceRecorded.v1": Passes(
        fields={
            "experience_id": ONLY_ITS_OWN,
            "phase": codes("in_session_practice", "during_homework", "at_review"),
            "experience": ITEM,
            "experienced_at": EXPERIENCED,
            "occurrence_id": PSEUDONYM,
            "told_by": PARTY,
            "told_at": TOLD_BY_DAYS,
        }
    ),
    "PredictionStated.v1": Passes(
        fields={
            "prediction_id": ONLY_ITS_OWN,
            "prediction": WRITTEN,
            "observable_sign": WRITTEN,
            "likelihood": RATING,
            "stated_afterwards": TRUTH,
            "stated_by": PARTY,
            "stated_at": TOLD_BY_DAYS,
        }
    ),
    "ObstacleAnticipated.v1": Passes(fields=obstacle_told_by("anticipated_by", "anticipated_at")),
    "ObstacleReported.v1": Passes(fields=obstacle_told_by("reported_by", "reported_at")),
    "ObstacleResponsePlanned.v1": Passes(
        fields={
            "obstacle_id": PSEUDONYM,
            "if_text": WRITTEN,
            "then_text": WRITTEN,
            "response_id": PSEUDONYM,
            "supersedes": PSEUDONYM,
            "planned_by": PARTY,
            "planned_at": TOLD_BY_DAYS,
        }
    ),
}
