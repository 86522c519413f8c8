"""Which homework groups were given, so that who joins later is given it, too."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Index, MetaData, Table, Uuid

from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.upserting import upsert

CATEGORIES = frozenset({"groupwork"})


class GroupAssignmentIssued(Fact):
    group_id: UUID
    issued_at: datetime


READS: dict[str, type[GroupAssignmentIssued]] = {
    "interlude.assignment.GroupAssignmentIssued.v1": GroupAssignmentIssued,
}

group_homework = Table(
    "known_group_homework",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_assignment_id", Uuid, primary_key=True),
    Column("group_id", Uuid),
    Column("issued_at", DateTime(timezone=True)),
    Index("known_group_homework_of", "tenant_id", "group_id"),
)


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    upsert(
        db,
        group_homework,
        [
            {
                "tenant_id": recorded.tenant_id,
                "group_assignment_id": recorded.stream_uuid,
                **fact.model_dump(),
            }
            for recorded in events
            if (fact := read_as(recorded, READS)) is not None
        ],
    )
