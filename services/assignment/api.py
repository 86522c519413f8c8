"""Goals and homework over HTTP: what can be asked, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from libs.access.policy import NOBODY, Grant, Subject, grant
from libs.web.commands import Commands, Edge, Prepare, Router
from services.assignment import goal_view, groupwork_api, summary_api, view
from services.assignment.catalogue import Catalogue
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
    not_doing,
    obstacles,
    outcome,
    pausing,
    plan,
    practice,
    readiness,
    reasons,
    reopening,
    situation,
    summary,
)
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.homework import NotCreated, State
from services.assignment.follow import Clinics
from services.assignment.preparing import Assignments, Goals, LookUp
from services.assignment.wrong_content import WRONG_CONTENT

STATUSES = dict.fromkeys(WRONG_CONTENT, HTTPStatus.UNPROCESSABLE_ENTITY)

THERAPIST = grant(therapist="related")
PATIENT = grant(patient="own")
EITHER = grant(therapist="related", patient="own")
READERS = grant(therapist="related", patient="own", supervisor="supervised")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the table below. `patients_act`: told by a therapist, it is the patient's."""

    path: str
    request: type[assignment.Command]
    operation: str
    grant: Grant
    patients_act: bool = False
    prepare: Prepare | None = None


def routes(
    edge: Edge,
    *,
    goals: Goals,
    assignments: Assignments,
    groupwork: groupwork_api.Groupwork,
    clinics: Clinics,
    catalogue: Catalogue,
) -> Router:
    """`goals` and `assignments` are read strongly where a request names one of them."""
    look = LookUp(
        goals=goals,
        assignments=assignments,
        known=edge.known,
        clinics=clinics,
        catalogue=catalogue,
        sealer=edge.sealer,
    )
    on = Commands(edge, assignments, subject=_whose)
    on.create(
        "/v1/assignments",
        creation.CreateAssignment,
        operation="createAssignment",
        grant=THERAPIST,
        prepare=look.for_creation,
    )
    on.create(
        "/v1/homework",
        GiveHomework,
        operation="giveHomework",
        grant=THERAPIST,
        location="/v1/assignments/{id}",
        prepare=look.for_giving,
    )
    for each in (
        *_chosen_together(look),
        *_tried_out(look),
        *_planned(look),
        *_judged(look),
        *_described(),
        *_in_its_course(),
        *_done(),
    ):
        on.act(
            f"/v1/assignments/{{id}}/{each.path}",
            each.request,
            operation=each.operation,
            grant=each.grant,
            prepare=each.prepare,
            patients_act=each.patients_act,
        )
    on.show(
        "/v1/assignments/{id}",
        view.AssignmentView,
        view.of_assignment,
        operation="assignment",
        grant=READERS,
    )
    on.show(
        "/v1/assignments/{id}/summary",
        summary_api.SummaryView,
        summary_api.of_summary,
        operation="summary",
        grant=READERS,
        by=summary_api.ShowSummary,
    )
    return on.router.take(_goals(edge, goals), groupwork_api.routes(edge, groupwork))


def _goals(edge: Edge, goals: Goals) -> Router:
    on = Commands(edge, goals, subject=_whose_goal)
    on.create("/v1/goals", goal.SetGoal, operation="setGoal", grant=THERAPIST)
    revise, progress = goal_course.ReviseGoal, goal_course.RecordGoalProgress
    at = "/v1/goals/{id}"
    on.act(f"{at}/revisions", revise, operation="reviseGoal", grant=EITHER)
    on.act(f"{at}/progress", progress, operation="recordGoalProgress", grant=EITHER)
    on.act(f"{at}/closings", goal_course.CloseGoal, operation="closeGoal", grant=EITHER)
    on.show(at, goal_view.GoalView, goal_view.of_goal, operation="goal", grant=READERS)
    return on.router


def _theirs(path: str, request: type[assignment.Command], operation: str, **more: Any) -> Act:
    """Told by either; by a therapist, in their own name."""
    return Act(path=path, request=request, operation=operation, grant=EITHER, **more)


def _patients(path: str, request: type[assignment.Command], operation: str, **more: Any) -> Act:
    """The patient's act, whoever tells it."""
    return _theirs(path, request, operation, patients_act=True, **more)


def _therapists(path: str, request: type[assignment.Command], operation: str, **more: Any) -> Act:
    return Act(path=path, request=request, operation=operation, grant=THERAPIST, **more)


def _chosen_together(look: LookUp) -> Sequence[Act]:
    return (
        _theirs("options", agreement.OfferOptions, "offerOptions"),
        _patients("choices", agreement.ChooseOption, "chooseOption"),
        _theirs("components", components.AddComponent, "addComponent"),
        _patients("first-components", components.ChooseFirstComponent, "chooseFirstComponent"),
        _theirs("rationales", reasons.GiveRationale, "giveRationale", prepare=look.for_a_rationale),
        _patients("understandings", reasons.CheckUnderstanding, "checkUnderstanding"),
        _patients("commitments", reasons.StateCommitment, "stateCommitment"),
        _theirs("proposals", agreement.ProposeAssignment, "proposeAssignment"),
        _theirs("agreements", agreement.AgreeAssignment, "agreeAssignment"),
        _therapists(
            "activations",
            outcome.ActivateAssignment,
            "activateAssignment",
            prepare=look.for_activation,
        ),
        _theirs("completions", outcome.CompleteHomework, "completeHomework"),
    )


def _tried_out(look: LookUp) -> Sequence[Act]:
    return (
        _therapists("practice-offers", practice.OfferPractice, "offerPractice"),
        _patients("practice-requests", practice.RequestPractice, "requestPractice"),
        _therapists(
            "practices", practice.RecordPractice, "recordPractice", prepare=look.for_a_session
        ),
        _patients("situations", situation.ConceptualiseSituation, "conceptualiseSituation"),
        _patients("experiences", situation.RecordExperience, "recordExperience"),
        _patients("predictions", situation.StatePrediction, "statePrediction"),
    )


def _planned(look: LookUp) -> Sequence[Act]:
    return (
        _theirs("plans", plan.SpecifyPlan, "specifyPlan", prepare=look.for_a_plan),
        _therapists("dues", due.SetDue, "setDue", prepare=look.for_a_due),
        _theirs("summaries", summary.IssueSummary, "issueSummary", prepare=look.for_a_summary),
        Act(
            path="summary-views",
            request=summary.ViewSummary,
            operation="viewSummary",
            grant=PATIENT,
        ),
        _patients(
            "obstacles", obstacles.ReportObstacle, "reportObstacle", prepare=look.for_a_session
        ),
        _patients("anticipated-obstacles", obstacles.AnticipateObstacle, "anticipateObstacle"),
        _theirs("obstacle-responses", obstacles.PlanObstacleResponse, "planObstacleResponse"),
    )


def _judged(look: LookUp) -> Sequence[Act]:
    return (
        _patients(
            "readiness-ratings",
            readiness.RateReadiness,
            "rateReadiness",
            prepare=look.for_a_rating,
        ),
        _patients("task-ratings", readiness.RateTask, "rateTask"),
        _therapists("adjustments", readiness.AdjustAssignment, "adjustAssignment"),
        _therapists("gradings", components.GradeComponents, "gradeComponents"),
    )


def _described() -> Sequence[Act]:
    return (
        _theirs("revisions", describing.ReviseAssignment, "reviseAssignment"),
        _theirs("target-cognitions", describing.SetTargetCognition, "setTargetCognition"),
        _therapists("procedures", describing.TagProcedure, "tagProcedure"),
        _patients("fits", fit.ExploreFit, "exploreFit"),
    )


def _in_its_course() -> Sequence[Act]:
    return (
        _theirs("declines", declining.DeclineAssignment, "declineAssignment"),
        _theirs("pauses", pausing.PauseAssignment, "pauseAssignment"),
        _theirs("resumptions", pausing.ResumeAssignment, "resumeAssignment"),
        _theirs("partial-completions", ending.CompletePartially, "completePartially"),
        _theirs("not-done-reports", ending.RecordNotDone, "recordNotDone"),
        _theirs("discontinuations", ending.DiscontinueAssignment, "discontinueAssignment"),
        _theirs("reopenings", reopening.ReopenAssignment, "reopenAssignment"),
        _therapists("errors", reopening.EnterInError, "enterInError"),
    )


def _done() -> Sequence[Act]:
    """Of one occurrence, what became of it."""
    at = "occurrence"
    partially = doing.CompleteOccurrencePartially
    return (
        _patients(f"{at}-starts", doing.StartOccurrence, "startOccurrence"),
        _patients(f"{at}-completions", doing.CompleteOccurrence, "completeOccurrence"),
        _patients(f"{at}-partial-completions", partially, "completeOccurrencePartially"),
        _patients(f"{at}-abandonments", not_doing.AbandonOccurrence, "abandonOccurrence"),
        _patients(f"{at}-declines", not_doing.DeclineOccurrence, "declineOccurrence"),
    )


def _whose(state: State) -> Subject:
    if isinstance(state, NotCreated):
        return NOBODY
    return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)


def _whose_goal(state: goal.State) -> Subject:
    if isinstance(state, goal.Unset):
        return NOBODY
    return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)
