"""Closed lists of the field, spelt as events spell them; GraphQL shows them in UPPER_CASE."""

from enum import StrEnum


class Party(StrEnum):
    """Who said or did it."""

    PATIENT = "patient"
    THERAPIST = "therapist"


class Role(StrEnum):
    """In which role somebody acts."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    CLINIC_ADMIN = "clinic_admin"
    INTEGRATOR = "integrator"
    ANALYST = "analyst"
    OPERATOR = "operator"
    SYSTEM = "system"


class RaterRole(StrEnum):
    """Who rated."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    OBSERVER = "observer"
    PROXY = "proxy"


class RatingPhase(StrEnum):
    """When in the course of homework a rating was made."""

    BEFORE_PRACTICE = "before_practice"
    IN_SESSION_PRACTICE = "in_session_practice"
    PLANNING = "planning"
    BEFORE_HOMEWORK = "before_homework"
    DURING_HOMEWORK = "during_homework"
    AFTER_HOMEWORK = "after_homework"
    AT_REVIEW = "at_review"


class ObstacleCategory(StrEnum):
    """What gets in the way."""

    ENVIRONMENT = "environment"
    RELATIONSHIPS = "relationships"
    TIME = "time"
    FORGETTING = "forgetting"
    MATERIALS = "materials"
    SYMPTOMS = "symptoms"
    MOTIVATION = "motivation"
    DIFFICULTY = "difficulty"
    UNDERSTANDING = "understanding"
    OTHER = "other"


class ObstacleKind(StrEnum):
    """Outside or inside the person."""

    PRACTICAL = "practical"
    INTERNAL = "internal"


class ObstaclePhase(StrEnum):
    """Foreseen, or met with."""

    ANTICIPATED = "anticipated"
    UNANTICIPATED = "unanticipated"


class RecordingMode(StrEnum):
    """How long after living through it something was written down."""

    IN_THE_MOMENT = "in_the_moment"
    SAME_DAY = "same_day"
    RETROSPECTIVE = "retrospective"
    WRITTEN_ON_PAPER = "written_on_paper"


class EntrySource(StrEnum):
    """How an entry came to be written."""

    PATIENT = "patient"
    TRANSCRIBED = "transcribed"
    INTERVIEW = "interview"
    IMPORTED = "imported"


class Visibility(StrEnum):
    """Who may read it besides the patient."""

    SHARED = "shared"
    PRIVATE = "private"


class Company(StrEnum):
    """Who was with the patient."""

    ALONE = "alone"
    FAMILY = "family"
    FRIEND = "friend"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"
    OTHER = "other"


class NotebookKind(StrEnum):
    """What a notebook item is (C18)."""

    SESSION_NOTE = "session_note"
    COMPLETED_HOMEWORK = "completed_homework"
    LEARNING = "learning"
    WARNING_SIGN = "warning_sign"
    COPING_STRATEGY = "coping_strategy"


class ReviewDecision(StrEnum):
    """What the session decided about the homework."""

    CONTINUE = "continue"
    ADJUST = "adjust"
    PAUSE = "pause"
    FINISH = "finish"
    STOP = "stop"
    REPLACE = "replace"


class ReviewStatus(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    COMPLETED = "completed"
    REOPENED = "reopened"
    ENTERED_IN_ERROR = "entered_in_error"


class BeliefAbout(StrEnum):
    """What a belief about homework is about (C22)."""

    PERSONAL_VALUE = "personal_value"
    THERAPY_OUTCOME = "therapy_outcome"
    THERAPIST_WORK_VALUE = "therapist_work_value"
    OTHER = "other"


class WorkSource(StrEnum):
    """How it is known that work was done."""

    DIARY = "diary"
    VERBAL = "verbal"


class Engagement(StrEnum):
    """How far homework was taken up (C23)."""

    NOT_ATTEMPTED = "not_attempted"
    ATTEMPTED = "attempted"
    PARTLY_DONE = "partly_done"


class Reevaluated(StrEnum):
    """What the patient now sees otherwise."""

    WORTH = "worth"
    DIFFICULTY = "difficulty"
    OTHER = "other"


class Direction(StrEnum):
    """Which way."""

    HIGHER = "higher"
    LOWER = "lower"
    SAME = "same"


class SessionStatus(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class ConsentScope(StrEnum):
    """What a consent is about."""

    ANALYTICS = "analytics"
    TREATMENT = "treatment"
    SHARING = "sharing"
    RESEARCH = "research"


class ConsentPurpose(StrEnum):
    """What it is given for."""

    SERVICE_EVALUATION = "service_evaluation"
    QUALITY_IMPROVEMENT = "quality_improvement"


class ConsentStatus(StrEnum):
    """Whether it still holds."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Attestation(StrEnum):
    """How the patient said so, where a therapist tells of it."""

    VERBAL = "verbal"
    ON_PAPER = "on_paper"


class ConsentRelation(StrEnum):
    """Who somebody is to the patient."""

    PARTNER = "partner"
    RELATIVE = "relative"
    FRIEND = "friend"
    CLINICIAN = "clinician"
    OTHER = "other"


class ErasureStatus(StrEnum):
    """Where the erasure of a patient stands."""

    REQUESTED = "requested"
    ANNOUNCED = "announced"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    ERASED = "erased"
    CERTIFIED = "certified"


class ErasureAsker(StrEnum):
    """Who asked for it."""

    PATIENT = "patient"
    CLINIC_ADMIN = "clinic_admin"


class ErasureReason(StrEnum):
    """Why it was asked for."""

    PATIENTS_WISH = "patients_wish"
    RETENTION_OVER = "retention_over"
    ENTERED_IN_ERROR = "entered_in_error"
    OTHER = "other"


class ErasureHold(StrEnum):
    """What holds it."""

    LEGAL_HOLD = "legal_hold"
    RETENTION = "retention"


class RetentionFrom(StrEnum):
    """What a time of retention is counted from."""

    DATE = "date"
    LAST_CONTACT = "last_contact"
    MAJORITY = "majority"


class ErasurePlace(StrEnum):
    """Who kept something of the patient, and removed it."""

    CARE = "care"
    ASSIGNMENT = "assignment"
    DIARY = "diary"
    REVIEW = "review"
    GATEWAY = "gateway"
