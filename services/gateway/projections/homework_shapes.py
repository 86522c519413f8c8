"""The parts of an assignment: what is said about it, as kept and as GraphQL shows it."""

from datetime import date, datetime
from datetime import time as clock_time
from uuid import UUID

from pydantic import AliasChoices, Field

from services.gateway.projections.lists import (
    AdjustmentReason,
    AdjustmentSuggestion,
    CompletedBy,
    Day,
    DueKind,
    ExperiencePhase,
    Fits,
    FrequencyPer,
    MonitoredDimension,
    ObstacleCategory,
    ObstacleKind,
    ObstaclePhase,
    PartOfDay,
    Party,
    PracticeMode,
    PracticeOutcome,
    PracticeResponse,
    Procedure,
    SiteKind,
    Speaker,
    TargetPeriod,
    TimingRule,
)
from services.gateway.projections.shapes import (
    Contact,
    Experience,
    Feeling,
    LocalMoment,
    Obstacle,
    Rating,
    Shape,
    SomeText,
    Text,
)


def said(about: str) -> Text:
    """A text that may be missing."""
    value: Text = Field(default=None, description=about)
    return value


def named(fact_id: str) -> UUID:
    """The part's own id; facts name it by its kind, to be clear in a stream of many kinds."""
    value: UUID = Field(
        validation_alias=AliasChoices("id", fact_id), description="Names it in later commands."
    )
    return value


class Option(Shape):
    """One of the activities to choose from (C03)."""

    id: UUID = Field(description="Names it when it is chosen.")
    label: Text = said("In a few words.")
    description: Text = said("In more words.")


class OptionsOffered(Shape):
    options: tuple[Option, ...] = ()


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


class PracticeOffer(Shape):
    """Practice in session was offered (C28)."""

    response: PracticeResponse | None = Field(default=None, description="The patient's answer.")
    offered_at: datetime = Field(description="When, in the world.")


class PracticeRequest(Shape):
    """Practice in session was asked for (C28)."""

    requested_by: Party = Field(description="Who asked.")
    requested_at: datetime = Field(description="When, in the world.")


class ImageryAnchor(Shape):
    """What brings the future into the present (C29)."""

    day_of_week: Day | None = Field(default=None, description="The day.")
    time: clock_time | None = Field(default=None, description="Local time of day.")
    place: Text = said("Where.")
    preceding_activity: Text = said("What came just before.")


class Step(Shape):
    """One rehearsed step (C33)."""

    n: int = Field(description="Its place, from 1.")
    who: Speaker = Field(description="Whose step it is.")
    text: Text = said("What is said or done.")


class Practice(Shape):
    """Practice in session, live or by guided imagery (C07)."""

    id: UUID = named("practice_id")
    mode: PracticeMode = Field(description="How it was practised.")
    practised_at: datetime | None = Field(default=None, description="When, in the world.")
    session_id: UUID = Field(description="In which session.")
    outcome: PracticeOutcome = Field(description="What it showed.")
    duration_min: int | None = Field(default=None, description="Minutes.")
    imagery_anchor: ImageryAnchor | None = Field(default=None, description="For guided imagery.")
    strategy_ref: UUID | None = Field(default=None, description="An earlier practice re-used.")
    steps_rehearsed: tuple[Step, ...] = Field(default=(), description="In order.")
    experience: Experience | None = Field(default=None, description="What it was like.")
    obstacles_found: tuple[Obstacle, ...] = Field(default=(), description="What got in the way.")


class Situation(Shape):
    """The situation conceptualised: the shape of an experience, so they can be compared (C34)."""

    id: UUID = named("situation_id")
    situation: Text = said("What is happening.")
    thoughts: tuple[SomeText, ...] = Field(default=(), description="What goes through the mind.")
    feelings: tuple[Feeling, ...] = Field(default=(), description="What is felt.")
    physical_sensations: tuple[SomeText, ...] = Field(default=(), description="In the body.")
    urge_or_behaviour: Text = said("What one would do.")
    conceptualised_at: datetime = Field(description="When, in the world.")


class Period(Shape):
    """From when to when, in the world."""

    start: datetime = Field(description="From.")
    end: datetime | None = Field(default=None, description="To, where it is known.")


class LivedExperience(Shape):
    """What doing the homework was like (C12)."""

    id: UUID = named("experience_id")
    phase: ExperiencePhase = Field(description="When in the course of homework.")
    experience: Experience = Field(description="The four-part set.")
    experienced_at: Period | None = Field(default=None, description="When it was lived through.")
    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it is of.")
    told_by: Party = Field(description="Who told it.")
    told_at: datetime = Field(description="When it was told.")


class Prediction(Shape):
    """What the patient expects, and what would show it (C35)."""

    id: UUID = named("prediction_id")
    prediction: Text = said("What will happen.")
    observable_sign: Text = said("How one would know.")
    likelihood: Rating | None = Field(default=None, description="How likely, on a scale to 100.")
    stated_afterwards: bool = Field(default=False, description="It had begun by then.")
    stated_by: Party = Field(description="Who stated it.")
    stated_at: datetime = Field(description="When, in the world.")


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


class Site(Shape):
    """Where."""

    kind: SiteKind = Field(description="What kind of place.")
    label: Text = said("Which place.")


class Cue(Shape):
    """The *if* of if-then: when and where, and after what (C32)."""

    day_of_week: Day | None = Field(default=None, description="The day.")
    local_time: clock_time | None = Field(default=None, description="Local time of day.")
    approx: bool = Field(default=False, description="About that time.")
    place: Text = said("Where.")
    after_activity: Text = said("Just after what.")


class Timing(Shape):
    """When."""

    rule: TimingRule = Field(description="What makes it due.")
    zone: str | None = Field(default=None, description="IANA time zone.")
    on_date: date | None = Field(default=None, description="On one day.")
    on_days: tuple[Day, ...] = Field(default=(), description="On these days of the week.")
    every_weeks: int = Field(default=1, description="Every so many weeks.")
    time_of_day: tuple[clock_time, ...] = Field(default=(), description="Local times of day.")
    part_of_day: tuple[PartOfDay, ...] = Field(default=(), description="Parts of the day.")
    trigger: Text = said("The event, for what is done as it happens.")
    cue: Cue | None = Field(default=None, description="The if of if-then.")


class Frequency(Shape):
    """How often."""

    count: int = Field(description="So many times.")
    per: FrequencyPer = Field(description="Within this.")


class Target(Shape):
    """How much (C27)."""

    count: int = Field(description="How many.")
    unit: Text = said("Of what.")
    with_whom: Text = said("With whom.")
    distinct: bool = Field(default=False, description="Different people count, by reference.")
    period: TargetPeriod | None = Field(default=None, description="Over what time.")
    contacts: tuple[Contact, ...] = Field(default=(), description="Whom, where named.")


class Plan(Shape):
    """A clear and specific plan (C14). Every slot may still be open."""

    plan_version: int = Field(description="From 1; a revision is a new version.")
    site: Site | None = Field(default=None, description="Where.")
    timing: Timing | None = Field(default=None, description="When.")
    frequency: Frequency | None = Field(default=None, description="How often.")
    duration_min: int | None = Field(default=None, description="Minutes, at least.")
    duration_max_min: int | None = Field(default=None, description="Minutes, at most.")
    obstacles: tuple[Obstacle, ...] | None = Field(
        default=None, description="Foreseen; an empty list: asked, none foreseen."
    )
    target: Target | None = Field(default=None, description="How much.")
    zone: str | None = Field(default=None, description="IANA zone of its local times.")


class DueRule(Shape):
    """What the due date hangs on (C02)."""

    kind: DueKind = Field(default=DueKind.NEXT_SESSION, description="Session or clock.")
    session_id: UUID | None = Field(default=None, description="A named session.")
    offset_min: int = Field(default=0, description="Minutes from the session's start.")
    at: LocalMoment | None = Field(default=None, description="A fixed local time.")


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


class ReducedFrequency(Shape):
    """Less often than before (C16)."""

    plan_version: int = Field(description="The plan version that it made.")
    before: Frequency = Field(description="As it was.")
    after: Frequency = Field(description="As it is.")
    because_rating_id: UUID | None = Field(default=None, description="The rating that led to it.")
    reduced_at: datetime = Field(description="When, in the world.")


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
