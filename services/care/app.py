"""Care's HTTP side, put together."""

from fastapi import FastAPI

import services.care
from libs.process.roles import started
from libs.web.hosting import Hosted, Settings, host
from libs.web.service import create_service_app
from services.care import api, follow, wire
from services.care.agenda import KnownAgenda
from services.care.erasing_api import Erasing
from services.care.examples import REQUESTS


def create_app(hosted: Hosted) -> FastAPI:
    desk = hosted.parts.desk
    routes = api.routes(
        hosted.edge,
        clinics=desk(wire.clinics),
        therapists=desk(wire.therapists),
        patients=desk(wire.patients),
        relationships=desk(wire.relationships),
        supervisions=desk(wire.supervisions),
        sessions=desk(wire.sessions),
        series=desk(wire.series),
        agenda=KnownAgenda(hosted.parts.pool),
        groups=desk(wire.groups),
        consents=desk(wire.consents),
        departures=desk(wire.departures),
        records_windows=desk(wire.records_windows),
        erasing=Erasing(
            policies=desk(wire.policies),
            erasures=desk(wire.erasures),
            private_texts=desk(wire.private_texts),
        ),
        identifiers=hosted.parts.identifiers(),
        keyring=hosted.parts.keyring,
    )
    return create_service_app(
        "Interlude: care",
        services.care.__doc__ or "",
        hosted.edge,
        [routes],
        statuses=api.STATUSES,
        examples=REQUESTS,
        readiness=hosted.readiness,
        manners=hosted.manners,
    )


def serve() -> None:
    host(
        "care",
        started("care", "api", Settings),
        create_app,
        categories=follow.CATEGORIES,
        passes="gateway",
    )
