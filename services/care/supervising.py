"""Who supervises whom, over HTTP."""

from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import access, view
from services.care.domain import supervision, therapist

Supervisions = Desk[supervision.Command, supervision.State, supervision.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]


def routes(edge: Edge, *, supervisions: Supervisions, therapists: Therapists) -> Router:
    async def of_a_known_therapist(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        if await therapists.state(tenant, fields["therapist_id"]) is None:
            raise NotKnownYet
        return {}

    on = Commands(edge, supervisions, subject=access.colleagues_of)
    on.create(
        "/v1/supervisions",
        supervision.BeginSupervision,
        operation="beginSupervision",
        grant=access.REGISTRARS,
        prepare=of_a_known_therapist,
    )
    on.act(
        "/v1/supervisions/{id}/ends",
        supervision.EndSupervision,
        operation="endSupervision",
        grant=access.REGISTRARS,
    )
    on.show(
        "/v1/supervisions/{id}",
        view.SupervisionView,
        view.of_supervision,
        operation="supervision",
        grant=access.COLLEAGUES_CONCERNED,
    )
    return on.router
