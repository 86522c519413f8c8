"""Where homework begins and ends (C01, §3): created, made active, done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from libs.eventstore.decider import Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.procedure import Procedure
from libs.vocabulary.rating import Rating
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.due import (
    NEXT_SESSION,
    DueDateMoved,
    DueDateSet,
    DueRule,
    Meeting,
    first_due,
    moved,
)
from services.assignment.domain.homework import Homework, having_told, must_be_open
from services.assignment.domain.occurrences import OccurrenceCompleted, done_by
from services.assignment.domain.situation import started
from services.assignment.domain.terms import (
    AssignmentId,
    OccurrenceId,
    PatientId,
    Period,
    SessionId,
    TherapistId,
    Title,
    as_said,
    must_have_happened,
    party,
    rated,
)

CompletionId = NewType("CompletionId", UUID)

Category = Literal[
    "symptom_monitoring",
    "thought_evaluation",
    "behavioral_intervention",
    "psychoeducation",
    "other",
]
Technique = Literal[
    "exposure",
    "interpersonal_skills",
    "behavioral_experiment",
    "behavioral_activation",
    "relaxation",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCognition:
    """The thought that the homework is to change (C11); `belief` is on a scale to 100."""

    text: Prose
    belief: Rating | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done. Only the title is ever required."""

    title: Title
    description: Prose | None = None
    category: Category = "other"
    technique: Technique | None = None
    technique_other: Label | None = None
    modality_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    target_cognition: TargetCognition | None = None
    created_in_session_id: SessionId | None = None
    continues_from: AssignmentId | None = None


@dataclass(frozen=True, kw_only=True)
class Doing:
    """`quantity` is the share of what was planned, in percent."""

    quantity: Annotated[int, Ge(1), Le(100)] = 100
    experienced_at: Period | None = None
    occurrence_id: OccurrenceId | None = None
    note: Prose | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentCreated(Task):
    """A behavioural intervention is meant to change a cognition (`intended_change`)."""

    assignment_id: AssignmentId
    patient_id: PatientId
    therapist_id: TherapistId
    intended_change: Literal["cognitive"] | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentActivated:
    plan_version: int
    activated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkCompleted(Doing):
    completion_id: CompletionId
    completed_by: Literal["patient_report", "therapist_confirmation"]
    completed_at: datetime


Fact = AssignmentCreated | AssignmentActivated | HomeworkCompleted


def created(fact: AssignmentCreated) -> Homework:
    return Homework(
        assignment_id=fact.assignment_id,
        patient_id=fact.patient_id,
        therapist_id=fact.therapist_id,
        status="draft",
        given_at=fact.created_at,
        created_in_session_id=fact.created_in_session_id,
    )


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentCreated():
            return homework
        case AssignmentActivated():
            return _active(homework, fact.activated_at)
        case HomeworkCompleted():
            begun = fact.experienced_at.start if fact.experienced_at else fact.completed_at
            done = started(replace(homework, status="completed"), begun)
            return having_told(done, fact.completion_id)
        case _:
            assert_never(fact)


def _active(homework: Homework, at: datetime) -> Homework:
    """The plan applies from now on: what it would have asked for before was not yet homework."""
    schedule = homework.schedule and replace(
        homework.schedule, begins=max(at, homework.schedule.begins)
    )
    return replace(homework, status="active", given_at=at, schedule=schedule)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAssignment(Told, Task):
    id: Annotated[AssignmentId, MINTED]
    patient_id: PatientId
    due: DueRule = NEXT_SESSION
    meeting: Annotated[Meeting | None, LOOKED_UP] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAssignment(Told):
    """`meeting` is the next session after this moment, when the homework is given."""

    meeting: Annotated[Meeting | None, LOOKED_UP] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteHomework(Told, Doing):
    id: Annotated[CompletionId, MINTED]


class AssignmentExists(Rejected):
    code = "assignment-already-created"
    pointer = "/id"


class PatientIsTherapist(Rejected):
    code = "patient-is-therapist"
    pointer = "/patient_id"


class TechniqueUnnamed(Rejected):
    """*Other* says which, and only *other* does."""

    code = "technique-unnamed"
    pointer = "/technique_other"


class BeliefNotToAHundred(Rejected):
    code = "belief-not-to-a-hundred"
    pointer = "/target_cognition/belief/scale"


class ContinuesItself(Rejected):
    code = "continues-itself"
    pointer = "/continues_from"


class NotAgreed(Rejected):
    """Homework begins when both have agreed on it; a therapist may attest what was said."""

    code = "not-agreed"


class NotActive(Rejected):
    code = "not-active"


class UnknownOccurrence(Rejected):
    code = "occurrence-unknown"
    pointer = "/occurrence_id"


# --- Rules. ---


def create(command: CreateAssignment) -> Sequence[AssignmentCreated | DueDateSet]:
    _must_make_sense(command)
    behavioural = command.category == "behavioral_intervention"
    fact = AssignmentCreated(
        **as_said(Task, command) | {"target_cognition": _target(command)},
        assignment_id=command.id,
        patient_id=command.patient_id,
        therapist_id=TherapistId(command.by.person_id),
        intended_change="cognitive" if behavioural else None,
        created_at=command.happened_at,
    )
    return [fact, first_due(command.due, command.meeting, command)]


def _must_make_sense(command: CreateAssignment) -> None:
    if command.patient_id == command.by.person_id:
        raise PatientIsTherapist
    if command.continues_from == command.id:
        raise ContinuesItself
    if (command.technique == "other") != (command.technique_other is not None):
        raise TechniqueUnnamed


def _target(command: CreateAssignment) -> TargetCognition | None:
    target = command.target_cognition
    if target is None:
        return None
    belief = rated(target.belief, command)
    if belief is not None and (belief.scale.min, belief.scale.max) != (0, 100):
        raise BeliefNotToAHundred
    return replace(target, belief=belief)


def activate(
    command: ActivateAssignment, homework: Homework
) -> Sequence[AssignmentActivated | DueDateMoved]:
    must_be_open(homework)
    if homework.status == "active":
        return []
    if homework.status != "agreed":
        raise NotAgreed
    activated = AssignmentActivated(
        plan_version=homework.plan_version, activated_at=command.happened_at
    )
    if homework.due.named_session_id is not None:
        return [activated]
    return [
        activated,
        *moved(homework, command.meeting, because="given_later", at=command.happened_at),
    ]


def what_is_missing(homework: Homework) -> Sequence[Notice]:
    """Never a refusal: what a clinician may want to add (C05)."""
    return [
        notice
        for notice, missing in (
            (Notice("no-rationale"), not homework.has_rationale),
            (Notice("no-goal"), not homework.has_goal),
        )
        if missing
    ]


def complete(command: CompleteHomework, homework: Homework) -> Sequence[Fact | OccurrenceCompleted]:
    """Done is done: told again by the other side, it changes nothing."""
    if homework.status == "completed":
        return []
    if homework.status != "active":
        raise NotActive
    must_have_happened(command.experienced_at, command)
    occurrence_id = _occurrence(command, homework)
    completed = HomeworkCompleted(
        **as_said(Doing, command) | {"occurrence_id": occurrence_id},
        completion_id=command.id,
        completed_by=(
            "patient_report" if party(command.by) == "patient" else "therapist_confirmation"
        ),
        completed_at=command.happened_at,
    )
    if occurrence_id is None or occurrence_id in homework.done_occurrences:
        return [completed]
    done = OccurrenceCompleted(
        occurrence_id=occurrence_id,
        experienced_at=command.experienced_at,
        quantity=command.quantity,
        completed_at=command.happened_at,
    )
    return [done, completed]


def _occurrence(command: CompleteHomework, homework: Homework) -> OccurrenceId | None:
    named = command.occurrence_id
    if named is None:
        when = command.experienced_at or Period(start=command.happened_at)
        return done_by(when, homework.open_occurrences)
    if named not in homework.open_occurrences and named not in homework.done_occurrences:
        raise UnknownOccurrence
    return named
