"""Whose a thing is, for the audit alone: somebody asked for it who may not see it."""

from collections.abc import Mapping


def _owner(table: str, key: str) -> str:
    return f"SELECT it.patient_id FROM {table} it WHERE it.tenant_id = $1 AND it.{key} = $6"  # noqa: S608 - SQL of ours


OWNERS: Mapping[str, str] = {
    "Session": _owner("sessions", "session_id"),
    "Consent": _owner("consents", "consent_id"),
    "Goal": _owner("goals", "goal_id"),
    "Assignment": _owner("assignments", "assignment_id"),
    "Occurrence": _owner("occurrences", "occurrence_id"),
    "DiaryEntry": _owner("entries", "entry_id"),
    "NotebookItem": _owner("notebook", "item_id"),
    "Review": _owner("reviews", "review_id"),
}
"""By the kind of node. It is asked of what is not there as well, and takes as long."""
