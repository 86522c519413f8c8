"""What review keeps of other services' facts: people, relationships and sessions as every service
does, and whose assignment it is. Ids, zones and times only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Column, Connection, MetaData, Table, Uuid

from libs.access import care_facts, erasing
from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import StoreUnavailable
from libs.eventstore.upserting import upsert
from services.review.domain.state import AssignmentId, PatientId, TherapistId


class AssignmentCreated(Fact):
    """The part of it that a review needs, and no more."""

    patient_id: UUID
    therapist_id: UUID


READS = {"interlude.assignment.AssignmentCreated.v1": AssignmentCreated}

known_assignments = Table(
    "known_assignments",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("assignment_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, nullable=False),
    Column("therapist_id", Uuid, nullable=False),
)


CATEGORIES = care_facts.CATEGORIES | erasing.CATEGORIES | {"assignment"}
"""The streams that are followed; a consistency token's others are not waited for."""


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    care_facts.keep(db, events)
    upsert(
        db,
        known_assignments,
        [
            {
                "tenant_id": recorded.tenant_id,
                "assignment_id": recorded.stream_uuid,
                "patient_id": fact.patient_id,
                "therapist_id": fact.therapist_id,
            }
            for recorded in events
            if (fact := read_as(recorded, READS)) is not None
        ],
    )
    erasing.keep(db, events, known_assignments)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAssignment:
    """`therapist_id` is who gave it."""

    assignment_id: AssignmentId
    patient_id: PatientId
    therapist_id: TherapistId


class Assignments(Protocol):
    async def assignment(self, tenant_id: UUID, assignment_id: UUID) -> KnownAssignment | None: ...


_ASSIGNMENT = """
SELECT assignment_id, patient_id, therapist_id FROM known_assignments
WHERE tenant_id = $1 AND assignment_id = $2
"""


class KeptAssignments:
    """`patience` is a time in seconds. Raises `StoreUnavailable`."""

    def __init__(self, pool: Pool, *, patience: float = 2.0) -> None:
        self._pool = pool
        self._patience = patience

    async def assignment(self, tenant_id: UUID, assignment_id: UUID) -> KnownAssignment | None:
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                row = await connection.fetchrow(_ASSIGNMENT, tenant_id, assignment_id)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return row and KnownAssignment(**row)
