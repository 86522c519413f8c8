"""Every fact about a patient: what kind, who told it, when in the world and when to us, what it
speaks of, and a sealed excerpt where somebody wrote something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Text, Uuid

from libs.eventstore.reading import told as all_of
from libs.eventstore.recorded import Recorded
from services.gateway.projections.rows import Rows
from services.gateway.projections.tables import Instant, Json, table

timeline = table(
    "timeline",
    ["event_id"],
    Column("patient_id", Uuid),
    Column("recorded_at", Instant),
    Column("occurred_at", Instant),
    Column("zone", Text),
    Column("type", Text),
    Column("service", Text),
    Column("category", Text),
    Column("stream_id", Uuid),
    Column("version", Integer),
    Column("actor_id", Uuid),
    Column("actor_role", Text),
    Column("on_behalf_of", Uuid),
    Column("visibility", Text),
    Column("refs", Json),
    Column("codes", Json),
    Column("excerpt", Json),
    Index("timeline_of", "tenant_id", "patient_id", "recorded_at", "event_id"),
)
"""`type` is the fact's name alone; `visibility` what the fact itself says, where it does."""

tables = (timeline,)

NOT_ABOUT_A_PATIENT = frozenset(
    {"clinic", "template", "therapist", "erasure", "confirmation", "privacy", "groupwork"}
)
"""What is said of erasing somebody is no part of their treatment, and stays when all else goes."""

EXCERPTS = (
    "title",
    "statement",
    "label",
    "text",
    "patient_words",
    "prediction",
    "situation",
    "what",
    "note",
    "notes",
    "reason",
)
"""The fields that tell best what a fact says, best first."""

CODES = frozenset(
    {
        "worksheet",
        "decision",
        "category",
        "technique",
        "mode",
        "outcome",
        "fits",
        "reason",
        "because",
        "engagement",
        "phase",
        "completed_by",
        "cancelled_by",
        "quantity",
        "plan_version",
        "willing",
        "text_version",
        "status",
        "lifecycle",
        "achievement",
        "procedure",
        "summary_version",
    }
)


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(timeline)
    for recorded in events:
        if recorded.subject_id is not None and recorded.category not in NOT_ABOUT_A_PATIENT:
            rows.add(_row(recorded))
    rows.write(db)


def _row(recorded: Recorded) -> dict[str, Any]:
    told = all_of(recorded)
    service, name = _named(recorded.type)
    speaking = _speaking_in(tuple(told))
    return {
        "tenant_id": recorded.tenant_id,
        "event_id": recorded.event_id,
        "patient_id": recorded.subject_id,
        "recorded_at": recorded.recorded_at,
        "occurred_at": recorded.occurred_at,
        "zone": recorded.zone,
        "type": name,
        "service": service,
        "category": recorded.category,
        "stream_id": recorded.stream_uuid,
        "version": recorded.version,
        "actor_id": recorded.actor_id,
        "actor_role": recorded.actor_role,
        "on_behalf_of": recorded.on_behalf_of,
        "visibility": told.get("visibility"),
        "refs": {each: told[each] for each in speaking.refs if type(told[each]) is str},
        "codes": {each: told[each] for each in speaking.codes if isinstance(told[each], str | int)},
        "excerpt": _excerpt(told, speaking) or _excerpt_of(told.get("obstacle")),
    }


@dataclass(frozen=True, slots=True)
class _Speaking:
    """The fields of a fact that may be a reference, a code, or its excerpt, best first."""

    refs: Sequence[str]
    codes: Sequence[str]
    texts: Sequence[str]


@lru_cache(maxsize=4096)
def _speaking_in(fields: tuple[str, ...]) -> _Speaking:
    """Facts come in few forms, and each field would else be looked at in every fact."""
    return _Speaking(
        [name for name in fields if name.endswith("_id") and name != "patient_id"],
        [name for name in fields if name in CODES],
        [name for name in EXCERPTS if name in fields],
    )


@lru_cache(maxsize=1024)
def _named(published: str) -> tuple[str, str]:
    """Service and fact."""
    _, service, name, _ = published.split(".")
    return service, name


def _excerpt_of(told: Any) -> dict[str, Any] | None:
    return _excerpt(told, _speaking_in(tuple(told))) if type(told) is dict else None


def _excerpt(told: Mapping[str, Any], speaking: _Speaking) -> dict[str, Any] | None:
    for name in speaking.texts:
        if type(told[name]) is dict:
            excerpt: dict[str, Any] = told[name]
            return excerpt
    return None
