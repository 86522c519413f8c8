"""The types of whole screens: caseload, today, agenda, timeline, progress."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import strawberry

from services.gateway.graphql.types import (
    Assignment,
    AssignmentId,
    Clinic,
    DiaryEntry,
    Occurrence,
    Patient,
    PatientId,
    Review,
    Session,
    about,
    many,
    maybe,
)
from services.gateway.projections import homework_lists, homework_shapes, lists, shapes
from services.gateway.projections.shapes import Shape


@strawberry.enum(description="Why a patient needs attention.")
class AttentionReason(StrEnum):
    LOW_RATING = "low_rating"
    AWAITING_REVIEW = "awaiting_review"
    OVERDUE = "overdue"
    OBSTACLE_REPORTED = "obstacle_reported"


@strawberry.enum(description="Why a measure of adherence has no number.")
class NoNumber(StrEnum):
    NOT_SCHEDULED = "not_scheduled"
    NOT_YET = "not_yet"
    NOTHING_COMPLETED = "nothing_completed"
    UNRATED = "unrated"


@strawberry.pydantic.type(description="Who is calling, as their token says.")
class Me(Shape):
    person_id: UUID = about("Of the caller.")
    tenant_id: UUID = about("The clinic.")
    roles: tuple[lists.Role, ...] = about("What the caller may act as.")
    name: str | None = maybe("Where the clinic has registered them.")
    zone: str | None = maybe("IANA zone: a patient's own, else the clinic's.")
    locale: str | None = maybe("BCP 47: a patient's own, else the clinic's.")
    clinic: Clinic | None = maybe("Where the clinic is registered.")
    expires_at: datetime = about("When the token expires.")
    may: tuple[str, ...] = about(
        "Names of the mutations that one of these roles may send, and of the exports that it may"
        " ask for (`exportRecord`, `exportCase`, by REST), so that a client shows no more. "
        "Whether about somebody is said when it is sent."
    )


@strawberry.pydantic.type(description="Why somebody needs attention, and since when.")
class Attention(Shape):
    reason: AttentionReason = about("Why.")
    assignment_id: AssignmentId = about("Because of which homework.")
    since: datetime = about("Since when.")


@strawberry.pydantic.type(description="The last readiness rating, with the homework it is of.")
class LastRating(homework_shapes.ReadinessRating):
    assignment_id: AssignmentId = about("Of which homework.")


@strawberry.pydantic.type(description="An obstacle, with the homework that it met.")
class ReportedObstacle(homework_shapes.Hindrance):
    assignment_id: AssignmentId = about("Of which homework.")


@strawberry.pydantic.type(description="One patient of a therapist's caseload.")
class CaseloadRow(Shape):
    patient: Patient = about("The patient.")
    since: datetime = about("Since when they are treated.")
    open_homework: int = about("How many assignments are open.")
    last_rating: LastRating | None = maybe("The last time that readiness was rated.")
    needs_attention: bool = about("There is a reason to look.")
    attention: tuple[Attention, ...] = many("The reasons, oldest first.")


@strawberry.pydantic.type(description="A patient's day.")
class Today(Shape):
    patient_id: PatientId = about("Whose day.")
    local_date: date = about("The day, where the patient lives.")
    zone: str = about("IANA zone of the day.")
    occurrences: tuple[Occurrence, ...] = many(
        "That day's windows; today also all that are still open, on another day those that"
        " reach into it."
    )
    assignments: tuple[Assignment, ...] = many("All homework that applies.")


@strawberry.pydantic.type(description="What the therapist opens the session with.")
class SessionAgenda(Shape):
    session: Session = about("The session.")
    previous_session: Session | None = maybe("The last one of the same two people before it.")
    open_assignments: tuple[Assignment, ...] = many("Open now.")
    completed_assignments: tuple[Assignment, ...] = many("Ended since the previous session.")
    low_ratings: tuple[LastRating, ...] = many("Below the clinic's threshold since then.")
    obstacles: tuple[ReportedObstacle, ...] = many("Nobody had foreseen them; since then.")
    entries: tuple[DiaryEntry, ...] = many("Shared diary entries since then.")
    reviews: tuple[Review, ...] = many("What this session has made of it so far.")


@strawberry.pydantic.type(description="A reference of a fact, by the fact's own field name.")
class Ref(Shape):
    name: str = about("For example `assignment_id`.")
    id: UUID = about("Bare.")


@strawberry.pydantic.type(description="A code of a fact, by the fact's own field name.")
class FactCode(Shape):
    name: str = about("For example `decision`.")
    value: str = about("snake_case, or a number.")


@strawberry.pydantic.type(description="A fact about a patient, as it was recorded.")
class TimelineItem(Shape):
    id: UUID = about("Of the fact.")
    patient_id: PatientId = about("About whom.")
    type: str = about("What kind of fact, past tense: `ReadinessRated`.")
    service: str = about("Who recorded it.")
    recorded_at: datetime = about("When we learned of it.")
    occurred_at: datetime = about("When it happened, in the world.")
    zone: str = about("IANA zone that it happened in.")
    actor_id: UUID = about("Who told it.")
    actor_role: lists.Role = about("In which role.")
    on_behalf_of: UUID | None = maybe("The patient whose act it was, if somebody else told it.")
    refs: tuple[Ref, ...] = many("What it speaks of.")
    codes: tuple[FactCode, ...] = many("What can be put into words.")
    excerpt: str | None = maybe("What somebody wrote, at most its first field.")


@strawberry.pydantic.type(description="A number out of a denominator, or why there is none.")
class Share(Shape):
    value: float | None = maybe("0 to 1.")
    of: int = about("The denominator.")
    reason: NoNumber | None = maybe("Why there is no number.")


@strawberry.pydantic.type(description="A rating in a series.")
class RatingPoint(Shape):
    measure: str = about("readiness, confidence, importance, utility, difficulty, …")
    rating: shapes.Rating = about("With its scale.")
    rated_at: datetime = about("When, in the world.")
    recorded_at: datetime = about("When we learned of it.")
    assignment_id: AssignmentId = about("Of which homework.")


@strawberry.pydantic.type(description="How one assignment goes; three numbers, never one.")
class AssignmentProgress(Shape):
    assignment_id: AssignmentId = about("Which homework.")
    title: str | None = maybe("In a few words.")
    status: homework_lists.AssignmentStatus = about("Where it stands.")
    closed_at: datetime | None = maybe("When it ended.")
    quantity: Share = about("Done, of the windows that have closed.")
    timeliness: Share = about("Done within the window, of what was done.")
    quality: Share = about("Ratings from 0 to 4; nobody rates it yet.")


@strawberry.pydantic.type(description="A patient's progress: adherence and ratings over time.")
class Progress(Shape):
    patient_id: PatientId = about("Whose progress.")
    assignments: tuple[AssignmentProgress, ...] = many("Each assignment, oldest first.")
    ratings: tuple[RatingPoint, ...] = many("All ratings, in order of time.")
    completions: int = about("How many assignments were completed.")
