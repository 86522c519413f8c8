"""Every fact about a patient: what kind, who told it, when in the world and when to us, what it
speaks of, and a sealed excerpt where somebody wrote something.
"""

from collections.abc import Mapping, Sequence
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

NOT_ABOUT_A_PATIENT = frozenset({"clinic", "therapist"})

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
)
"""The fields that tell best what a fact says, best first."""

_TEXTS = frozenset(EXCERPTS)

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
        "quantity",
        "plan_version",
        "willing",
    }
)


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(timeline)
    for recorded in events:
        if recorded.subject_id is not None and recorded.category not in NOT_ABOUT_A_PATIENT:
            rows.add(_row(recorded))
    rows.write(db)


def _row(recorded: Recorded) -> dict[str, Any]:
    _, service, name, _ = recorded.type.split(".")
    told = all_of(recorded)
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
        "refs": _refs(told),
        "codes": _codes(told),
        "excerpt": _excerpt(told) or _excerpt(told.get("obstacle")),
    }


def _refs(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value
        for name, value in told.items()
        if name[-3:] == "_id" and name != "patient_id" and type(value) is str
    }


def _codes(told: Mapping[str, Any]) -> dict[str, Any]:
    """A set is met with another at once; to ask for each code by its name takes longer than all
    else here.
    """
    return {name: told[name] for name in CODES & told.keys() if isinstance(told[name], str | int)}


def _excerpt(told: Any) -> dict[str, Any] | None:
    if type(told) is not dict or _TEXTS.isdisjoint(told):
        return None
    return next((told[name] for name in EXCERPTS if isinstance(told.get(name), dict)), None)
