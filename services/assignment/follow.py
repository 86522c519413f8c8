"""What this service keeps of other streams: care's people and sessions, the clinics' settings, who
died, and which homework is open, so that a session that moves finds the due dates that hang on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Uuid,
)

from libs.access import care_facts, erasing, group_facts
from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import StoreUnavailable
from libs.eventstore.upserting import Row, upsert
from services.assignment import group_follow, looks
from services.assignment.domain.readiness import LOW_CONFIDENCE

AWAITED = care_facts.CATEGORIES | group_facts.CATEGORIES | erasing.CATEGORIES | {"clinic"}
"""Care's streams: what a consistency token names of them is waited for."""

CATEGORIES = AWAITED | group_follow.CATEGORIES | {"assignment"}
"""The streams that are followed. Our own serve the reactions alone: no request waits for them."""

# --- What is read. ---


class ClinicRegistered(Fact):
    low_confidence_threshold: float = LOW_CONFIDENCE
    rationale_gate: bool = False


class ClinicSettingsChanged(Fact):
    low_confidence_threshold: float | None = None
    rationale_gate: bool | None = None


class AssignmentCreated(Fact):
    patient_id: UUID
    therapist_id: UUID
    created_in_session_id: UUID | None = None
    created_at: datetime


class AssignmentActivated(Fact):
    activated_at: datetime


class Ended(Fact):
    """In whatever way."""


class AssignmentReopened(Fact):
    pass


class PatientDied(Fact):
    patient_id: UUID
    died_on: date


class PatientDeathCorrected(Fact):
    patient_id: UUID


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
    "interlude.care.ClinicSettingsChanged.v1": ClinicSettingsChanged,
    "interlude.care.PatientDied.v1": PatientDied,
    "interlude.care.PatientDeathCorrected.v1": PatientDeathCorrected,
    "interlude.assignment.AssignmentCreated.v1": AssignmentCreated,
    "interlude.assignment.AssignmentActivated.v1": AssignmentActivated,
    **{
        f"interlude.assignment.{end}.v1": Ended
        for end in (
            "HomeworkCompleted",
            "HomeworkPartiallyCompleted",
            "HomeworkNotDone",
            "AssignmentDiscontinued",
            "AssignmentEndedByDeath",
            "AssignmentEnteredInError",
        )
    },
    "interlude.assignment.AssignmentReopened.v1": AssignmentReopened,
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
    Column("low_confidence_threshold", Float),
    Column("rationale_gate", Boolean),
)
deaths = Table(
    "known_deaths",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("died_on", Date),
)
"""Null where it was corrected: the patient is alive."""
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
    rows: dict[Table, list[Row]] = {clinics: [], deaths: [], homework: []}
    for recorded in events:
        if (fact := read_as(recorded, READS)) is not None:
            table, row = _kept(recorded, fact)
            rows[table].append(row)
    for table, written in rows.items():
        upsert(db, table, written)
    group_facts.keep(db, events)
    group_follow.keep(db, events)
    looks.keep(db, events)
    erasing.keep(db, events, homework, deaths, looks.homework_looks, group_facts.members)


def _kept(recorded: Recorded, fact: Fact) -> tuple[Table, Row]:  # noqa: PLR0911 - a line or two for each fact
    match fact:
        case ClinicRegistered() | ClinicSettingsChanged():
            told = fact.model_dump(exclude_none=True)
            return clinics, {"tenant_id": recorded.tenant_id, **told}
        case PatientDied():
            return _death(recorded, fact.patient_id, fact.died_on)
        case PatientDeathCorrected():
            return _death(recorded, fact.patient_id, None)
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
        case AssignmentReopened():
            return _homework(recorded, closed=False)
        case _:
            return _homework(recorded, closed=True)


def _death(recorded: Recorded, patient_id: UUID, died_on: date | None) -> tuple[Table, Row]:
    return deaths, {
        "tenant_id": recorded.tenant_id,
        "patient_id": patient_id,
        "died_on": died_on,
    }


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
