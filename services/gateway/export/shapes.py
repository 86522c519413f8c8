"""What a record that is handed out looks like: the source of `openapi/export.schema.json`.

Rows are not checked against these again: what is kept was checked when it was projected, and a
test holds real records against the schema.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, create_model

from services.gateway.export.said import SAID_IN_REVIEWS, SAID_OF_HOMEWORK
from services.gateway.projections import goal_shapes, homework_lists, lists, shapes
from services.gateway.projections import homework_shapes as homework
from services.gateway.projections import plan_shapes as plans
from services.gateway.projections.shapes import Shape, Text, said


def about(text: str) -> Any:
    return Field(description=text)


def maybe(text: str) -> Any:
    return Field(default=None, description=text)


class Therapist(Shape):
    """Somebody whom the patient knows by name."""

    role: Literal["therapist"] = about("In which role.")
    name: Text = said("Missing where the clinic never said it.")


class Clinic(Shape):
    """Where the patient is treated."""

    name: str = about("Its public name.")
    zone: str = about("IANA time zone.")


class Person(Shape):
    """Whose record it is."""

    id: UUID = about("Of the patient.")
    name: Text = said("Their name.")
    zone: str = about("IANA zone of their days.")
    locale: str | None = maybe("BCP 47 language tag.")
    discharged_at: datetime | None = maybe("Set while treatment has ended.")
    died_on: date | None = maybe("The day on which they died.")


class UpTo(Shape):
    """How far it goes."""

    recorded_at: datetime | None = maybe("When the last fact that it knows of was recorded.")
    live_cursor: str = about("Where GraphQL's `patientChanged(after:)` goes on from here.")


class Relationship(Shape):
    """Who treats the patient, or did."""

    id: UUID = about("Names it.")
    therapist: Therapist = about("Who.")
    began_at: datetime = about("Since when.")
    ended_at: datetime | None = maybe("Until when, where it has ended.")


class Session(Shape):
    """A therapy session."""

    id: UUID = about("Names it.")
    therapist: Therapist = about("With whom.")
    starts_at: datetime = about("The instant.")
    zone: str = about("The IANA zone that it was agreed in.")
    duration_min: int = about("Minutes.")
    status: lists.SessionStatus = about("Where it stands.")
    started_at: datetime | None = maybe("When it really started.")
    ended_at: datetime | None = maybe("When it really ended.")


class Goal(Shape):
    """What therapy is for, in the patient's own words."""

    id: UUID = about("Names it.")
    statement: Text = said("In the patient's words.")
    target: shapes.GoalTarget | None = maybe("How one would see that it is reached.")
    set_by: lists.Party | None = maybe("Whose words.")
    set_at: datetime = about("When, in the world.")
    lifecycle: homework_lists.GoalLifecycle = about("Where it stands.")
    achievement: homework_lists.Achievement = about("How far it has come, as last recorded.")
    progress: goal_shapes.GoalProgress | None = maybe("The last that was recorded.")
    closing: goal_shapes.GoalClosing | None = maybe("How it was closed.")


class Occurrence(Shape):
    """A window in which homework is asked for."""

    id: UUID = about("Names it.")
    assignment_id: UUID = about("Of which homework.")
    plan_version: int = about("The plan that asked for it.")
    local_date: date = about("The day, in its zone.")
    slot: str = about("Which of the day's windows.")
    opens_at: datetime = about("From when.")
    due_at: datetime | None = maybe("Until when; open-ended without.")
    zone: str = about("IANA time zone of its day.")
    state: homework_lists.OccurrenceState = about("As of this record.")
    started_at: datetime | None = maybe("When it was begun.")
    quantity: int | None = maybe("Share done, in percent.")
    experienced_at: plans.Period | None = maybe("When it was done.")
    note: Text = said("Where it was not done wholly: what the patient says of it.")
    settled_at: datetime | None = maybe("When it was told of.")


class Entry(Shape):
    """A worksheet that the patient filled in."""

    id: UUID = about("Names it.")
    assignment_id: UUID | None = maybe("The homework that it belongs to.")
    occurrence_id: UUID | None = maybe("The window that it belongs to.")
    worksheet: str = about("Which worksheet, snake_case.")
    definition_version: str = about("The version of its definition.")
    started_at: datetime = about("When it was lived through, from.")
    ended_at: datetime | None = maybe("When it was lived through, to.")
    zone: str = about("IANA zone where the patient was.")
    recording_mode: lists.RecordingMode = about("How much later it was written down.")
    time_uncertain: bool = about("The device's clock looked wrong.")
    source: lists.EntrySource = about("How it came to be written.")
    visibility: lists.Visibility = about("Whether it is shared with who treats the patient.")
    location: Text = said("Where.")
    with_whom: lists.Company | None = maybe("Who was there.")
    with_whom_other: Text = said("Who, in words.")
    notes: Text = said("In words.")
    answers: dict[str, Any] = about("The worksheet's fields, as its definition names them.")
    recorded_at: datetime = about("When it was recorded.")


class NotebookItem(Shape):
    """Something kept in the therapy notebook."""

    id: UUID = about("Names it.")
    kind: lists.NotebookKind = about("What it is.")
    visibility: lists.Visibility = about("Whether it is shared with who treats the patient.")
    kept_at: datetime = about("When, in the world.")
    assignment_id: UUID | None = maybe("The homework, where it is homework.")
    review_id: UUID | None = maybe("What a session made of it.")
    session_id: UUID | None = maybe("The session that looked at it.")


class RatingGiven(Shape):
    """A number that was given, always with its scale."""

    measure: str = about("readiness, confidence, importance, utility, difficulty, …")
    rating: shapes.Rating = about("With its scale.")
    rated_at: datetime = about("When, in the world.")
    recorded_at: datetime = about("When it was recorded.")
    assignment_id: UUID = about("Of which homework.")


class Consent(Shape):
    """What the patient allows, and whether they still do."""

    id: UUID = about("Names it.")
    scope: lists.ConsentScope = about("What it is about.")
    purpose: lists.ConsentPurpose | None = maybe("What it was given for.")
    text_version: str | None = maybe("Which text the patient was shown.")
    attested: lists.Attestation | None = maybe("How they said so, where a therapist told it.")
    shared_with: Text = said("Of sharing: with whom, as the patient calls them.")
    relation: lists.ConsentRelation | None = maybe("Of sharing: who that is to the patient.")
    what_for: Text = said("Of sharing: what for.")
    until: date | None = maybe("Of sharing: its last day.")
    status: lists.ConsentStatus = about("Whether it still holds.")
    given_by: lists.Party = about("Who told it; a therapist attested the patient's word.")
    given_at: datetime = about("When, in the world.")
    withdrawn_at: datetime | None = maybe("Since when it holds no more.")


class Fact(Shape):
    """That something was recorded, and by whom in which role."""

    id: UUID = about("Of the fact.")
    type: str = about("What kind of fact, past tense: `ReadinessRated`.")
    service: str = about("Who keeps it.")
    about: str = Field(description="What kind of thing it is about: `assignment`, `entry`, …")
    about_id: UUID = Field(description="Which one.")
    version: int = Field(description="Its place among the facts about that thing, from 1.")
    recorded_at: datetime = Field(description="When it was recorded.")
    occurred_at: datetime = Field(description="When it happened, in the world.")
    zone: str = Field(description="IANA zone that it happened in.")
    by: lists.Role = Field(description="In which role it was told; the patient's acts are theirs.")
    codes: dict[str, Any] | None = Field(default=None, description="What can be put into words.")


# --- Homework and reviews, with everything said about them by its kind. ---


class HomeworkItself(Shape):
    """Homework: chosen together, planned, rated, done."""

    id: UUID = about("Names it.")
    therapist: Therapist = about("Who gave it.")
    status: homework_lists.AssignmentStatus = about("Where it stands.")
    title: Text = said("In a few words.")
    description: Text = said("In more words.")
    category: homework_lists.AssignmentCategory | None = maybe("What kind of homework.")
    technique: homework_lists.Technique | None = maybe("The technique behind it.")
    technique_other: Text = said("Which other technique.")
    modality_tags: tuple[homework_lists.Procedure, ...] = Field(
        default=(), description="Related procedures."
    )
    template_ref: homework.TemplateRef | None = maybe("The template that it was made from.")
    instructions: Text = said("What to do, in the template's words.")
    procedure_tags: tuple[homework_lists.Procedure, ...] = Field(
        default=(), description="Which of the eight procedures it belongs to (C24)."
    )
    worksheet: str | None = maybe("The worksheet that goes with it, snake_case.")
    target_cognition: homework.TargetCognition | None = maybe("The thought to change.")
    created_in_session_id: UUID | None = maybe("The session that it was given in.")
    continues_from: UUID | None = maybe("The homework that it goes on from.")
    created_at: datetime = about("When, in the world.")
    activated_at: datetime | None = maybe("Since when it applies.")
    closed_at: datetime | None = maybe("When it ended.")
    due_at: datetime | None = maybe("Until when, as it stands.")
    due_session_id: UUID | None = maybe("The session that the due date hangs on.")
    due_rule: plans.DueRule | None = maybe("What the due date hangs on.")
    self_directed: bool = about("Treatment ended, and the patient goes on alone.")
    version: int = about("How many facts there are about it.")


class ReviewItself(Shape):
    """What a session made of one homework."""

    id: UUID = about("Names it.")
    assignment_id: UUID | None = maybe("Of which homework.")
    session_id: UUID = about("In which session.")
    status: lists.ReviewStatus = about("Where it stands.")
    decision: lists.ReviewDecision | None = maybe("What was decided about the homework.")
    note: Text = said("In words.")
    opened_at: datetime = about("When, in the world.")
    completed_at: datetime | None = maybe("When, in the world.")
    version: int = about("How many facts there are about it.")


def _told(shape: type[Shape]) -> type[Shape]:
    """As it was kept, with when and in which role it was told."""
    told: type[Shape] = create_model(
        f"{shape.__name__}Told",
        __base__=shape,
        __doc__=shape.__doc__,
        __module__=f"{__name__}.{shape.__module__.rpartition('.')[2]}",
        told_at=(datetime, about("When it was told, in the world.")),
        by=(lists.Role | None, maybe("In which role it was told.")),
    )
    return told


def _with_all_that_was_said(
    name: str, shape: type[Shape], kinds: Mapping[str, tuple[str, type[Shape]]]
) -> type[Shape]:
    parts: dict[str, Any] = {
        named: (tuple[_told(part), ...], Field(default=(), description=part.__doc__))  # type: ignore[misc]  # made just now
        for named, part in kinds.values()
    }
    whole: type[Shape] = create_model(
        name, __base__=shape, __doc__=shape.__doc__, __module__=__name__, **parts
    )
    return whole


Homework = _with_all_that_was_said("Homework", HomeworkItself, SAID_OF_HOMEWORK)
Review = _with_all_that_was_said("Review", ReviewItself, SAID_IN_REVIEWS)
