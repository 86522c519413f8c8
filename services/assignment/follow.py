"""What this service keeps of other streams: care's people and sessions, the clinics' settings, and
which homework is open, so that a session that moves finds the due dates that hang on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Uuid,
)

from libs.access import care_facts, erasing
from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import StoreUnavailable
from libs.eventstore.upserting import Row, upsert
from services.assignment import looks
from services.assignment.domain.readiness import LOW_CONFIDENCE

AWAITED = care_facts.CATEGORIES | erasing.CATEGORIES | {"clinic"}
"""Care's streams: what a consistency token names of them is waited for."""

CATEGORIES = AWAITED | {"assignment"}
"""The streams that are followed. Our own serve the reactions alone: no request waits for them."""

# --- What is read. ---


class ClinicRegistered(Fact):
    low_confidence_threshold: float = LOW_CONFIDENCE
    rationale_gate: bool = False


class AssignmentCreated(Fact):
    patient_id: UUID
    therapist_id: UUID
    created_in_session_id: UUID | None = None
    created_at: datetime


class AssignmentActivated(Fact):
    activated_at: datetime


class HomeworkCompleted(Fact):
    pass


class DueRule(Fact):
    kind: str
    session_id: UUID | None = None
    offset_min: int = 0


class DueDateSet(Fact):
    rule: DueRule
    session_id: UUID | None = None
    due_at: datetime | None = None


class DueDateMoved(Fact):
    session_id: UUID | None = None
    due_at: datetime | None = None


READS: dict[str, type[Fact]] = {
    "interlude.care.ClinicRegistered.v1": ClinicRegistered,
    "interlude.assignment.AssignmentCreated.v1": AssignmentCreated,
    "interlude.assignment.AssignmentActivated.v1": AssignmentActivated,
    "interlude.assignment.HomeworkCompleted.v1": HomeworkCompleted,
    "interlude.assignment.DueDateSet.v1": DueDateSet,
    "interlude.assignment.DueDateMoved.v1": DueDateMoved,
}

# --- What is kept. A row is written from one stream only. ---

tables = MetaData()
_instant = DateTime(timezone=True)

clinics = Table(
    "known_clinics",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("low_confidence_threshold", Float, nullable=False),
    Column("rationale_gate", Boolean, nullable=False),
)
homework = Table(
    "known_homework",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("assignment_id", Uuid, primary_key=True),
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("created_in_session_id", Uuid),
    Column("given_at", _instant),
    Column("closed", Boolean),
    Column("follows_sessions", Boolean),
    Column("named_session_id", Uuid),
    Column("offset_min", Integer),
    Column("due_session_id", Uuid),
    Column("due_at", _instant),
    Index("known_homework_of", "tenant_id", "patient_id"),
)


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    care_facts.keep(db, events)
    rows: dict[Table, list[Row]] = {clinics: [], homework: []}
    for recorded in events:
        if (fact := read_as(recorded, READS)) is not None:
            table, row = _kept(recorded, fact)
            rows[table].append(row)
    for table, written in rows.items():
        upsert(db, table, written)
    looks.keep(db, events)
    erasing.keep(db, events, homework, looks.homework_looks)


def _kept(recorded: Recorded, fact: Fact) -> tuple[Table, Row]:
    match fact:
        case ClinicRegistered():
            return clinics, {"tenant_id": recorded.tenant_id, **fact.model_dump()}
        case AssignmentCreated():
            told = fact.model_dump(exclude={"created_at"})
            return _homework(recorded, given_at=fact.created_at, closed=False, **told)
        case AssignmentActivated():
            return _homework(recorded, given_at=fact.activated_at)
        case DueDateSet():
            return _homework(
                recorded,
                follows_sessions=fact.rule.kind in {"next_session", "session"},
                named_session_id=fact.rule.session_id,
                offset_min=fact.rule.offset_min,
                due_session_id=fact.session_id,
                due_at=fact.due_at,
            )
        case DueDateMoved():
            return _homework(recorded, due_session_id=fact.session_id, due_at=fact.due_at)
        case _:
            return _homework(recorded, closed=True)


def _homework(recorded: Recorded, **columns: object) -> tuple[Table, Row]:
    return homework, {
        "tenant_id": recorded.tenant_id,
        "assignment_id": recorded.stream_uuid,
        **columns,
    }


# --- What is asked of it while serving. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSettings:
    low_confidence_below: float = LOW_CONFIDENCE
    rationale_gate: bool = False


class Clinics(Protocol):
    async def settings(self, tenant_id: UUID) -> ClinicSettings:
        """The defaults for a clinic that is not known yet."""


_SETTINGS = """
SELECT low_confidence_threshold, rationale_gate FROM known_clinics WHERE tenant_id = $1
"""


_TRUSTED_FOR = 5.0
"""Seconds for which a process may remember a clinic's settings."""


class KnownClinics:
    """`monotonic` is a clock and `patience` a time in seconds. Raises `StoreUnavailable`."""

    def __init__(
        self, pool: Pool, *, monotonic: Callable[[], float], patience: float = 2.0
    ) -> None:
        self._pool = pool
        self._patience = patience
        self._monotonic = monotonic
        self._remembered: dict[UUID, tuple[float, ClinicSettings]] = {}

    async def settings(self, tenant_id: UUID) -> ClinicSettings:
        until, known = self._remembered.get(tenant_id, (0.0, ClinicSettings()))
        now = self._monotonic()
        if until <= now:
            known = await self._asked(tenant_id)
            self._remembered[tenant_id] = now + _TRUSTED_FOR, known
        return known

    async def _asked(self, tenant_id: UUID) -> ClinicSettings:
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                row: asyncpg.Record | None = await connection.fetchrow(_SETTINGS, tenant_id)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        if row is None:
            return ClinicSettings()
        return ClinicSettings(
            low_confidence_below=row["low_confidence_threshold"],
            rationale_gate=row["rationale_gate"],
        )
