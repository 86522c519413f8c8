"""What whoever follows care does once care says that a patient was erased: what is kept of them is
removed, what comes of them later is let pass, and how much there was is kept, to be confirmed.

What was recorded stays where it is, unreadable: the patient's keys are gone before anybody is told.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Uuid, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.access import care_facts
from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded

CATEGORIES = frozenset({"erasure"})
"""Care's streams that say who was erased."""

SPARED = CATEGORIES | {"confirmation"}
"""Streams that tell of the erasure itself: they are heard still, once somebody is erased."""

Subject = tuple[UUID, UUID]
"""Tenant and patient id."""


class PatientErased(Fact):
    patient_id: UUID
    erased_at: datetime


ERASED = "interlude.care.PatientErased.v1"
READS: Mapping[str, type[PatientErased]] = {ERASED: PatientErased}

erased = Table(
    "known_erased",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("removed", JSONB, nullable=False),
)
"""`removed`: how many rows of which table there were."""

# Partitions are shared among followers. Whoever removes waits for all batches that began before
# this was known, and whichever begins afterwards knows it. Each service waits for its own alone:
# all hear of an erasure at the same moment, and would else wait for each other in a circle.
_KEY = "hashtextextended('interlude.erasing.' || current_schema(), 0)"
TOGETHER = f"SELECT pg_advisory_xact_lock_shared({_KEY})"
"""For whoever writes of patients: nobody is erased until their transaction has ended."""
_SHARED = text(TOGETHER)
_ALONE = text(f"SELECT pg_advisory_xact_lock({_KEY})")
_FORGOTTEN = text("""
SELECT tenant_id, patient_id FROM known_erased
JOIN unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[])) AS asked(tenant_id, patient_id)
USING (tenant_id, patient_id)
""")
_ERASED = text("""
INSERT INTO known_erased (tenant_id, patient_id, erased_at, removed)
VALUES (:tenant, :patient, :erased_at, CAST(:removed AS jsonb))
ON CONFLICT (tenant_id, patient_id) DO NOTHING
""")
_TENANT = text("SELECT set_config('interlude.tenant', :tenant, true)")

# An answer says which streams it has changed, and up to which version; those of this patient's go.
_ANSWERS = text("""
WITH told AS (
  SELECT scope, key,
    translate(CAST(convert_from(answer, 'UTF8') AS json) ->> 2, '-_', '+/') AS reached
  FROM idempotency WHERE tenant_id = :tenant
), plain AS (
  SELECT scope, key, convert_from(
    decode(rpad(reached, (length(reached) + 3) / 4 * 4, '='), 'base64'), 'UTF8') AS reached
  FROM told
), theirs AS (
  SELECT DISTINCT plain.scope, plain.key FROM plain
  CROSS JOIN LATERAL string_to_table(plain.reached, ',') AS changed
  JOIN events e ON e.tenant_id = :tenant
    AND e.stream_id = split_part(changed, '@', 1)
    AND e.version = CAST(split_part(changed, '@', 2) AS int)
  WHERE e.subject_id = :patient
)
DELETE FROM idempotency i USING theirs
WHERE i.tenant_id = :tenant AND i.scope = theirs.scope AND i.key = theirs.key
""")


def keep(db: Connection, events: Sequence[Recorded], *kept: Table, answers: bool = True) -> None:
    """After everything else that these events write, and `alone`. `kept` are the tables, beside
    care's facts, with a `patient_id`; `answers` where requests are answered, whose answers are
    remembered.
    """
    for recorded in events:
        fact = read_as(recorded, READS)
        if fact is not None:
            _erase(db, recorded.tenant_id, fact, kept, answers=answers)


def alone(db: Connection, events: Sequence[Recorded]) -> None:
    """For `Reader.alone` of whoever keeps these events."""
    if any(recorded.known_as == ERASED for recorded in events):
        db.execute(_ALONE)


def forgotten(db: Connection, subjects: Collection[Subject]) -> Collection[Subject]:
    """Those of them that were erased, for `Reader.forgotten`. Nobody else is meanwhile."""
    if not subjects:
        return ()
    db.execute(_SHARED)
    asked = {
        "tenants": [tenant_id for tenant_id, _ in subjects],
        "patients": [patient_id for _, patient_id in subjects],
    }
    return {(UUID(int=t.int), UUID(int=p.int)) for t, p in db.execute(_FORGOTTEN, asked)}


def removed(db: Connection, tenant_id: UUID, patient_id: UUID) -> Mapping[str, int] | None:
    """None where it is not known yet that they were erased."""
    found: Mapping[str, int] | None = db.execute(
        select(erased.c.removed).where(
            erased.c.tenant_id == tenant_id, erased.c.patient_id == patient_id
        )
    ).scalar()
    return found


def _erase(
    db: Connection,
    tenant_id: UUID,
    fact: PatientErased,
    kept: Sequence[Table],
    *,
    answers: bool,
) -> None:
    who = {"tenant": tenant_id, "patient": fact.patient_id}
    people = care_facts.people
    counts = {
        str(people.name): db.execute(
            delete(people).where(
                people.c.tenant_id == tenant_id,
                people.c.person_id == fact.patient_id,
                people.c.kind == "patient",
            )
        ).rowcount
    }
    for table in (care_facts.relationships, care_facts.sessions, *kept):
        counts[str(table.name)] = db.execute(
            delete(table).where(
                table.c.tenant_id == tenant_id, table.c.patient_id == fact.patient_id
            )
        ).rowcount
    if answers:
        db.execute(_TENANT, {"tenant": str(tenant_id)})
        counts["answers"] = db.execute(_ANSWERS, who).rowcount
    told = orjson.dumps(counts).decode()
    db.execute(_ERASED, {**who, "erased_at": fact.erased_at, "removed": told})
