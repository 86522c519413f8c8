"""What passes of assignments: the course of homework, and of plans what can be counted."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    EXPERIENCED,
    IN_THE_KEY,
    NUMBER,
    ONLY_ITS_OWN,
    PARTY,
    PLACE_ON_EARTH,
    PROCEDURE,
    PSEUDONYM,
    RATING,
    THIRD_PARTY,
    TOLD_BY_DAYS,
    TRUTH,
    WORKSHEET,
    WRITTEN,
)
from services.gateway.analytics.decided.course import COURSE, GOALS
from services.gateway.analytics.decided.occurrences import OCCURRENCES
from services.gateway.analytics.decided.plan import PLAN
from services.gateway.analytics.decided.preparation import PRACTICE, WHY_AND_HOW_READY
from services.gateway.analytics.passing import (
    Day,
    Decision,
    Each,
    LeftOut,
    Passes,
    Stays,
    Within,
    codes,
)

_ASSIGNMENT = "interlude.assignment"

_GIVING: Mapping[str, Decision] = {
    "GoalSet.v1": Passes(
        fields={
            "goal_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
            "statement": WRITTEN,
            "target": Within(
                {
                    "measure": WRITTEN,
                    "comparator": codes("at_least", "at_most", "equals"),
                    "value": NUMBER,
                    "due": Day("due_day"),
                }
            ),
            "set_by": PARTY,
            "set_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentCreated.v1": Passes(
        fields={
            "assignment_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
            "title": WRITTEN,
            "description": WRITTEN,
            "category": codes(
                "symptom_monitoring",
                "thought_evaluation",
                "behavioral_intervention",
                "psychoeducation",
                "other",
            ),
            "technique": codes(
                "exposure",
                "interpersonal_skills",
                "behavioral_experiment",
                "behavioral_activation",
                "relaxation",
                "other",
            ),
            "technique_other": WRITTEN,
            "modality_tags": Each(PROCEDURE),
            "intended_change": codes("cognitive"),
            "target_cognition": Within({"text": WRITTEN, "belief": RATING}),
            "created_in_session_id": PSEUDONYM,
            "continues_from": PSEUDONYM,
            "template_ref": Within({"id": PSEUDONYM, "version": NUMBER}),
            "instructions": WRITTEN,
            "procedure_tags": Each(PROCEDURE),
            "worksheet": WORKSHEET,
            "created_at": TOLD_BY_DAYS,
            "group_assignment_id": LeftOut("says with whom somebody meets"),
        }
    ),
    "GroupAssignmentIssued.v1": Stays("no patient's: each member's own homework passes"),
    "OptionsOffered.v1": Passes(
        fields={
            "options": Each(Within({"id": PSEUDONYM, "label": WRITTEN, "description": WRITTEN})),
            "offered_by": PARTY,
            "offered_at": TOLD_BY_DAYS,
        }
    ),
    "OptionChosen.v1": Passes(
        fields={"option_id": PSEUDONYM, "chosen_by": PARTY, "chosen_at": TOLD_BY_DAYS}
    ),
    "AssignmentProposed.v1": Passes(fields={"proposed_by": PARTY, "proposed_at": TOLD_BY_DAYS}),
    "AssignmentAgreed.v1": Passes(
        fields={"agreed_by": PARTY, "attested": TRUTH, "agreed_at": TOLD_BY_DAYS}
    ),
    "AssignmentActivated.v1": Passes(fields={"plan_version": NUMBER, "activated_at": TOLD_BY_DAYS}),
    "HomeworkCompleted.v1": Passes(
        fields={
            "completion_id": ONLY_ITS_OWN,
            "quantity": NUMBER,
            "experienced_at": EXPERIENCED,
            "occurrence_id": PSEUDONYM,
            "note": WRITTEN,
            "completed_by": codes("patient_report", "therapist_confirmation"),
            "completed_at": TOLD_BY_DAYS,
        }
    ),
}

_PLANS: Mapping[str, Decision] = {
    "PlanSpecified.v1": Passes(
        about="plan", fields={**PLAN, "specified_by": PARTY, "specified_at": TOLD_BY_DAYS}
    ),
    "PlanRevised.v1": Passes(
        about="plan", fields={**PLAN, "revised_by": PARTY, "revised_at": TOLD_BY_DAYS}
    ),
    "SummaryIssued.v1": Passes(
        fields={
            "summary_version": NUMBER,
            "plan_version": NUMBER,
            "locale": LeftOut("a language says where somebody comes from"),
            "body_markdown": WRITTEN,
            "sha256": LeftOut("whoever has it can try what was written"),
            "issued_by": PARTY,
            "issued_at": TOLD_BY_DAYS,
        }
    ),
    "SummaryViewed.v1": Passes(fields={"summary_version": NUMBER, "viewed_at": TOLD_BY_DAYS}),
    "DueDateSet.v1": Passes(
        about="due",
        fields={
            "rule": Within(
                {
                    "kind": codes("next_session", "session", "at", "none"),
                    "session_id": PSEUDONYM,
                    "offset_min": NUMBER,
                    "at": LeftOut("`due_day` says it"),
                }
            ),
            "session_id": PSEUDONYM,
            "due_at": Day("due_day"),
            "zone": PLACE_ON_EARTH,
            "set_by": PARTY,
            "set_at": TOLD_BY_DAYS,
        },
    ),
    "DueDateMoved.v1": Passes(
        about="due",
        fields={
            "session_id": PSEUDONYM,
            "due_at": Day("due_day"),
            "zone": PLACE_ON_EARTH,
            "because": codes(
                "session_moved", "session_cancelled", "session_scheduled", "given_later"
            ),
            "moved_at": TOLD_BY_DAYS,
        },
    ),
    "OccurrencesScheduled.v1": Passes(
        fields={
            "plan_version": NUMBER,
            "asked": codes("at_its_time", "within_a_period"),
            "occurrences": Each(
                Within(
                    {
                        "id": PSEUDONYM,
                        "local_date": TOLD_BY_DAYS,
                        "slot": LeftOut("an hour of the day, as text"),
                        "opens_at": Day("opens_day"),
                        "due_at": Day("due_day"),
                        "zone": PLACE_ON_EARTH,
                    }
                )
            ),
            "scheduled_at": TOLD_BY_DAYS,
        }
    ),
    "OccurrencesWithdrawn.v1": Passes(
        fields={
            "occurrence_ids": Each(PSEUDONYM),
            "because": codes("plan_revised", "homework_ended"),
            "resting": TRUTH,
            "withdrawn_at": TOLD_BY_DAYS,
        }
    ),
    "OccurrenceCompleted.v1": Passes(
        fields={
            "occurrence_id": PSEUDONYM,
            "experienced_at": EXPERIENCED,
            "quantity": NUMBER,
            "completed_at": TOLD_BY_DAYS,
        }
    ),
}

_CATALOGUE: Mapping[str, Decision] = {
    "TemplatePublished.v1": Stays("no patient's"),
    "TemplateRevised.v1": Stays("no patient's"),
    "TemplateRetired.v1": Stays("no patient's"),
}

DECIDED: Mapping[str, Decision] = {
    f"{_ASSIGNMENT}.{name}": decision
    for chapter in (
        _GIVING,
        COURSE,
        GOALS,
        WHY_AND_HOW_READY,
        PRACTICE,
        _PLANS,
        OCCURRENCES,
        _CATALOGUE,
    )
    for name, decision in chapter.items()
}
