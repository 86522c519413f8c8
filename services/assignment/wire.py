"""How this service's facts look outside it: in the event table, on the broker, in openapi/.

Every name and field is a promise. To change one, publish a new version beside the old and read
the old through a named upcast.
"""

from uuid import UUID

from libs.access import confirming
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.wire import Json, Wire
from services.assignment.domain import (
    agreement,
    assignment,
    components,
    creation,
    declining,
    describing,
    doing,
    due,
    ending,
    fit,
    goal,
    goal_course,
    groupwork,
    leaving,
    not_doing,
    obstacles,
    occurrences,
    outcome,
    passing,
    pausing,
    plan,
    practice,
    readiness,
    reasons,
    reopening,
    situation,
    summary,
    template,
    travelling,
)
from services.assignment.domain.homework import NotCreated, State


def _whose_goal(state: goal.State) -> UUID | None:
    return None if isinstance(state, goal.Unset) else state.patient_id


def _whose(state: State) -> UUID | None:
    return None if isinstance(state, NotCreated) else state.patient_id


def _neither_template_nor_group(v1: Json) -> Json:
    """Before there were a catalogue and groups, what was said was the homework's own, and it was
    given to one patient.
    """
    return v1


def _nothing_rested(v1: Json) -> Json:
    """Before homework could rest, windows were withdrawn for good."""
    return v1


def _times_stayed_in_their_zone(v1: Json) -> Json:
    """No plan's times followed the patient before plans said whether they do."""
    return {**v1, "travel": "fixed_zone"}


goals = Aggregate(
    category="goal",
    decider=goal.decider,
    wire=Wire[goal.Event](
        {
            goal.GoalSet: "interlude.assignment.GoalSet.v1",
            goal_course.GoalRevised: "interlude.assignment.GoalRevised.v1",
            goal_course.GoalProgressRecorded: "interlude.assignment.GoalProgressRecorded.v1",
            goal_course.GoalClosed: "interlude.assignment.GoalClosed.v1",
        }
    ),
    subject=_whose_goal,
)


assignments = Aggregate(
    category="assignment",
    decider=assignment.decider,
    wire=Wire[assignment.Event](
        {
            creation.AssignmentCreated: "interlude.assignment.AssignmentCreated.v2",
            outcome.AssignmentActivated: "interlude.assignment.AssignmentActivated.v1",
            outcome.HomeworkCompleted: "interlude.assignment.HomeworkCompleted.v1",
            agreement.OptionsOffered: "interlude.assignment.OptionsOffered.v1",
            agreement.OptionChosen: "interlude.assignment.OptionChosen.v1",
            agreement.AssignmentProposed: "interlude.assignment.AssignmentProposed.v1",
            agreement.AssignmentAgreed: "interlude.assignment.AssignmentAgreed.v1",
            declining.AssignmentDeclined: "interlude.assignment.AssignmentDeclined.v1",
            pausing.AssignmentPaused: "interlude.assignment.AssignmentPaused.v1",
            pausing.AssignmentResumed: "interlude.assignment.AssignmentResumed.v1",
            ending.HomeworkPartiallyCompleted: (
                "interlude.assignment.HomeworkPartiallyCompleted.v1"
            ),
            ending.HomeworkNotDone: "interlude.assignment.HomeworkNotDone.v1",
            ending.AssignmentDiscontinued: "interlude.assignment.AssignmentDiscontinued.v1",
            reopening.AssignmentReopened: "interlude.assignment.AssignmentReopened.v1",
            reopening.AssignmentEnteredInError: "interlude.assignment.AssignmentEnteredInError.v1",
            leaving.AssignmentContinuedAlone: "interlude.assignment.AssignmentContinuedAlone.v1",
            leaving.AssignmentEndedByDeath: "interlude.assignment.AssignmentEndedByDeath.v1",
            describing.AssignmentRevised: "interlude.assignment.AssignmentRevised.v1",
            describing.TargetCognitionSet: "interlude.assignment.TargetCognitionSet.v1",
            describing.ProcedureTagged: "interlude.assignment.ProcedureTagged.v1",
            fit.FitExplored: "interlude.assignment.FitExplored.v1",
            reasons.RationaleGiven: "interlude.assignment.RationaleGiven.v1",
            reasons.UnderstandingChecked: "interlude.assignment.UnderstandingChecked.v1",
            reasons.CommitmentStated: "interlude.assignment.CommitmentStated.v1",
            components.ComponentAdded: "interlude.assignment.ComponentAdded.v1",
            components.FirstComponentChosen: "interlude.assignment.FirstComponentChosen.v1",
            components.ComponentsGraded: "interlude.assignment.ComponentsGraded.v1",
            practice.PracticeOffered: "interlude.assignment.PracticeOffered.v1",
            practice.PracticeRequested: "interlude.assignment.PracticeRequested.v1",
            practice.PracticeRecorded: "interlude.assignment.PracticeRecorded.v1",
            situation.SituationConceptualised: "interlude.assignment.SituationConceptualised.v1",
            situation.ExperienceRecorded: "interlude.assignment.ExperienceRecorded.v1",
            situation.PredictionStated: "interlude.assignment.PredictionStated.v1",
            obstacles.ObstacleAnticipated: "interlude.assignment.ObstacleAnticipated.v1",
            obstacles.ObstacleReported: "interlude.assignment.ObstacleReported.v1",
            obstacles.ObstacleResponsePlanned: "interlude.assignment.ObstacleResponsePlanned.v1",
            plan.PlanSpecified: "interlude.assignment.PlanSpecified.v2",
            plan.PlanRevised: "interlude.assignment.PlanRevised.v2",
            plan.FrequencyReduced: "interlude.assignment.FrequencyReduced.v1",
            due.DueDateSet: "interlude.assignment.DueDateSet.v1",
            due.DueDateMoved: "interlude.assignment.DueDateMoved.v1",
            readiness.ReadinessRated: "interlude.assignment.ReadinessRated.v1",
            readiness.AdjustmentSuggested: "interlude.assignment.AdjustmentSuggested.v1",
            readiness.TaskRated: "interlude.assignment.TaskRated.v1",
            readiness.AssignmentAdjusted: "interlude.assignment.AssignmentAdjusted.v1",
            summary.SummaryIssued: "interlude.assignment.SummaryIssued.v1",
            summary.SummaryViewed: "interlude.assignment.SummaryViewed.v1",
            occurrences.OccurrencesScheduled: "interlude.assignment.OccurrencesScheduled.v1",
            occurrences.OccurrencesWithdrawn: "interlude.assignment.OccurrencesWithdrawn.v2",
            occurrences.OccurrenceCompleted: "interlude.assignment.OccurrenceCompleted.v1",
            doing.OccurrenceStarted: "interlude.assignment.OccurrenceStarted.v1",
            doing.OccurrencePartiallyCompleted: (
                "interlude.assignment.OccurrencePartiallyCompleted.v1"
            ),
            not_doing.OccurrenceAbandoned: "interlude.assignment.OccurrenceAbandoned.v1",
            not_doing.OccurrenceDeclined: "interlude.assignment.OccurrenceDeclined.v1",
            doing.ContactMet: "interlude.assignment.ContactMet.v1",
            passing.OccurrenceExpired: "interlude.assignment.OccurrenceExpired.v1",
            travelling.PlanZoneChanged: "interlude.assignment.PlanZoneChanged.v1",
        },
        upcasts={
            "interlude.assignment.AssignmentCreated.v1": (
                "interlude.assignment.AssignmentCreated.v2",
                _neither_template_nor_group,
            ),
            "interlude.assignment.OccurrencesWithdrawn.v1": (
                "interlude.assignment.OccurrencesWithdrawn.v2",
                _nothing_rested,
            ),
            "interlude.assignment.PlanSpecified.v1": (
                "interlude.assignment.PlanSpecified.v2",
                _times_stayed_in_their_zone,
            ),
            "interlude.assignment.PlanRevised.v1": (
                "interlude.assignment.PlanRevised.v2",
                _times_stayed_in_their_zone,
            ),
        },
    ),
    subject=_whose,
)

groupworks = Aggregate(
    category="groupwork",
    decider=groupwork.decider,
    wire=Wire[groupwork.Event](
        {groupwork.GroupAssignmentIssued: "interlude.assignment.GroupAssignmentIssued.v1"}
    ),
    # Of no patient: its words are sealed under the therapist's keys.
    subject=lambda state: state.therapist_id if isinstance(state, groupwork.Issued) else None,
)


def _about_nobody(_state: template.State) -> None:
    """A clinic's catalogue holds its own words, so nothing in it is sealed."""


templates = Aggregate(
    category="template",
    decider=template.decider,
    wire=Wire[template.Event](
        {
            template.TemplatePublished: "interlude.assignment.TemplatePublished.v1",
            template.TemplateRevised: "interlude.assignment.TemplateRevised.v1",
            template.TemplateRetired: "interlude.assignment.TemplateRetired.v1",
        }
    ),
    subject=_about_nobody,
)

confirmations = confirming.confirmations("interlude.assignment.ErasureConfirmed.v1")
