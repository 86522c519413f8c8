"""Who was erased: what the read models hold of them is removed, and how much it was is kept.

Like the feed this is the projector's own record and no read model: what is removed once cannot be
counted again. Of whoever stands here nothing more is written, however late it comes, and whatever
is made anew from the topics leaves them out.
"""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.access.erasing import ERASED, PatientErased
from libs.eventstore.reading import reading
from libs.eventstore.recorded import Recorded
from services.gateway.projections import feed
from services.gateway.projections import tables as read_models

Subject = tuple[UUID, UUID]
"""Tenant and patient id."""

erased = Table(
    "erased",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("removed", JSONB, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
)
"""`confirmed_at`: when care has taken the gateway's word for it."""

tables = (erased,)

# Partitions are shared among projectors. Whoever removes waits for all batches that began before
# this was known, and whichever begins afterwards knows it.
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('interlude.erased', 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('interlude.erased', 0))")
_FORGOTTEN = text("""
SELECT tenant_id, patient_id FROM erased
JOIN unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[])) AS asked(tenant_id, patient_id)
USING (tenant_id, patient_id)
""")

# Every statement here is text of ours; values are arguments.
# ruff: noqa: S608

_OF_PATIENT = "tenant_id = :tenant AND patient_id = :patient"
_OF_THEIR_HOMEWORK = f"assignment_id IN (SELECT assignment_id FROM assignments WHERE {_OF_PATIENT})"
_WHERE = {
    "people": "tenant_id = :tenant AND person_id = :patient AND kind = 'patient'",
    "assignment_parts": f"tenant_id = :tenant AND {_OF_THEIR_HOMEWORK}",
    "review_parts": f"""tenant_id = :tenant AND review_id IN (
        SELECT review_id FROM reviews WHERE {_OF_PATIENT})""",
}
"""Whose rows these are, where no column says it."""

_ALSO = {
    "occurrences": f"tenant_id = :tenant AND patient_id IS NULL AND {_OF_THEIR_HOMEWORK}",
}
"""Windows that were withdrawn did not always say whose they were."""

OF_NO_PATIENT = frozenset(
    {"clinics", "supervisions", "departures", "records_windows", "templates", "template_versions"}
)


def project(db: Connection, events: Sequence[Recorded]) -> None:
    """After all other projections, and `alone`: what this batch tells of somebody is removed with
    the rest.
    """
    for recorded, fact in _facts(events):
        db.execute(
            text(_removing_all()),
            {
                "tenant": recorded.tenant_id,
                "patient": fact.patient_id,
                "erased_at": fact.erased_at,
            },
        )


def alone(db: Connection, events: Sequence[Recorded]) -> None:
    """For `Reader.alone`."""
    if any(_facts(events)):
        db.execute(_ALONE)


def forgotten(db: Connection, subjects: Collection[Subject]) -> Collection[Subject]:
    """For `Reader.forgotten`. Until the transaction ends nobody else is."""
    if not subjects:
        return ()
    db.execute(_SHARED)
    asked = {
        "tenants": [tenant_id for tenant_id, _ in subjects],
        "patients": [patient_id for _, patient_id in subjects],
    }
    return {(tenant_id, patient_id) for tenant_id, patient_id in db.execute(_FORGOTTEN, asked)}


def without_them(db: Connection, events: Sequence[Recorded], of: Collection[str]) -> None:
    """The same for a few tables that are made anew, and of which nobody keeps count."""
    for recorded, fact in _facts(events):
        who = {"tenant": recorded.tenant_id, "patient": fact.patient_id}
        for table in _in_order(of):
            db.execute(text(f"DELETE FROM {table} WHERE {_condition(table)}"), who)


def _facts(events: Sequence[Recorded]) -> Iterator[tuple[Recorded, PatientErased]]:
    for recorded in events:
        if recorded.known_as == ERASED:
            yield recorded, reading(recorded, PatientErased)


def _removing_all() -> str:
    """One statement, so that each part of it sees the rows by which it finds its own."""
    names = [*read_models.metadata.tables, *feed.metadata.tables]
    ours = [name for name in sorted(names) if name not in OF_NO_PATIENT]
    gone = [
        f"{name}_gone AS (DELETE FROM {name} WHERE {_condition(name)} RETURNING 1)" for name in ours
    ]
    counts = [f"'{name}', (SELECT count(*) FROM {name}_gone)" for name in ours]
    return (
        f"WITH {', '.join(gone)}"
        " INSERT INTO erased (tenant_id, patient_id, erased_at, removed)"
        f" SELECT :tenant, :patient, :erased_at, jsonb_build_object({', '.join(counts)})"
        " ON CONFLICT (tenant_id, patient_id) DO NOTHING"
    )


def _in_order(names: Collection[str]) -> Sequence[str]:
    """Parts first: they are found by the thing that they are parts of."""
    ours = [name for name in names if name not in OF_NO_PATIENT]
    return sorted(ours, key=lambda name: not name.endswith("_parts"))


def _condition(table: str) -> str:
    told = _WHERE.get(table, _OF_PATIENT)
    return f"{told} OR {_ALSO[table]}" if table in _ALSO else told
