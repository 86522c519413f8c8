"""Closed lists of what is said about homework, spelt as events spell them."""

from enum import StrEnum


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


class CompletedBy(StrEnum):
    """Who said that it is done."""

    PATIENT_REPORT = "patient_report"
    THERAPIST_CONFIRMATION = "therapist_confirmation"


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


class PauseReason(StrEnum):
    """Why homework rests."""

    ILLNESS = "illness"
    HOLIDAY = "holiday"
    ADMISSION = "admission"
    OTHER = "other"


class DiscontinuedBecause(StrEnum):
    """Whether somebody stopped it, or treatment ended."""

    STOPPED = "stopped"
    DISCHARGED = "discharged"


class ReopenedBecause(StrEnum):
    """Whether somebody took it up again, or a death had been recorded in error."""

    TAKEN_UP_AGAIN = "taken_up_again"
    DEATH_CORRECTED = "death_corrected"


class ExploredBy(StrEnum):
    """How fit was explored (C13)."""

    SOCRATIC_DIALOGUE = "socratic_dialogue"


class GoalLifecycle(StrEnum):
    """Where a goal stands (C04)."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Achievement(StrEnum):
    """How far a goal has come: FHIR R4's codes, spelt with underscores (C04)."""

    IN_PROGRESS = "in_progress"
    IMPROVING = "improving"
    WORSENING = "worsening"
    NO_CHANGE = "no_change"
    ACHIEVED = "achieved"
    SUSTAINING = "sustaining"
    NOT_ACHIEVED = "not_achieved"
    NO_PROGRESS = "no_progress"
    NOT_ATTAINABLE = "not_attainable"


class Travel(StrEnum):
    """What a plan's local times do when the patient travels."""

    FOLLOW_PATIENT = "follow_patient"
    FIXED_ZONE = "fixed_zone"


class ZoneChangeReason(StrEnum):
    """Why a patient's zone is another one."""

    MOVED = "moved"
    TRAVELLING = "travelling"
    CORRECTION = "correction"
