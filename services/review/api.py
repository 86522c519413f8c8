"""Reviews over HTTP: opened for an assignment in a session, spoken through, completed."""

from http import HTTPStatus
from uuid import UUID

from libs.access.policy import NOBODY, Subject, grant
from libs.access.principal import Principal
from libs.access.relationships import Relationships
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.vocabulary.rating import NotAScale, RatingOutsideScale
from libs.web.commands import About, Commands, Edge, Fields, Prepare, Preparing, Router
from services.review import view
from services.review.domain import meaning, non_engagement, review, work
from services.review.domain.state import Completed, NotOpened, Opened, State
from services.review.follow import Assignments

Reviews = Desk[review.Command, State, review.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    meaning.ConvictionNotOutOf100,
    meaning.EmptyExperience,
    NotAScale,
    RatingOutsideScale,
    work.WorkEndsBeforeItStarts,
    work.WorkStillToCome,
)
STATUSES = dict.fromkeys(WRONG_CONTENT, HTTPStatus.UNPROCESSABLE_ENTITY)

THERAPIST = grant(therapist="related")
EITHER = grant(therapist="related", patient="own", finishes=True)
WHOSE_REVIEW_IT_IS = grant(therapist="related", finishes=True)
READERS = grant(therapist="related", patient="own", supervisor="supervised", finishes=True)


def routes(edge: Edge, *, reviews: Reviews, assignments: Assignments) -> Router:
    on = Commands(edge, reviews, subject=_whose)
    on.create(
        "/v1/reviews",
        review.OpenReview,
        operation="openReview",
        grant=THERAPIST,
        about=_about(assignments),
        stream_of=_review,
        prepare=_in_a_session_of_theirs(assignments, edge.known),
    )
    _what_was_done(on)
    _what_it_meant(on)
    on.act(
        "/v1/reviews/{id}/completions",
        review.CompleteReview,
        operation="completeReview",
        grant=WHOSE_REVIEW_IT_IS,
    )
    on.show("/v1/reviews/{id}", view.ReviewView, view.of_review, operation="review", grant=READERS)
    return on.router


def _what_was_done(on: Commands[review.Command, State, review.Event]) -> None:
    on.act(
        "/v1/reviews/{id}/work-done",
        work.RecordWorkDone,
        operation="recordWorkDone",
        grant=WHOSE_REVIEW_IT_IS,
    )
    on.act(
        "/v1/reviews/{id}/praises",
        work.GivePraise,
        operation="givePraise",
        grant=WHOSE_REVIEW_IT_IS,
    )
    on.act(
        "/v1/reviews/{id}/skills",
        work.RecordSkill,
        operation="recordSkill",
        grant=WHOSE_REVIEW_IT_IS,
    )
    on.act(
        "/v1/reviews/{id}/non-engagements",
        non_engagement.RecordNonEngagement,
        operation="recordNonEngagement",
        grant=WHOSE_REVIEW_IT_IS,
    )
    on.act(
        "/v1/reviews/{id}/learnings",
        non_engagement.RecordNonEngagementLearning,
        operation="recordNonEngagementLearning",
        grant=WHOSE_REVIEW_IT_IS,
    )


def _what_it_meant(on: Commands[review.Command, State, review.Event]) -> None:
    """What only the patient knows; a therapist who writes it down speaks for them."""
    on.act(
        "/v1/reviews/{id}/beliefs",
        meaning.ExploreHomeworkBelief,
        operation="exploreHomeworkBelief",
        grant=EITHER,
        patients_act=True,
    )
    on.act(
        "/v1/reviews/{id}/obstacles",
        meaning.ReportReviewObstacle,
        operation="reportReviewObstacle",
        grant=EITHER,
        patients_act=True,
    )
    on.act(
        "/v1/reviews/{id}/experiences",
        meaning.RecordReviewExperience,
        operation="recordReviewExperience",
        grant=EITHER,
        patients_act=True,
    )


def _review(fields: Fields) -> UUID:
    return review.review_of(fields["assignment_id"], fields["session_id"])


def _about(assignments: Assignments) -> About:
    async def about(principal: Principal, fields: Fields) -> Subject:
        known = await assignments.assignment(principal.tenant_id, fields["assignment_id"])
        return NOBODY if known is None else Subject(patient_id=known.patient_id)

    return about


def _in_a_session_of_theirs(assignments: Assignments, known: Relationships) -> Prepare:
    async def prepare(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        assignment = await assignments.assignment(tenant, fields["assignment_id"])
        session = await known.session(tenant, fields["session_id"])
        if assignment is None or session is None or session.patient_id != assignment.patient_id:
            raise NotKnownYet
        return {"patient_id": session.patient_id, "therapist_id": session.therapist_id}

    return prepare


def _whose(state: State) -> Subject:
    match state:
        case NotOpened():
            return NOBODY
        case Opened():
            return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)
        case Completed():
            return _whose(state.review)
