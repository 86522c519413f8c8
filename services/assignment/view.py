"""What GET shows of an assignment: a second fold, for `State` keeps only what rules need. What was
said is shown as the facts say it; `history` tells who told each of them, and when.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.eventstore.recorded import Recorded
from services.assignment.course_view import Course, course, task
from services.assignment.domain import (
    agreement,
    assignment,
    creation,
    due,
    obstacles,
    outcome,
    plan,
    practice,
    readiness,
    reasons,
    situation,
)
from services.assignment.domain.components import ComponentAdded, ComponentsGraded
from services.assignment.domain.homework import Homework, Status
from services.assignment.domain.terms import (
    AssignmentId,
    ComponentId,
    OptionId,
    PatientId,
    SessionId,
    TherapistId,
    as_said,
)
from services.assignment.occurrence_view import (
    OccurrenceView,
    TargetProgress,
    of_occurrences,
    target_progress,
)
from services.assignment.telling import HistoryEntry, all_of, told_in


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """`specificity_score` is the share of the five slots that are filled (site, timing, frequency,
    duration, obstacles): Interlude's own measure, not validated.
    """

    plan_version: int
    plan: plan.PlanSpecified | plan.PlanRevised
    specificity_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    rule: due.DueRule
    session_id: SessionId | None
    due_at: datetime | None
    zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView(creation.Task, Course):
    """Homework as it stands, with all that was told of it."""

    id: AssignmentId
    patient_id: PatientId
    therapist_id: TherapistId
    status: Status
    created_at: datetime
    activated_at: datetime | None
    options: tuple[agreement.Option, ...]
    chosen_option_id: OptionId | None
    proposals: tuple[agreement.AssignmentProposed, ...]
    agreements: tuple[agreement.AssignmentAgreed, ...]
    rationales: tuple[reasons.RationaleGiven, ...]
    understandings: tuple[reasons.UnderstandingChecked, ...]
    commitments: tuple[reasons.CommitmentStated, ...]
    components: tuple[ComponentAdded, ...]
    first_component_id: ComponentId | None
    gradings: tuple[ComponentsGraded, ...]
    practice_offers: tuple[practice.PracticeOffered, ...]
    practice_requests: tuple[practice.PracticeRequested, ...]
    practices: tuple[practice.PracticeRecorded, ...]
    situations: tuple[situation.SituationConceptualised, ...]
    experiences: tuple[situation.ExperienceRecorded, ...]
    predictions: tuple[situation.PredictionStated, ...]
    obstacles_anticipated: tuple[obstacles.ObstacleAnticipated, ...]
    obstacles_reported: tuple[obstacles.ObstacleReported, ...]
    obstacle_responses: tuple[obstacles.ObstacleResponsePlanned, ...]
    plans: tuple[PlanVersion, ...]
    frequency_reductions: tuple[plan.FrequencyReduced, ...]
    due: DueView | None
    readiness_ratings: tuple[readiness.ReadinessRated, ...]
    adjustments_suggested: tuple[readiness.AdjustmentSuggested, ...]
    task_ratings: tuple[readiness.TaskRated, ...]
    adjustments: tuple[readiness.AssignmentAdjusted, ...]
    occurrences: tuple[OccurrenceView, ...]
    target: TargetProgress | None
    history: tuple[HistoryEntry, ...]


def of_assignment(history: Sequence[tuple[Recorded, assignment.Event]]) -> AssignmentView:
    facts = [fact for _, fact in history]
    created, state = facts[0], assignment.decider.fold(facts)
    assert isinstance(created, creation.AssignmentCreated)  # noqa: S101 - a stream begins with it
    assert isinstance(state, Homework)  # noqa: S101 - as above
    activated = all_of(facts, outcome.AssignmentActivated)
    seen = tuple(of_occurrences(facts))
    return AssignmentView(
        **task(facts, created),
        **as_said(Course, course(facts, state)),
        id=created.assignment_id,
        patient_id=created.patient_id,
        therapist_id=created.therapist_id,
        status=state.status,
        created_at=created.created_at,
        activated_at=activated[-1].activated_at if activated else None,
        options=tuple(_options(facts)),
        chosen_option_id=state.chosen_option_id,
        proposals=all_of(facts, agreement.AssignmentProposed),
        agreements=all_of(facts, agreement.AssignmentAgreed),
        rationales=all_of(facts, reasons.RationaleGiven),
        understandings=all_of(facts, reasons.UnderstandingChecked),
        commitments=all_of(facts, reasons.CommitmentStated),
        components=all_of(facts, ComponentAdded),
        first_component_id=state.first_component_id,
        gradings=all_of(facts, ComponentsGraded),
        practice_offers=all_of(facts, practice.PracticeOffered),
        practice_requests=all_of(facts, practice.PracticeRequested),
        practices=all_of(facts, practice.PracticeRecorded),
        situations=all_of(facts, situation.SituationConceptualised),
        experiences=all_of(facts, situation.ExperienceRecorded),
        predictions=tuple(_predictions(facts, state)),
        obstacles_anticipated=all_of(facts, obstacles.ObstacleAnticipated),
        obstacles_reported=all_of(facts, obstacles.ObstacleReported),
        obstacle_responses=tuple(_active_responses(facts)),
        plans=tuple(_plans(facts)),
        frequency_reductions=all_of(facts, plan.FrequencyReduced),
        due=_due(facts),
        readiness_ratings=all_of(facts, readiness.ReadinessRated),
        adjustments_suggested=all_of(facts, readiness.AdjustmentSuggested),
        task_ratings=all_of(facts, readiness.TaskRated),
        adjustments=all_of(facts, readiness.AssignmentAdjusted),
        occurrences=seen,
        target=target_progress(facts, seen),
        history=told_in(history),
    )


def _options(facts: Sequence[object]) -> Iterator[agreement.Option]:
    for offered in all_of(facts, agreement.OptionsOffered):
        yield from offered.options


def _predictions(facts: Sequence[object], state: Homework) -> Iterator[situation.PredictionStated]:
    """What was heard of later may show that it had begun by the time it was predicted."""
    begun = state.first_started_at
    for fact in all_of(facts, situation.PredictionStated):
        afterwards = begun is not None and fact.stated_at >= begun
        yield replace(fact, stated_afterwards=fact.stated_afterwards or afterwards)


def _active_responses(facts: Sequence[object]) -> Iterable[obstacles.ObstacleResponsePlanned]:
    planned = all_of(facts, obstacles.ObstacleResponsePlanned)
    return {fact.obstacle_id: fact for fact in planned}.values()


def _plans(facts: Sequence[object]) -> Iterator[PlanVersion]:
    for fact in facts:
        if isinstance(fact, plan.PlanSpecified | plan.PlanRevised):
            yield PlanVersion(
                plan_version=fact.plan_version,
                plan=fact,
                specificity_score=plan.specificity(fact),
            )


def _due(facts: Sequence[object]) -> DueView | None:
    seen: DueView | None = None
    for fact in facts:
        if isinstance(fact, due.DueDateSet):
            seen = DueView(
                rule=fact.rule, session_id=fact.session_id, due_at=fact.due_at, zone=fact.zone
            )
        elif isinstance(fact, due.DueDateMoved) and seen is not None:
            seen = replace(seen, session_id=fact.session_id, due_at=fact.due_at, zone=fact.zone)
    return seen
