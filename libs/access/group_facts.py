"""What is kept of care's groups where somebody asks: who leads one, and who belongs to it. Ids,
policies and times only; no group's name.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Text, Uuid

from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.upserting import Row, upsert

CATEGORIES = frozenset({"group"})


class GroupCreated(Fact):
    late_joiners: str


class FacilitatorAdded(Fact):
    therapist_id: UUID


class FacilitatorRemoved(Fact):
    therapist_id: UUID
    removed_at: datetime


class MemberAdded(Fact):
    patient_id: UUID
    joined_at: datetime


class MemberRemoved(Fact):
    patient_id: UUID
    left_at: datetime


READS: dict[str, type[Fact]] = {
    "interlude.care.GroupCreated.v1": GroupCreated,
    "interlude.care.FacilitatorAdded.v1": FacilitatorAdded,
    "interlude.care.FacilitatorRemoved.v1": FacilitatorRemoved,
    "interlude.care.MemberAdded.v1": MemberAdded,
    "interlude.care.MemberRemoved.v1": MemberRemoved,
}

tables = MetaData()
_instant = DateTime(timezone=True)

groups = Table(
    "known_groups",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("late_joiners", Text),
)
facilitators = Table(
    "known_facilitators",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("therapist_id", Uuid, primary_key=True),
    Column("removed_at", _instant),
)
members = Table(
    "known_members",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("joined_at", _instant),
    Column("left_at", _instant),
)

_KEPT = (groups, facilitators, members)


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    rows: dict[Table, list[Row]] = {table: [] for table in _KEPT}
    for recorded in events:
        if (fact := read_as(recorded, READS)) is not None:
            table, row = _kept(fact)
            rows[table].append(
                {"tenant_id": recorded.tenant_id, "group_id": recorded.stream_uuid, **row}
            )
    for table, written in rows.items():
        upsert(db, table, written)


def _kept(fact: Fact) -> tuple[Table, Row]:
    """Who comes back has not left any more."""
    match fact:
        case FacilitatorAdded():
            return facilitators, {**fact.model_dump(), "removed_at": None}
        case FacilitatorRemoved():
            return facilitators, fact.model_dump()
        case MemberAdded():
            return members, {**fact.model_dump(), "left_at": None}
        case MemberRemoved():
            return members, fact.model_dump()
        case _:
            return groups, fact.model_dump()
