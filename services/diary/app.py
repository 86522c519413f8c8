"""The diary's HTTP side, put together."""

from fastapi import FastAPI

import services.diary
from libs.process.roles import started
from libs.web.hosting import Hosted, Settings, host
from libs.web.service import create_service_app
from services.diary import api, follow, wire
from services.diary.examples import REQUESTS


def create_app(hosted: Hosted) -> FastAPI:
    desk = hosted.parts.desk
    routes = api.routes(hosted.edge, entries=desk(wire.entries), notebooks=desk(wire.notebooks))
    return create_service_app(
        "Interlude: diary",
        services.diary.__doc__ or "",
        hosted.edge,
        [routes],
        statuses=api.STATUSES,
        examples=REQUESTS,
        readiness=hosted.readiness,
        manners=hosted.manners,
    )


def serve() -> None:
    host("diary", started("diary", "api", Settings), create_app, categories=follow.CATEGORIES)
