"""The parts of an assignment: what is said about it, as kept and as GraphQL shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.projections.homework_lists import (
    AdjustmentReason,
    AdjustmentSuggestion,
    CompletedBy,
    Fits,
    MonitoredDimension,
    Procedure,
)
from services.gateway.projections.lists import (
    ObstacleCategory,
    ObstacleKind,
    ObstaclePhase,
    Party,
)
from services.gateway.projections.plan_shapes import Period
from services.gateway.projections.shapes import (
    Contact,
    Rating,
    Shape,
    Text,
    named,
    said,
)


class TemplateRef(Shape):
    """The template that homework was made from, in the version that it is pinned to."""

    id: UUID = Field(description="Bare: for `template(id)`.")
    version: int = Field(description="Whatever the template says later.")


class Option(Shape):
    """One of the activities to choose from (C03)."""

    id: UUID = Field(description="Names it when it is chosen.")
    label: Text = said("In a few words.")
    description: Text = said("In more words.")


class OptionsOffered(Shape):
    options: tuple[Option, ...] = ()


class IssuedSummary(Shape):
    """The homework in writing, as it stood (C17)."""

    summary_version: int = Field(description="From 1; each takes the place of the one before.")
    plan_version: int = Field(description="The plan that it was written from; 0: none yet.")
    locale: str = Field(description="The language that it is written in.")
    body_markdown: Text = said("In Markdown (CommonMark).")
    sha256: Text = said("Of that text in UTF-8, in hex.")
    issued_by: Party = Field(description="Who asked for it.")
    issued_at: datetime = Field(description="When, in the world.")


class SummaryView(Shape):
    """The patient had a version of the summary before them, for the first time."""

    summary_version: int = Field(description="Which one.")
    viewed_at: datetime = Field(description="When, in the world.")


class Choice(Shape):
    """Which option was chosen (C03)."""

    option_id: UUID = Field(description="One of the options.")
    chosen_by: Party = Field(description="Who chose.")
    chosen_at: datetime = Field(description="When, in the world.")


class Proposal(Shape):
    """Somebody proposed it (C03)."""

    proposed_by: Party = Field(description="Who proposed.")
    proposed_at: datetime = Field(description="When, in the world.")


class Agreement(Shape):
    """One party's agreement (C03)."""

    agreed_by: Party = Field(description="Who agreed.")
    attested: bool = Field(
        default=False, description="The therapist says that the patient agreed in session."
    )
    agreed_at: datetime = Field(description="When, in the world.")


class Rationale(Shape):
    """Why this helps, linked to goals (C05, C06)."""

    id: UUID = named("rationale_id")
    text: Text = said("The reasoning.")
    goal_ids: tuple[UUID, ...] = Field(default=(), description="The goals that it serves.")
    expected_learning: Text = said("What may be learned.")
    monitored_dimensions: tuple[MonitoredDimension, ...] = Field(
        default=(), description="What is watched, where watching is the homework."
    )
    leads_to_procedure: Procedure | None = Field(default=None, description="What may follow.")
    given_by: Party = Field(description="Who gave it.")
    given_at: datetime = Field(description="When, in the world.")


class ChangeBelief(Shape):
    """What the patient believes about change: a text, or *if …, then …* (C38)."""

    text: Text = said("As a sentence.")
    if_text: Text = said("The condition.")
    then_text: Text = said("What would follow.")


class Understanding(Shape):
    """The patient's understanding of the homework, in their words (C37)."""

    id: UUID = named("understanding_id")
    patient_words: Text = said("As the patient said it.")
    fits: Fits = Field(description="Whether it fits.")
    change_beliefs: tuple[ChangeBelief, ...] = Field(
        default=(), description="Beliefs about change that it shows."
    )
    checked_at: datetime = Field(description="When, in the world.")


class Commitment(Shape):
    """Whether the patient is willing (C39)."""

    id: UUID = named("commitment_id")
    willing: bool = Field(description="Prepared to try it.")
    statement: Text = said("As the patient said it.")
    stated_at: datetime = Field(description="When, in the world.")


class Component(Shape):
    """A step or part of the homework (C31)."""

    id: UUID = named("component_id")
    label: Text = said("In a few words.")
    contact: Contact | None = Field(default=None, description="Whom it is with.")
    topic: Text = said("What about.")
    added_by: Party = Field(description="Who added it.")
    added_at: datetime = Field(description="When, in the world.")


class ContactMet(Shape):
    """With whom it was done: different people are counted by their reference (C27)."""

    occurrence_id: UUID = Field(description="Which occurrence.")
    contact: Contact = Field(description="Whom.")
    met_at: datetime = Field(description="When, in the world.")


class FirstComponent(Shape):
    """Which component to start with (C31)."""

    component_id: UUID = Field(description="One of the components.")
    chosen_by: Party = Field(description="Who chose.")
    chosen_at: datetime = Field(description="When, in the world.")


class GradedComponent(Shape):
    """A component with how hard it is."""

    component_id: UUID = Field(description="One of the components.")
    difficulty: Rating = Field(description="How hard.")
    label: Text = said("In a few words, where it was new.")


class Grading(Shape):
    """Components from the easiest to the hardest (C16)."""

    id: UUID = named("grading_id")
    components: tuple[GradedComponent, ...] = Field(description="From the easiest on.")
    because_rating_id: UUID | None = Field(default=None, description="The rating that led to it.")
    graded_by: Party = Field(description="Who graded.")
    graded_at: datetime = Field(description="When, in the world.")


class Hindrance(Shape):
    """An obstacle of this homework, foreseen or met with (C12, C30)."""

    id: UUID = named("obstacle_id")
    category: ObstacleCategory = Field(description="What kind of obstacle.")
    text: Text = said("What it is.")
    phase: ObstaclePhase = Field(description="Foreseen, or met with.")
    kind: ObstacleKind | None = Field(default=None, description="Outside or inside the person.")
    likelihood: Rating | None = Field(default=None, description="How likely it is to come.")
    planned_response: Text = said("What to do when it comes.")
    resolved: bool | None = Field(default=None, description="Whether it was got round.")
    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it met.")
    told_at: datetime | None = Field(default=None, description="When it was told, in the world.")


class Response(Shape):
    """*If* the obstacle arises, *then* this (C36)."""

    id: UUID = named("response_id")
    obstacle_id: UUID = Field(description="The obstacle that it answers.")
    if_text: Text = said("If.")
    then_text: Text = said("Then.")
    planned_at: datetime = Field(description="When, in the world.")


class ReadinessRating(Shape):
    """Readiness, confidence and importance, on one scale (C15)."""

    id: UUID = named("rating_id")
    readiness: Rating | None = Field(default=None, description="How ready.")
    confidence: Rating | None = Field(default=None, description="How confident.")
    importance: Rating | None = Field(default=None, description="How important.")
    why_not_lower: Text = said("Why not a lower number.")
    what_would_raise: Text = said("What would raise it.")
    rated_by: Party = Field(description="Who rated.")
    rated_at: datetime = Field(description="When, in the world.")


class TaskRating(Shape):
    """Utility and difficulty of the task (C39)."""

    id: UUID = named("task_rating_id")
    utility: Rating | None = Field(default=None, description="How useful.")
    difficulty: Rating | None = Field(default=None, description="How hard.")
    comment: Text = said("In words.")
    rated_by: Party = Field(description="Who rated.")
    rated_at: datetime = Field(description="When, in the world.")


class Suggested(Shape):
    """A low rating prompts an adjustment; the therapist decides (P1)."""

    because_rating_id: UUID = Field(description="The rating that prompted it.")
    suggestions: tuple[AdjustmentSuggestion, ...] = Field(default=(), description="What may help.")
    threshold: float = Field(description="The clinic's, from 0 to 1; not a clinical claim.")
    suggested_at: datetime = Field(description="When, in the world.")


class Adjustment(Shape):
    """Homework was adjusted so that it does not overwhelm (C16)."""

    id: UUID = named("adjustment_id")
    reason: AdjustmentReason = Field(description="Why.")
    because_rating_id: UUID | None = Field(default=None, description="The rating that led to it.")
    what: Text = said("What was changed.")
    adjusted_by: Party = Field(description="Who adjusted.")
    adjusted_at: datetime = Field(description="When, in the world.")


class TargetCognition(Shape):
    """The thought that the homework is to change (C11)."""

    text: Text = said("The thought.")
    belief: Rating | None = Field(default=None, description="How far it is believed, to 100.")


class Completion(Shape):
    """The homework was done, wholly or in part."""

    id: UUID = named("completion_id")
    quantity: int = Field(default=100, description="Share of what was planned, in percent.")
    experienced_at: Period | None = Field(default=None, description="When it was done.")
    occurrence_id: UUID | None = Field(default=None, description="Which occurrence it was.")
    note: Text = said("In words.")
    completed_by: CompletedBy = Field(description="Who said so.")
    completed_at: datetime = Field(description="When it was told of.")
