"""Care of a patient passes from one therapist to another: over HTTP."""

from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import access, leaving
from services.care.domain import relationship, therapist
from services.care.domain.relationship import HandOverCare

CareRelationships = Desk[relationship.Command, relationship.State, relationship.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (relationship.HandedOverToThemselves,)


def routes(
    edge: Edge,
    relationships: CareRelationships,
    therapists: Therapists,
    departures: leaving.Departures,
) -> Router:
    async def to_somebody_known(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        if await therapists.state(tenant, fields["to_therapist_id"]) is None:
            raise NotKnownYet
        if await leaving.has_left(departures, tenant, fields["to_therapist_id"]):
            raise relationship.SuccessorHasLeft
        await _must_be_free(relationships, preparing)
        return {"relationship_id": preparing.stream_uuid}

    on = Commands(edge, relationships, subject=access.pair_of)
    on.act(
        "/v1/care-relationships/{id}/hand-overs",
        HandOverCare,
        operation="handOverCare",
        grant=access.REGISTRARS,
        prepare=to_somebody_known,
    )
    return on.router


async def _must_be_free(relationships: CareRelationships, preparing: Preparing) -> None:
    """Else what follows could never begin. Told again, it has begun between these two."""
    tenant, fields = preparing.principal.tenant_id, preparing.fields
    there = await relationships.state(tenant, fields["to_relationship_id"])
    if there is None:
        return
    before = await relationships.state(tenant, preparing.stream_uuid)
    theirs = access.pair_of(relationship.NotBegun() if before is None else before[0]).patient_id
    pair = access.pair_of(there[0])
    if (pair.patient_id, pair.therapist_id) != (theirs, fields["to_therapist_id"]):
        raise relationship.SuccessorBegunOtherwise
