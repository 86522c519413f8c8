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


class AssignmentStatus(StrEnum):
    """Where an assignment stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    DECLINED = "declined"
    AGREED = "agreed"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    PARTIALLY_COMPLETED = "partially_completed"
    NOT_DONE = "not_done"
    DISCONTINUED = "discontinued"
    ENDED_BY_DEATH = "ended_by_death"
    ENTERED_IN_ERROR = "entered_in_error"


class AssignmentCategory(StrEnum):
    """What kind of homework it is (C08-C11)."""

    SYMPTOM_MONITORING = "symptom_monitoring"
    THOUGHT_EVALUATION = "thought_evaluation"
    BEHAVIORAL_INTERVENTION = "behavioral_intervention"
    PSYCHOEDUCATION = "psychoeducation"
    OTHER = "other"


class Technique(StrEnum):
    """The behavioural technique behind it (C11)."""

    EXPOSURE = "exposure"
    INTERPERSONAL_SKILLS = "interpersonal_skills"
    BEHAVIORAL_EXPERIMENT = "behavioral_experiment"
    BEHAVIORAL_ACTIVATION = "behavioral_activation"
    RELAXATION = "relaxation"
    OTHER = "other"


class Procedure(StrEnum):
    """The related procedures that the source names."""

    BEHAVIORAL_ACTIVATION = "behavioral_activation"
    CLIENT_THERAPIST_COLLABORATION = "client_therapist_collaboration"
    COGNITIVE_RESTRUCTURING = "cognitive_restructuring"
    COLLABORATIVE_EMPIRICISM = "collaborative_empiricism"
    COMMITTED_ACTION = "committed_action"
    EXPERIMENT = "experiment"
    ROLE_PLAY = "role_play"
    SOCRATIC_QUESTIONING = "socratic_questioning"


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


class PracticeMode(StrEnum):
    """How homework was practised in session (C07)."""

    LIVE = "live"
    GUIDED_IMAGERY = "guided_imagery"
    ROLE_PLAY = "role_play"


class PracticeOutcome(StrEnum):
    """What the practice showed."""

    READY = "ready"
    NEEDS_MORE_PRACTICE = "needs_more_practice"
    CHANGED_TASK = "changed_task"


class ExperiencePhase(StrEnum):
    """When it was experienced (C12)."""

    IN_SESSION_PRACTICE = "in_session_practice"
    DURING_HOMEWORK = "during_homework"
    AT_REVIEW = "at_review"


class Fits(StrEnum):
    """Whether the homework fits the patient's own understanding (C37)."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class SiteKind(StrEnum):
    """Where homework is done."""

    HOME = "home"
    WORK = "work"
    PUBLIC = "public"
    ONLINE = "online"
    OTHER = "other"


class TimingRule(StrEnum):
    """What makes homework due: the clock, a count, an event, or a wish."""

    SCHEDULED = "scheduled"
    N_TIMES = "n_times"
    AS_IT_HAPPENS = "as_it_happens"
    ALL_DAY = "all_day"
    WHEN_WANTED = "when_wanted"


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class PartOfDay(StrEnum):
    """A part of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class FrequencyPer(StrEnum):
    """What a frequency counts within."""

    DAY = "day"
    WEEK = "week"
    BETWEEN_SESSIONS = "between_sessions"


class TargetPeriod(StrEnum):
    """Over what time a target counts."""

    DAY = "day"
    WEEK = "week"
    WEEKS = "weeks"
    BETWEEN_SESSIONS = "between_sessions"


class Comparator(StrEnum):
    """How a goal's target is compared."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUALS = "equals"


class DueKind(StrEnum):
    """What a due date hangs on (C02)."""

    NEXT_SESSION = "next_session"
    SESSION = "session"
    AT = "at"
    NONE = "none"


class AdjustmentReason(StrEnum):
    """Why homework was adjusted (C16)."""

    OVERWHELMING = "overwhelming"
    OBSTACLE = "obstacle"
    PROGRESS = "progress"
    PREFERENCE = "preference"
    OTHER = "other"


class OccurrenceState(StrEnum):
    """Where one occurrence stands, as of the answer."""

    NOT_YET_AVAILABLE = "not_yet_available"
    AVAILABLE = "available"
    STARTED = "started"
    COMPLETED = "completed"
    PARTIAL = "partial"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    DECLINED = "declined"
    NOT_APPLICABLE = "not_applicable"


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


class CompletedBy(StrEnum):
    """Who said that it is done."""

    PATIENT_REPORT = "patient_report"
    THERAPIST_CONFIRMATION = "therapist_confirmation"


class SessionStatus(StrEnum):
    """Where a session stands."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class AdjustmentSuggestion(StrEnum):
    """What may help when a rating is low (P1)."""

    GRADE_COMPONENTS = "grade_components"
    REDUCE_FREQUENCY = "reduce_frequency"
    REVISIT_RATIONALE = "revisit_rationale"


class MonitoredDimension(StrEnum):
    """What homework may watch (C06)."""

    MOOD = "mood"
    ACCOMPLISHMENT = "accomplishment"
    PLEASURE = "pleasure"
    ANXIETY = "anxiety"
    WORRY = "worry"
    PANIC = "panic"
    EATING = "eating"
    THOUGHTS = "thoughts"
    PHYSICAL_SENSATIONS = "physical_sensations"
    ACTIVITY = "activity"
    SLEEP = "sleep"
    OTHER = "other"


class PracticeResponse(StrEnum):
    """The answer to an offer of practice."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Speaker(StrEnum):
    """Whose step it is in a rehearsed conversation."""

    PATIENT = "patient"
    OTHER = "other"
