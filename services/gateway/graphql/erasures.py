"""The erasure of a patient, as care tells it to whoever asks: it outlives every read model."""

from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import ValidationError

from services.gateway import clients
from services.gateway.graphql.context import Context
from services.gateway.graphql.errors import Unavailable
from services.gateway.graphql.looking import now_looking
from services.gateway.graphql.passing import passed_on
from services.gateway.graphql.types import PatientId, about, many, maybe
from services.gateway.projections import lists
from services.gateway.projections.shapes import Shape


@strawberry.pydantic.type(description="What holds an erasure, and until when.")
class ErasureHolding(Shape):
    reason: lists.ErasureHold = about("What it is.")
    until: datetime | None = maybe("Null: until somebody ends it.")
    counted_from: lists.RetentionFrom | None = maybe("Of a time of retention.")
    held_at: datetime = about("Since when.")


@strawberry.pydantic.type(description="How many rows of what were removed.")
class RemovedRows(Shape):
    what: str = about("The name of a table.")
    count: int = about("How many there were.")


@strawberry.pydantic.type(description="Somebody has removed what they kept of the patient.")
class ErasureConfirmation(Shape):
    where: lists.ErasurePlace = about("Who.")
    confirmed_at: datetime = about("When.")
    removed: tuple[RemovedRows, ...] = many("What, and how much.")


@strawberry.pydantic.type(
    description="Where the erasure of a patient stands; once certified, its certificate."
)
class Erasure(Shape):
    patient_id: PatientId = about("Whose.")
    status: lists.ErasureStatus = about("Where it stands.")
    requested_by: lists.ErasureAsker = about("Who asked for it.")
    because: lists.ErasureReason = about("Why.")
    requested_at: datetime = about("When it was asked for.")
    announced_at: datetime | None = maybe("When the clinic announced it.")
    not_before: datetime | None = maybe("Until then the patient may change their mind.")
    holds: tuple[ErasureHolding, ...] = many("What holds it.")
    withdrawn_at: datetime | None = maybe("When it was taken back.")
    released_at: datetime | None = maybe("From when on it could not be taken back.")
    erased_at: datetime | None = maybe("When the keys were destroyed.")
    unreadable_from: datetime | None = maybe("By then nobody remembered a key.")
    confirmations: tuple[ErasureConfirmation, ...] = many("Who has removed what.")
    certified_at: datetime | None = maybe("When all of them had.")


async def of_patient(context: Context, patient_id: UUID | None) -> Erasure | None:
    """Null also where it is not theirs to see: care answers both alike."""
    who = context.principal
    care = context.parts.clients.get("care")
    if care is None:
        raise Unavailable
    if patient_id is None:
        return None
    with passed_on():
        told = await clients.get(care, f"/v1/erasures/{patient_id}", context.forwarded)
    if told is None:
        now_looking().was_refused(patient_id)
        return None
    own = "patient" in who.roles and who.person_id == patient_id
    now_looking().was_let(patient_id, "self" if own else "administration")
    try:
        return Erasure.model_validate({**told, "patient_id": patient_id})
    except ValidationError:
        raise Unavailable from None
