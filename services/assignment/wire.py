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
    doing,
    due,
    goal,
    leaving,
    obstacles,
    occurrences,
    outcome,
    passing,
    plan,
    practice,
    readiness,
    reasons,
    situation,
    travelling,
)
from services.assignment.domain.homework import NotCreated, State


def _whose_goal(state: goal.State) -> UUID | None:
    return None if isinstance(state, goal.Unset) else state.patient_id


def _whose(state: State) -> UUID | None:
    return None if isinstance(state, NotCreated) else state.patient_id


def _times_stayed_in_their_zone(v1: Json) -> Json:
    """No plan's times followed the patient before plans said whether they do."""
    return {**v1, "travel": "fixed_zone"}


goals = Aggregate(
    category="goal",
    decider=goal.decider,
    wire=Wire[goal.Event]({goal.GoalSet: "interlude.assignment.GoalSet.v1"}),
    subject=_whose_goal,
)

assignments = Aggregate(
    category="assignment",
    decider=assignment.decider,
    wire=Wire[assignment.Event](
        {
            creation.AssignmentCreated: "interlude.assignment.AssignmentCreated.v1",
            outcome.AssignmentActivated: "interlude.assignment.AssignmentActivated.v1",
            outcome.HomeworkCompleted: "interlude.assignment.HomeworkCompleted.v1",
            agreement.OptionsOffered: "interlude.assignment.OptionsOffered.v1",
            agreement.OptionChosen: "interlude.assignment.OptionChosen.v1",
            agreement.AssignmentProposed: "interlude.assignment.AssignmentProposed.v1",
            agreement.AssignmentAgreed: "interlude.assignment.AssignmentAgreed.v1",
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
            occurrences.OccurrencesScheduled: "interlude.assignment.OccurrencesScheduled.v1",
            occurrences.OccurrencesWithdrawn: "interlude.assignment.OccurrencesWithdrawn.v1",
            occurrences.OccurrenceCompleted: "interlude.assignment.OccurrenceCompleted.v1",
            doing.OccurrenceStarted: "interlude.assignment.OccurrenceStarted.v1",
            doing.OccurrencePartiallyCompleted: (
                "interlude.assignment.OccurrencePartiallyCompleted.v1"
            ),
            leaving.OccurrenceAbandoned: "interlude.assignment.OccurrenceAbandoned.v1",
            leaving.OccurrenceDeclined: "interlude.assignment.OccurrenceDeclined.v1",
            doing.ContactMet: "interlude.assignment.ContactMet.v1",
            passing.OccurrenceExpired: "interlude.assignment.OccurrenceExpired.v1",
            travelling.PlanZoneChanged: "interlude.assignment.PlanZoneChanged.v1",
        },
        upcasts={
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

confirmations = confirming.confirmations("interlude.assignment.ErasureConfirmed.v1")
