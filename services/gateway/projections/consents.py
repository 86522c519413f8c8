"""What patients allow to be done with what is recorded about them, and whether they still do."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import lists, shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, Json, table

consents = table(
    "consents",
    ["consent_id"],
    Column("patient_id", Uuid),
    Column("scope", Text),
    Column("purpose", Text),
    Column("text_version", Text),
    Column("attested", Text),
    Column("shared_with", Json),
    Column("relation", Text),
    Column("what_for", Json),
    Column("until", Date),
    Column("given_by", Text),
    Column("given_at", Instant),
    Column("withdrawn_at", Instant),
    Index("consents_of", "tenant_id", "patient_id"),
)
"""As last given; every giving and withdrawal is in the timeline."""

tables = (consents,)


class ConsentGiven(Shape):
    patient_id: UUID
    scope: lists.ConsentScope
    purpose: lists.ConsentPurpose
    given_by: lists.Party
    given_at: datetime


class TreatmentConsentGiven(Shape):
    patient_id: UUID
    text_version: str
    given_by: lists.Party
    attested: lists.Attestation | None = None
    given_at: datetime


class SharingConsentGiven(Shape):
    patient_id: UUID
    shared_with: shapes.Text = None
    relation: lists.ConsentRelation
    what_for: shapes.Text = None
    until: date | None = None
    text_version: str
    given_by: lists.Party
    attested: lists.Attestation | None = None
    given_at: datetime


class ConsentWithdrawn(Shape):
    withdrawn_at: datetime


reads: Reads = {
    "interlude.care.ConsentGiven.v1": ConsentGiven,
    "interlude.care.TreatmentConsentGiven.v1": TreatmentConsentGiven,
    "interlude.care.SharingConsentGiven.v1": SharingConsentGiven,
    "interlude.care.ConsentWithdrawn.v1": ConsentWithdrawn,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(consents)
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **_changed(fact))
    rows.write(db)


def _changed(fact: Shape) -> dict[str, Any]:
    match fact:
        case ConsentGiven():
            return {"withdrawn_at": None, **fact.model_dump()}
        case TreatmentConsentGiven():
            return {"withdrawn_at": None, "scope": "treatment", **fact.model_dump()}
        case SharingConsentGiven():
            given = fact.model_dump(warnings=False)
            return {"withdrawn_at": None, "scope": "sharing", **given}
        case ConsentWithdrawn():
            return {"withdrawn_at": fact.withdrawn_at}
    return {}
