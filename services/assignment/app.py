"""The homework's HTTP side, put together."""

from fastapi import FastAPI

import services.assignment
from libs.process.roles import started
from libs.web.hosting import Hosted, Settings, host
from libs.web.service import create_service_app
from services.assignment import api, follow, templates_api, wire
from services.assignment.catalogue import Catalogue
from services.assignment.examples import REQUESTS
from services.assignment.follow import KnownClinics


def create_app(hosted: Hosted) -> FastAPI:
    desk = hosted.parts.desk
    templates = desk(wire.templates)
    routes = api.routes(
        hosted.edge,
        goals=desk(wire.goals),
        assignments=desk(wire.assignments),
        groupwork=desk(wire.groupworks),
        catalogue=Catalogue(templates=templates),
        clinics=KnownClinics(hosted.parts.pool, monotonic=hosted.parts.monotonic),
    )
    return create_service_app(
        "Interlude: assignment",
        services.assignment.__doc__ or "",
        hosted.edge,
        [routes, templates_api.routes(hosted.edge, templates)],
        statuses=api.STATUSES,
        examples=REQUESTS,
        readiness=hosted.readiness,
        manners=hosted.manners,
    )


def serve() -> None:
    host(
        "assignment",
        started("assignment", "api", Settings),
        create_app,
        categories=follow.AWAITED,
    )
