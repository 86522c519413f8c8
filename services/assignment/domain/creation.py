"""Where homework begins (C01, C11): what is to be done, by whom, and what it is to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.procedure import Procedure
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.due import NEXT_SESSION, DueDateSet, DueRule, Meeting, first_due
from services.assignment.domain.homework import Homework
from services.assignment.domain.kinds import Category, Technique
from services.assignment.domain.taken_over import Taken, filled_in
from services.assignment.domain.template_terms import TemplateRef, WorksheetKey
from services.assignment.domain.terms import (
    AssignmentId,
    GroupAssignmentId,
    PatientId,
    SessionId,
    TherapistId,
    Title,
    as_said,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCognition:
    """The thought that the homework is to change (C11); `belief` is on a scale to 100."""

    text: Prose
    belief: Rating | None = None


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """`template_ref` is the template that it was made from, in the version that it is pinned to."""

    template_ref: TemplateRef | None = None
    description: Prose | None = None
    instructions: Prose | None = None
    technique: Technique | None = None
    technique_other: Label | None = None
    modality_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    procedure_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    worksheet: WorksheetKey | None = None
    intended_change: Literal["cognitive"] | None = None
    target_cognition: TargetCognition | None = None
    created_in_session_id: SessionId | None = None
    continues_from: AssignmentId | None = None


@dataclass(frozen=True, kw_only=True)
class Task(Particulars):
    """What is to be done. Only the title is ever required."""

    title: Title
    category: Category = "other"


@dataclass(frozen=True, kw_only=True)
class Wish(Particulars):
    """What is to be done, as it is asked for: what is left out is the template's."""

    title: Title | None = None
    category: Category | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentCreated(Task):
    """Homework was begun as a draft: what is to be done, by whom, and what it is to change.
    `group_assignment_id` where a whole group was given it.
    """

    assignment_id: AssignmentId
    patient_id: PatientId
    therapist_id: TherapistId
    created_at: datetime
    group_assignment_id: GroupAssignmentId | None = None


def created(fact: AssignmentCreated) -> Homework:
    return Homework(
        assignment_id=fact.assignment_id,
        patient_id=fact.patient_id,
        therapist_id=fact.therapist_id,
        status="draft",
        given_at=fact.created_at,
        procedure_tags=tuple(dict.fromkeys(fact.procedure_tags)),
        created_in_session_id=fact.created_in_session_id,
    )


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAssignment(Told, Wish):
    """Homework begins as a draft; by default it is due before the next session. What is left out
    is taken over from the template, if one is named; without one it needs a title.
    """

    id: Annotated[AssignmentId, MINTED]
    patient_id: PatientId
    due: DueRule = NEXT_SESSION
    meeting: Annotated[Meeting | None, LOOKED_UP] = None
    given_by: Annotated[TherapistId | None, LOOKED_UP] = None
    group_assignment_id: Annotated[GroupAssignmentId | None, LOOKED_UP] = None
    template: Annotated[Taken | None, LOOKED_UP] = None
    patient_zone: Annotated[str, LOOKED_UP] = "UTC"


class TitleMissing(Rejected):
    """Homework has a title, of its own or of its template."""

    code = "title-missing"
    pointer = "/title"


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


# --- Rules. ---


def create(command: CreateAssignment) -> Sequence[AssignmentCreated | DueDateSet]:
    task = _task(command)
    _must_make_sense(command, task)
    fact = AssignmentCreated(
        **as_said(Task, task)
        | {"target_cognition": _target(command), "intended_change": _intended(task)},
        assignment_id=command.id,
        patient_id=command.patient_id,
        therapist_id=_therapist(command),
        created_at=command.happened_at,
        group_assignment_id=command.group_assignment_id,
    )
    return [fact, first_due(command.due, command.meeting, command)]


def _task(command: CreateAssignment) -> Task:
    said = filled_in(as_said(Wish, command), command.template)
    if said["title"] is None:
        raise TitleMissing
    return Task(**said | {"category": said["category"] or "other"})


def _must_make_sense(command: CreateAssignment, task: Task) -> None:
    if command.patient_id == _therapist(command):
        raise PatientIsTherapist
    if command.continues_from == command.id:
        raise ContinuesItself
    must_name_the_technique(task.technique, task.technique_other)


def must_name_the_technique(technique: Technique | None, other: Label | None) -> None:
    if (technique == "other") != (other is not None):
        raise TechniqueUnnamed


def _therapist(command: CreateAssignment) -> TherapistId:
    """Whoever tells it, unless a group was given it: then it is made by a reaction."""
    return command.given_by or TherapistId(command.by.person_id)


def _intended(task: Task) -> Literal["cognitive"] | None:
    """A behavioural intervention is given to produce cognitive change (C11)."""
    if task.category == "behavioral_intervention":
        return "cognitive"
    return task.intended_change


def _target(command: CreateAssignment) -> TargetCognition | None:
    target = command.target_cognition
    if target is None:
        return None
    belief = target.belief
    must_lie_on_its_scale(belief)
    if not is_to_a_hundred(belief):
        raise BeliefNotToAHundred
    return target


def is_to_a_hundred(belief: Rating | None) -> bool:
    return belief is None or (belief.scale.min, belief.scale.max) == (0, 100)
