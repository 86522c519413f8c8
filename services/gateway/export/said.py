"""What is said about homework and in reviews, piece by piece, as a record names it."""

from collections.abc import Mapping

from services.gateway.projections import course_shapes as course
from services.gateway.projections import homework_shapes as homework
from services.gateway.projections import plan_shapes as plans
from services.gateway.projections import practice_shapes as practice
from services.gateway.projections import review_shapes as review
from services.gateway.projections.shapes import Shape

SAID_OF_HOMEWORK: Mapping[str, tuple[str, type[Shape]]] = {
    "option": ("options", homework.Option),
    "choice": ("choices", homework.Choice),
    "proposal": ("proposals", homework.Proposal),
    "agreement": ("agreements", homework.Agreement),
    "rationale": ("rationales", homework.Rationale),
    "component": ("components", homework.Component),
    "first_component": ("first_components", homework.FirstComponent),
    "grading": ("gradings", homework.Grading),
    "practice_offer": ("practice_offers", practice.PracticeOffer),
    "practice_request": ("practice_requests", practice.PracticeRequest),
    "practice": ("practices", practice.Practice),
    "situation": ("situations", practice.Situation),
    "prediction": ("predictions", practice.Prediction),
    "plan": ("plans", plans.ToldPlan),
    "reduced_frequency": ("reduced_frequencies", plans.ReducedFrequency),
    "summary": ("summaries", homework.IssuedSummary),
    "summary_view": ("summary_views", homework.SummaryView),
    "obstacle": ("obstacles", homework.Hindrance),
    "response": ("responses", homework.Response),
    "understanding": ("understandings", homework.Understanding),
    "commitment": ("commitments", homework.Commitment),
    "readiness_rating": ("readiness_ratings", homework.ReadinessRating),
    "task_rating": ("task_ratings", homework.TaskRating),
    "suggestion": ("suggestions", homework.Suggested),
    "adjustment": ("adjustments", homework.Adjustment),
    "experience": ("experiences", practice.LivedExperience),
    "contact_met": ("contacts_met", homework.ContactMet),
    "zone_change": ("zone_changes", plans.ZoneChange),
    "completion": ("completions", homework.Completion),
    "fit": ("fits", course.Fit),
    "decline": ("declines", course.Decline),
    "pause": ("pauses", course.Pause),
    "resumption": ("resumptions", course.Resumption),
    "not_done": ("not_done", course.NotDone),
    "discontinuation": ("discontinuations", course.Discontinuation),
    "reopening": ("reopenings", course.Reopening),
    "error": ("errors", course.EnteredInError),
    "death": ("deaths", course.EndedByDeath),
    "continued_alone": ("continued_alone", course.ContinuedAlone),
}
"""By the kind under which a part is kept: what it is called here, and its shape."""

SAID_IN_REVIEWS: Mapping[str, tuple[str, type[Shape]]] = {
    "work_done": ("work_done", review.Work),
    "praise": ("praise", review.Praise),
    "skill": ("skills", review.Skill),
    "belief": ("beliefs", review.Belief),
    "obstacle": ("obstacles", review.ReviewedObstacle),
    "experience": ("experiences", review.ReviewedExperience),
    "non_engagement": ("non_engagement", review.NonEngagement),
    "learning": ("learnings", review.Learning),
}
