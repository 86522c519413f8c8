"""What a clinic's people agree on anew, over HTTP."""

from libs.access.policy import NOBODY
from libs.eventstore.desk import Desk
from libs.web.commands import Commands, Edge, Router
from services.care import access
from services.care.domain import clinic
from services.care.domain.clinic_settings import ChangeClinicSettings, CrisisTextTwice

Clinics = Desk[clinic.Command, clinic.State, clinic.Event]

WRONG_CONTENT = (CrisisTextTwice,)


def routes(edge: Edge, clinics: Clinics) -> Router:
    on = Commands(edge, clinics, subject=lambda _state: NOBODY)
    on.act(
        "/v1/clinics/{id}/settings",
        ChangeClinicSettings,
        operation="changeClinicSettings",
        grant=access.ADMINS,
    )
    return on.router
