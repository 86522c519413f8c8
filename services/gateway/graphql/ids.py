"""Global ids, as Relay has them: base64url("Assignment:<uuid>"), opaque to clients."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal, get_args
from uuid import UUID

import strawberry

Kind = Literal[
    "Clinic",
    "Patient",
    "Therapist",
    "CareRelationship",
    "Supervision",
    "Departure",
    "RecordsWindow",
    "Session",
    "SessionSeries",
    "Group",
    "Consent",
    "Goal",
    "Assignment",
    "GroupAssignment",
    "Template",
    "Occurrence",
    "DiaryEntry",
    "NotebookItem",
    "Review",
]
KINDS: frozenset[str] = frozenset(get_args(Kind))


def to_global(kind: Kind, uuid: UUID | str) -> strawberry.ID:
    return strawberry.ID(urlsafe_b64encode(f"{kind}:{uuid}".encode()).decode().rstrip("="))


def from_global(value: str) -> tuple[str, UUID] | None:
    """The kind and uuid; None for anything that we never gave out."""
    try:
        kind, _, uuid = urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(":")
        return (kind, UUID(uuid)) if kind in KINDS else None
    except ValueError:
        return None


def uuid_of(value: str, *kinds: str) -> UUID | None:
    """A global id of one of these kinds, or the bare UUID that REST gives; None for others.

    Clients that queue commands offline make ids themselves and have only the bare form.
    """
    found = from_global(value)
    if found is not None:
        return found[1] if found[0] in kinds or not kinds else None
    try:
        return UUID(value)
    except ValueError:
        return None
