"""What clients see. A row of the read models is checked into these types at once: nested things
are plain attributes, so that reading a field costs no call.
"""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from pydantic import BeforeValidator, Field
from strawberry.scalars import JSON

from services.gateway.graphql.course import Course
from services.gateway.graphql.ids import Kind, to_global
from services.gateway.projections import (
    course_shapes,
    goal_shapes,
    homework_lists,
    homework_shapes,
    lists,
    plan_shapes,
    practice_shapes,
    review_shapes,
    shapes,
    template_shapes,
)
from services.gateway.projections.shapes import LocalDateTime, Shape

for _module in (
    lists,
    homework_lists,
    shapes,
    plan_shapes,
    homework_shapes,
    practice_shapes,
    review_shapes,
    course_shapes,
    goal_shapes,
    template_shapes,
):
    for _kind in tuple(vars(_module).values()):
        if not isinstance(_kind, type) or _kind.__module__ != _module.__name__ or not _kind.__doc__:
            continue
        if issubclass(_kind, Enum):
            strawberry.enum(_kind, description=_kind.__doc__)
        elif issubclass(_kind, Shape) and _kind is not Shape:
            strawberry.pydantic.type(_kind, description=_kind.__doc__)


def _id_of(kind: Kind) -> BeforeValidator:
    """A row's UUID becomes the global id; one that already is (nested rows) stays."""
    return BeforeValidator(lambda value: to_global(kind, value))


PatientId = Annotated[strawberry.ID, _id_of("Patient")]
TherapistId = Annotated[strawberry.ID, _id_of("Therapist")]
ClinicId = Annotated[strawberry.ID, _id_of("Clinic")]
SessionId = Annotated[strawberry.ID, _id_of("Session")]
GoalId = Annotated[strawberry.ID, _id_of("Goal")]
AssignmentId = Annotated[strawberry.ID, _id_of("Assignment")]
OccurrenceId = Annotated[strawberry.ID, _id_of("Occurrence")]
EntryId = Annotated[strawberry.ID, _id_of("DiaryEntry")]
ItemId = Annotated[strawberry.ID, _id_of("NotebookItem")]
ReviewId = Annotated[strawberry.ID, _id_of("Review")]
ConsentId = Annotated[strawberry.ID, _id_of("Consent")]


def about(text: str) -> Any:
    return Field(description=text)


def many(text: str) -> Any:
    return Field(default=(), description=text)


def maybe(text: str) -> Any:
    return Field(default=None, description=text)


@strawberry.pydantic.interface(description="Anything that can be read again by its id.")
class Node(Shape):
    id: strawberry.ID = about("Global id, opaque to clients.")


@strawberry.pydantic.type(description="What a clinic says to whoever is in need.")
class CrisisText(Shape):
    locale: str = about("BCP 47: for whoever is spoken to in this language.")
    text: str = about("The clinic's own words.")


@strawberry.pydantic.type(description="A clinic: the tenant.")
class Clinic(Node):
    id: ClinicId = about("Global id.")
    name: str = about("Its public name.")
    zone: str = about("IANA time zone.")
    locale: str = about("BCP 47 language tag.")
    records_window_days: int | None = maybe(
        "How long one may finish one's own records of whom one treats no more; null: not at all."
    )
    crisis_texts: tuple[CrisisText, ...] = many("One for each language.")
    response_expectation: str | None = maybe("How soon somebody reads what a patient writes.")


@strawberry.pydantic.type(description="A therapist of the clinic.")
class Therapist(Node):
    id: TherapistId = about("Global id.")
    name: str | None = maybe("Null where it was erased.")


@strawberry.pydantic.type(description="Somebody's name, with their id.")
class Person(Shape):
    id: PatientId = about("Global id.")
    name: str | None = maybe("Null where it was erased.")


@strawberry.pydantic.type(description="A therapist who treats the patient, and since when.")
class TreatingTherapist(Shape):
    id: TherapistId = about("Global id of the therapist.")
    name: str | None = maybe("Null where it was erased.")
    began_at: datetime = about("Since when.")


@strawberry.pydantic.type(description="A therapy session.")
class Session(Node):
    id: SessionId = about("Global id.")
    patient_id: PatientId = about("Whose session.")
    therapist_id: TherapistId = about("With whom.")
    patient: Person | None = maybe("Whose session.")
    therapist: Therapist | None = maybe("With whom.")
    starts_at: datetime = about("The instant.")
    zone: str = about("The IANA zone that it was agreed in.")
    duration_min: int = about("Minutes.")
    status: lists.SessionStatus = about("Where it stands.")
    started_at: datetime | None = maybe("When it really started.")
    ended_at: datetime | None = maybe("When it really ended.")


@strawberry.pydantic.type(description="A consent was given, or withdrawn.")
class ConsentStep(Shape):
    status: lists.ConsentStatus = about("Which of the two.")
    at: datetime = about("When, in the world.")
    recorded_at: datetime = about("When we learned of it.")
    by: lists.Party = about("Who told it; a therapist attested the patient's word.")
    text_version: str | None = maybe("Which text the patient was shown.")


@strawberry.pydantic.type(description="What the patient allows, and whether they still do.")
class Consent(Node):
    id: ConsentId = about("Global id; one for each patient and scope, for sharing one a person.")
    patient_id: PatientId = about("Who allows it.")
    scope: lists.ConsentScope = about("What it is about.")
    purpose: lists.ConsentPurpose | None = maybe("What it was given for, of analytics.")
    text_version: str | None = maybe("Which text the patient was shown.")
    attested: lists.Attestation | None = maybe("How they said so, where a therapist told it.")
    shared_with: str | None = maybe("Of sharing: with whom. Null where it was erased.")
    relation: lists.ConsentRelation | None = maybe("Of sharing: who that is to the patient.")
    what_for: str | None = maybe("Of sharing: what for, in the patient's words.")
    until: date | None = maybe("Of sharing: its last day, where the patient lives.")
    status: lists.ConsentStatus = about("Whether it still holds.")
    given_by: lists.Party = about("Who told it; a therapist attested the patient's word.")
    given_at: datetime = about("When, in the world.")
    withdrawn_at: datetime | None = maybe("Since when it holds no more.")
    history: tuple[ConsentStep, ...] = many("Every giving and withdrawal, oldest first.")


@strawberry.pydantic.type(description="What therapy is for, in the patient's own words (C04).")
class Goal(Node):
    id: GoalId = about("Global id.")
    patient_id: PatientId = about("Whose goal.")
    statement: str | None = maybe("In the patient's words.")
    target: shapes.GoalTarget | None = maybe("How one would see that it is reached.")
    set_by: lists.Party | None = maybe("Whose words.")
    set_at: datetime = about("When, in the world.")
    lifecycle: homework_lists.GoalLifecycle = about("Where it stands.")
    achievement: homework_lists.Achievement = about("How far it has come, as last recorded.")
    progress: goal_shapes.GoalProgress | None = maybe("The last that was recorded.")
    closing: goal_shapes.GoalClosing | None = maybe("How it was closed.")


@strawberry.pydantic.type(description="A window in which homework is asked for.")
class Occurrence(Node):
    id: OccurrenceId = about("Global id; the same window always has the same.")
    assignment_id: AssignmentId = about("Of which homework.")
    patient_id: PatientId = about("Whose homework.")
    plan_version: int = about("The plan that asked for it.")
    local_date: date = about("The day, in its zone.")
    slot: str = about("Which of the day's windows.")
    opens_at: datetime = about("From when: the instant.")
    due_at: datetime | None = maybe("Until when; open-ended without.")
    opens_local: LocalDateTime = about("From when: the wall clock in its zone.")
    due_local: LocalDateTime | None = maybe("Until when: the wall clock in its zone.")
    zone: str = about("IANA time zone of the local times.")
    state: homework_lists.OccurrenceState = about("As of this answer.")
    started_at: datetime | None = maybe("When it was begun.")
    quantity: int | None = maybe("Share done, in percent.")
    experienced_at: plan_shapes.Period | None = maybe("When it was done.")
    note: str | None = maybe("Where it was not done wholly: what the patient says of it.")
    settled_at: datetime | None = maybe("When it was told of.")
    title: str | None = maybe("Of the homework, on a day's list.")


@strawberry.pydantic.type(description="A worksheet that the patient filled in.")
class DiaryEntry(Node):
    id: EntryId = about("Global id.")
    patient_id: PatientId = about("Whose entry.")
    worksheet: str = about("Which worksheet, snake_case.")
    definition_version: str = about("The version of its definition that it is pinned to.")
    assignment_id: AssignmentId | None = maybe("The homework that it belongs to.")
    occurrence_id: OccurrenceId | None = maybe("The occurrence that it belongs to.")
    started_at: datetime = about("When it was lived through, from.")
    ended_at: datetime | None = maybe("When it was lived through, to.")
    zone: str = about("IANA zone where the patient was.")
    recording_mode: lists.RecordingMode = about("How much later it was written down.")
    time_uncertain: bool = about("The device's clock looked wrong.")
    source: lists.EntrySource = about("How it came to be written.")
    visibility: lists.Visibility = about("Who may read it.")
    location: str | None = maybe("Where.")
    with_whom: lists.Company | None = maybe("Who was there.")
    with_whom_other: str | None = maybe("Who, in words.")
    notes: str | None = maybe("In words.")
    answers: JSON = about("The worksheet's fields, as its definition names them.")
    recorded_at: datetime = about("When we learned of it.")


@strawberry.pydantic.type(description="What a session made of one assignment.")
class Review(Node):
    id: ReviewId = about("Global id.")
    assignment_id: AssignmentId = about("Of which homework.")
    session_id: SessionId = about("In which session.")
    patient_id: PatientId = about("Whose homework.")
    status: lists.ReviewStatus = about("Where it stands.")
    decision: lists.ReviewDecision | None = maybe("What was decided about the homework.")
    note: str | None = maybe("In words.")
    opened_at: datetime = about("When, in the world.")
    completed_at: datetime | None = maybe("When, in the world.")
    version: int = about("For `expectedVersion`.")
    work_done: tuple[review_shapes.Work, ...] = many("What was done, and when.")
    praise: tuple[review_shapes.Praise, ...] = many("What was praised.")
    skills: tuple[review_shapes.Skill, ...] = many("Skills acquired.")
    beliefs: tuple[review_shapes.Belief, ...] = many("What homework is taken to mean.")
    obstacles: tuple[review_shapes.ReviewedObstacle, ...] = many("What nobody had foreseen.")
    experiences: tuple[review_shapes.ReviewedExperience, ...] = many("What it was like.")
    non_engagement: tuple[review_shapes.NonEngagement, ...] = many("How far it was taken up.")
    learnings: tuple[review_shapes.Learning, ...] = many("What was learned when it was not done.")


@strawberry.pydantic.type(
    description="An obstacle of the homework, with the active response to it."
)
class ObstacleWithResponse(Shape):
    obstacle: homework_shapes.Hindrance = about("What gets in the way.")
    response: homework_shapes.Response | None = maybe("What to do then.")


@strawberry.pydantic.type(description="The newest written summary, to take home (C17).")
class WrittenSummary(homework_shapes.IssuedSummary):
    outdated: bool = about("The plan has changed since: another one should be issued.")
    viewed_at: datetime | None = maybe("When the patient first had it before them.")


@strawberry.pydantic.type(description="Homework: chosen together, planned, rated, done, reviewed.")
class Assignment(Node, Course):
    id: AssignmentId = about("Global id.")
    patient_id: PatientId = about("Whose homework.")
    therapist_id: TherapistId = about("Who gave it.")
    patient: Person | None = maybe("Whose homework.")
    therapist: Therapist | None = maybe("Who gave it.")
    status: homework_lists.AssignmentStatus = about("Where it stands.")
    title: str | None = maybe("In a few words.")
    description: str | None = maybe("In more words.")
    category: homework_lists.AssignmentCategory | None = maybe("What kind of homework.")
    technique: homework_lists.Technique | None = maybe("The technique behind it.")
    technique_other: str | None = maybe("Which other technique.")
    modality_tags: tuple[homework_lists.Procedure, ...] = many("Related procedures.")
    procedure_tags: tuple[homework_lists.Procedure, ...] = many(
        "Which of the eight procedures it belongs to (C24)."
    )
    template_ref: homework_shapes.TemplateRef | None = maybe("The template that it was made from.")
    instructions: str | None = maybe("What to do, in the template's words.")
    worksheet: str | None = maybe("The worksheet that goes with it, snake_case.")
    target_cognition: homework_shapes.TargetCognition | None = maybe("The thought to change.")
    created_in_session_id: SessionId | None = maybe("The session that it was given in.")
    continues_from: AssignmentId | None = maybe("The homework that it goes on from.")
    created_at: datetime = about("When, in the world.")
    activated_at: datetime | None = maybe("Since when it applies.")
    closed_at: datetime | None = maybe("When it ended.")
    due_at: datetime | None = maybe("Until when, as it stands.")
    due_session_id: SessionId | None = maybe("The session that the due date hangs on.")
    due_rule: plan_shapes.DueRule | None = maybe("What the due date hangs on.")
    version: int = about("For `expectedVersion`.")
    changed_at: datetime = about("When its last fact was recorded.")
    adjustment_suggested: bool = about("A low rating waits for the therapist's decision.")
    goals: tuple[Goal, ...] = many("The goals that its rationales name.")
    options: tuple[homework_shapes.Option, ...] = many("What there was to choose from.")
    choices: tuple[homework_shapes.Choice, ...] = many("What was chosen; the last one holds.")
    proposals: tuple[homework_shapes.Proposal, ...] = many("Who proposed it.")
    agreements: tuple[homework_shapes.Agreement, ...] = many("Who agreed.")
    rationales: tuple[homework_shapes.Rationale, ...] = many("Why it helps.")
    components: tuple[homework_shapes.Component, ...] = many("Its parts.")
    first_component: homework_shapes.FirstComponent | None = maybe("Which part to start with.")
    gradings: tuple[homework_shapes.Grading, ...] = many("Parts ordered by difficulty.")
    practice_offers: tuple[practice_shapes.PracticeOffer, ...] = many("Practice offered.")
    practice_requests: tuple[practice_shapes.PracticeRequest, ...] = many("Practice asked for.")
    practices: tuple[practice_shapes.Practice, ...] = many("Practice in session.")
    situations: tuple[practice_shapes.Situation, ...] = many("Situations conceptualised.")
    experiences: tuple[practice_shapes.LivedExperience, ...] = many("What it was like.")
    predictions: tuple[practice_shapes.Prediction, ...] = many("What was expected.")
    plan: plan_shapes.Plan | None = maybe("The plan as it stands.")
    plans: tuple[plan_shapes.Plan, ...] = many("All versions of the plan.")
    summary: WrittenSummary | None = maybe("The written summary as it was issued last.")
    summaries: tuple[homework_shapes.IssuedSummary, ...] = many("All that were issued.")
    obstacles: tuple[ObstacleWithResponse, ...] = many("Foreseen and met with.")
    understandings: tuple[homework_shapes.Understanding, ...] = many("In the patient's words.")
    readiness_ratings: tuple[homework_shapes.ReadinessRating, ...] = many("In order of time.")
    task_ratings: tuple[homework_shapes.TaskRating, ...] = many("In order of time.")
    commitments: tuple[homework_shapes.Commitment, ...] = many("Whether the patient is willing.")
    suggestions: tuple[homework_shapes.Suggested, ...] = many(
        "Adjustments suggested by low ratings."
    )
    adjustments: tuple[homework_shapes.Adjustment, ...] = many("How it was adjusted.")
    reduced_frequencies: tuple[plan_shapes.ReducedFrequency, ...] = many("Less often than before.")
    contacts_met: tuple[homework_shapes.ContactMet, ...] = many("With whom it was done (C27).")
    zone_changes: tuple[plan_shapes.ZoneChange, ...] = many("Where the plan's times have gone to.")
    completions: tuple[homework_shapes.Completion, ...] = many("Reports of it being done.")
    occurrences: tuple[Occurrence, ...] = many("Its windows.")
    reviews: tuple[Review, ...] = many("What sessions made of it.")
    entries: tuple[DiaryEntry, ...] = many("Diary entries that belong to it.")


@strawberry.pydantic.type(description="Something kept in the therapy notebook (C18).")
class NotebookItem(Node):
    id: ItemId = about("Global id.")
    patient_id: PatientId = about("Whose notebook.")
    kind: lists.NotebookKind = about("What it is.")
    visibility: lists.Visibility = about("Who may read it.")
    kept_at: datetime = about("When, in the world.")
    title: str | None = maybe("Of the homework, where it is homework.")
    assignment_id: AssignmentId | None = maybe("The homework, where it is homework.")
    session_id: SessionId | None = maybe("The session that reviewed it.")
    review: Review | None = maybe("What that session made of it.")


@strawberry.pydantic.type(description="A patient as their therapist and they themselves see them.")
class Patient(Node):
    id: PatientId = about("Global id.")
    name: str | None = maybe("Null where it was erased.")
    zone: str = about("IANA zone of their days.")
    locale: str | None = maybe("BCP 47 language tag.")
    discharged_at: datetime | None = maybe("Set while treatment has ended.")
    died_on: date | None = maybe("The day on which they died.")
    therapists: tuple[TreatingTherapist, ...] = many("Who treats them.")
    next_session: Session | None = maybe("The next one to be held.")
    last_session: Session | None = maybe("The last one that was.")
    consents: tuple[Consent, ...] = many("What they allow, and what they did not any more.")
    live_cursor: str = about("Where `patientChanged(after:)` goes on from this answer.")
