"""What patients allow to be done with what is recorded about them, and whether they still do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import lists
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

consents = table(
    "consents",
    ["consent_id"],
    Column("patient_id", Uuid),
    Column("scope", Text),
    Column("purpose", Text),
    Column("given_by", Text),
    Column("given_at", Instant),
    Column("withdrawn_at", Instant),
    Index("consents_of", "tenant_id", "patient_id"),
)

tables = (consents,)


class ConsentGiven(Shape):
    patient_id: UUID
    scope: lists.ConsentScope
    purpose: lists.ConsentPurpose
    given_by: lists.Party
    given_at: datetime


class ConsentWithdrawn(Shape):
    withdrawn_at: datetime


reads: Reads = {
    "interlude.care.ConsentGiven.v1": ConsentGiven,
    "interlude.care.ConsentWithdrawn.v1": ConsentWithdrawn,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(consents)
    for recorded, fact in facts_of(events, reads):
        key = recorded.tenant_id, recorded.stream_uuid
        match fact:
            case ConsentGiven():
                rows.set(*key, withdrawn_at=None, **fact.model_dump())
            case ConsentWithdrawn():
                rows.set(*key, withdrawn_at=fact.withdrawn_at)
    rows.write(db)
