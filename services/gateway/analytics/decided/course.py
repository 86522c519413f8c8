"""What passes of the course of homework and of goals: which step, when, and how far it came."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    EXPERIENCED,
    NUMBER,
    ONLY_ITS_OWN,
    PARTY,
    PROCEDURE,
    PSEUDONYM,
    RATING,
    TOLD_BY_DAYS,
    TRUTH,
    WRITTEN,
)
from services.gateway.analytics.passing import Day, Decision, Each, LeftOut, Passes, Within, codes

_ACHIEVEMENT = codes(
    "in_progress",
    "improving",
    "worsening",
    "no_change",
    "achieved",
    "sustaining",
    "not_achieved",
    "no_progress",
    "not_attainable",
)

COURSE: Mapping[str, Decision] = {
    "AssignmentDeclined.v1": Passes(
        fields={
            "reason": WRITTEN,
            "declined_by": PARTY,
            "attested": TRUTH,
            "declined_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentPaused.v1": Passes(
        fields={
            "reason": codes("illness", "holiday", "admission", "other"),
            "note": WRITTEN,
            "paused_by": PARTY,
            "paused_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentResumed.v1": Passes(fields={"resumed_by": PARTY, "resumed_at": TOLD_BY_DAYS}),
    "HomeworkPartiallyCompleted.v1": Passes(
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
    "HomeworkNotDone.v1": Passes(
        fields={
            "not_done_id": ONLY_ITS_OWN,
            "note": WRITTEN,
            "told_by": PARTY,
            "told_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentDiscontinued.v1": Passes(
        fields={
            "because": codes("stopped", "discharged"),
            "reason": WRITTEN,
            "discontinued_by": PARTY,
            "attested": TRUTH,
            "discontinued_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentReopened.v1": Passes(
        fields={
            "because": codes("taken_up_again", "death_corrected"),
            "status": codes("draft", "proposed", "declined", "agreed", "active", "paused"),
            "reason": WRITTEN,
            "reopened_by": PARTY,
            "reopened_at": TOLD_BY_DAYS,
        }
    ),
    "AssignmentEnteredInError.v1": Passes(
        fields={"reason": WRITTEN, "entered_in_error_at": TOLD_BY_DAYS}
    ),
    "AssignmentContinuedAlone.v1": Passes(fields={"continued_at": TOLD_BY_DAYS}),
    "AssignmentEndedByDeath.v1": Passes(
        fields={
            "died_on": LeftOut("the day of a death is as good as a name"),
            "ended_at": LeftOut("as `died_on`"),
        }
    ),
    "AssignmentRevised.v1": Passes(
        fields={
            "revision_id": ONLY_ITS_OWN,
            "title": WRITTEN,
            "description": WRITTEN,
            "revised_by": PARTY,
            "revised_at": TOLD_BY_DAYS,
        }
    ),
    "TargetCognitionSet.v1": Passes(
        fields={
            "target_id": ONLY_ITS_OWN,
            "target_cognition": Within({"text": WRITTEN, "belief": RATING}),
            "set_by": PARTY,
            "set_at": TOLD_BY_DAYS,
        }
    ),
    "ProcedureTagged.v1": Passes(
        fields={
            "procedure": PROCEDURE,
            "procedure_tags": Each(PROCEDURE),
            "tagged_at": TOLD_BY_DAYS,
        }
    ),
    "FitExplored.v1": Passes(
        fields={
            "fit_id": ONLY_ITS_OWN,
            "preferences": WRITTEN,
            "values": WRITTEN,
            "change_beliefs": WRITTEN,
            "method": codes("socratic_dialogue"),
            "fit": RATING,
            "told_by": PARTY,
            "explored_at": TOLD_BY_DAYS,
        }
    ),
}

GOALS: Mapping[str, Decision] = {
    "GoalRevised.v1": Passes(
        fields={
            "revision_id": ONLY_ITS_OWN,
            "statement": WRITTEN,
            "target": Within(
                {
                    "measure": WRITTEN,
                    "comparator": codes("at_least", "at_most", "equals"),
                    "value": NUMBER,
                    "due": Day("due_day"),
                }
            ),
            "revised_by": PARTY,
            "revised_at": TOLD_BY_DAYS,
        }
    ),
    "GoalProgressRecorded.v1": Passes(
        fields={
            "progress_id": ONLY_ITS_OWN,
            "achievement": _ACHIEVEMENT,
            "value": NUMBER,
            "note": WRITTEN,
            "told_by": PARTY,
            "told_at": TOLD_BY_DAYS,
        }
    ),
    "GoalClosed.v1": Passes(
        fields={
            "lifecycle": codes("completed", "cancelled"),
            "achievement": _ACHIEVEMENT,
            "note": WRITTEN,
            "closed_by": PARTY,
            "closed_at": TOLD_BY_DAYS,
        }
    ),
}
