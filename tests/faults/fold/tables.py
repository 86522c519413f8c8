"""The tables that the fold fills, column by column, and what it cannot know, each with its reason.

A column that stands in neither list is one that nobody has decided about: a test refuses it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """`key` after the tenant, which is first in all of them."""

    key: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return ("tenant_id", *self.key)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.keys, *self.rest)


def _columns(key: str, rest: str) -> Columns:
    return Columns(tuple(key.split()), tuple(rest.split()))


_PART = "version place told_at by_role data"
_KNOWN_PEOPLE = _columns("person_id kind", "zone locale")
_SUPERVISIONS = _columns("supervision_id", "supervisor_id therapist_id began_at ended_at")
_DEPARTURES = _columns("person_id", "left_at returned_at")
_WINDOWS = _columns("clinic_id", "days")
_KNOWN_RELATIONSHIPS = _columns("relationship_id", "patient_id therapist_id began_at ended_at")
_KNOWN_SESSIONS = _columns(
    "session_id", "patient_id therapist_id starts_at zone duration_min status"
)
_GROUPS: Mapping[str, Columns] = {
    "known_groups": _columns("group_id", "late_joiners"),
    "known_facilitators": _columns("group_id therapist_id", "removed_at"),
    "known_members": _columns("group_id patient_id", "joined_at left_at"),
}
KNOW_GROUPS = ("care", "assignment")
FOLLOWERS = ("care", "assignment", "diary", "review")

READ_MODELS: Mapping[str, Columns] = {
    "assignments": _columns(
        "assignment_id",
        "patient_id therapist_id title description category technique technique_other"
        " modality_tags template_ref instructions procedure_tags worksheet"
        " target_cognition created_in_session_id continues_from created_at"
        " activated_at closed_at course self_directed agreed_by_patient agreed_by_therapist status"
        " plan_version due_rule due_session_id due_at readiness confidence importance rated_at"
        " suggested_at adjusted_at version changed_at",
    ),
    "assignment_parts": _columns("assignment_id kind part_id", _PART),
    "relationships": _columns("relationship_id", "patient_id therapist_id began_at ended_at"),
    "entries": _columns(
        "entry_id",
        "patient_id worksheet definition_version assignment_id occurrence_id started_at ended_at"
        " zone recording_mode time_uncertain source visibility location with_whom with_whom_other"
        " notes answers recorded_at",
    ),
    "consents": _columns(
        "consent_id",
        "patient_id scope purpose text_version attested shared_with relation what_for until"
        " given_by given_at withdrawn_at",
    ),
    "supervisions": _SUPERVISIONS,
    "departures": _DEPARTURES,
    "records_windows": _WINDOWS,
    "goals": _columns(
        "goal_id",
        "patient_id therapist_id statement target set_by set_at lifecycle achievement progress"
        " closing",
    ),
    "notebook": _columns(
        "item_id",
        "patient_id kind visibility assignment_id review_id session_id kept_at recorded_at",
    ),
    "templates": _columns("template_id", "template_version published_at retired_at"),
    "template_versions": _columns("template_id template_version", "since content"),
    "people": _columns("person_id kind", "name zone locale discharged_at died_on"),
    "clinics": _columns(
        "clinic_id",
        "name zone locale low_confidence_threshold crisis_texts response_expectation",
    ),
    "ratings": _columns("event_id measure", "patient_id stream_id rating rated_at recorded_at"),
    "reviews": _columns(
        "review_id",
        "assignment_id session_id patient_id therapist_id status decision note opened_at"
        " completed_at version",
    ),
    "review_parts": _columns("review_id kind part_id", _PART),
    "sessions": _columns(
        "session_id", "patient_id therapist_id starts_at zone duration_min started_at ended_at off"
    ),
    "timeline": _columns(
        "event_id",
        "patient_id recorded_at occurred_at zone type service category stream_id version actor_id"
        " actor_role on_behalf_of visibility refs codes excerpt",
    ),
    "occurrences": _columns(
        "occurrence_id",
        "assignment_id patient_id plan_version local_date slot opens_at due_at zone told started_at"
        " quantity experienced_at note settled_at",
    ),
}

KEPT: Mapping[str, Columns] = {
    **{f"{service}.known_people": _KNOWN_PEOPLE for service in FOLLOWERS},
    **{f"{service}.known_relationships": _KNOWN_RELATIONSHIPS for service in FOLLOWERS},
    **{f"{service}.known_supervisions": _SUPERVISIONS for service in FOLLOWERS},
    **{f"{service}.known_departures": _DEPARTURES for service in FOLLOWERS},
    **{f"{service}.known_windows": _WINDOWS for service in FOLLOWERS},
    **{f"{service}.known_sessions": _KNOWN_SESSIONS for service in FOLLOWERS},
    **{
        f"{service}.{name}": columns for service in KNOW_GROUPS for name, columns in _GROUPS.items()
    },
    "assignment.known_clinics": _columns("", "low_confidence_threshold rationale_gate"),
    "assignment.known_deaths": _columns("patient_id", "died_on"),
    "assignment.known_homework": _columns(
        "assignment_id",
        "patient_id therapist_id created_in_session_id given_at closed follows_sessions"
        " named_session_id offset_min due_session_id due_at",
    ),
    "assignment.known_group_homework": _columns("group_assignment_id", "group_id issued_at"),
    "review.known_assignments": _columns("assignment_id", "patient_id therapist_id"),
}

FOLDED: Mapping[str, Columns] = {**READ_MODELS, **KEPT}

EXCUSED: Mapping[str, str] = {
    "feed": "numbers are handed out in the order in which facts became visible, which no log"
    " tells; that each fact is numbered once, from 1 and in its stream's order, is looked at alone",
    "feed_heads": "counts what is in the feed, and is compared with that",
    **dict.fromkeys(
        ("assignment.homework_looks", "assignment.clock_lease"),
        "when the clock looks again, which is another moment in every run: what it has told by then"
        " is in the log, and looked at in tests/component/assignment",
    ),
    **dict.fromkeys(
        ("erased", "known_erased", *(f"{service}.known_erased" for service in FOLLOWERS)),
        "who was erased, with how much there was of them: looked at in tests/component/erasing,"
        " while the fold leaves them out of all else",
    ),
    **dict.fromkeys(
        (
            *("analytics_consents", "analytics_held", "analytics_latest", "analytics_epochs"),
            *("known_people", "known_relationships", "known_supervisions", "known_sessions"),
            *("known_departures", "known_windows"),
        ),
        "what the analytics stream is derived with, no read model; what comes of it is looked at",
    ),
}
"""Tables that are no fold of the log, with how they are looked at instead."""


class Tables(defaultdict[str, dict[Key, Row]]):
    """By name, then by key. `unreadable` are the ids of facts that nothing can be made of."""

    def __init__(self) -> None:
        super().__init__(dict)
        self.unreadable: list[str] = []

    def set(self, table: str, *key: Any, **columns: Any) -> None:
        """Later facts overwrite, column by column."""
        self[table].setdefault(key, {}).update(columns)
