"""When care of a patient was handed over, the relationship of whoever goes on begins.

An append reaches one stream, and a hand-over concerns two: the relationship that it ends and the
one that it begins. It is said in the first, by whose version it is decided, and names the second.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from libs.eventstore.desk import Desk
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from services.care.domain import relationship
from services.care.domain.patient import PatientId
from services.care.domain.relationship import BeginCareRelationship, RelationshipId
from services.care.domain.therapist import TherapistId

CareRelationships = Desk[relationship.Command, relationship.State, relationship.Event]

CATEGORIES = frozenset({"relationship"})


class CareHandedOver(Fact):
    to_relationship_id: UUID
    to_therapist_id: UUID
    patient_id: UUID
    handed_over_at: datetime


def reactions(relationships: CareRelationships) -> Reactions:
    """interlude.care.CareHandedOver  →  BeginCareRelationship, for whoever goes on"""

    def begun(cause: Cause[CareHandedOver], _kept: Connection) -> Sequence[Wish]:
        fact = cause.fact
        command = BeginCareRelationship(
            by=cause.telling["by"],
            happened_at=fact.handed_over_at,
            now=cause.telling["now"],
            id=RelationshipId(fact.to_relationship_id),
            patient_id=PatientId(fact.patient_id),
            therapist_id=TherapistId(fact.to_therapist_id),
        )
        return [
            Wish(
                desk=relationships,
                stream_uuid=fact.to_relationship_id,
                command=command,
                creates=True,
            )
        ]

    reaction = Reaction(name="begin-after-hand-over", reads=CareHandedOver, wishes=begun)
    return {"interlude.care.CareHandedOver.v1": [reaction]}
