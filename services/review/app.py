"""The reviews' HTTP side, put together."""

from fastapi import FastAPI

import services.review
from libs.process.roles import started
from libs.web.hosting import Hosted, Settings, host
from libs.web.service import create_service_app
from services.review import api, follow, wire
from services.review.examples import REQUESTS
from services.review.follow import KeptAssignments


def create_app(hosted: Hosted) -> FastAPI:
    desk = hosted.parts.desk
    routes = api.routes(
        hosted.edge,
        reviews=desk(wire.reviews),
        assignments=KeptAssignments(hosted.parts.pool),
    )
    return create_service_app(
        "Interlude: review",
        services.review.__doc__ or "",
        hosted.edge,
        [routes],
        statuses=api.STATUSES,
        examples=REQUESTS,
        readiness=hosted.readiness,
        manners=hosted.manners,
    )


def serve() -> None:
    host("review", started("review", "api", Settings), create_app, categories=follow.CATEGORIES)
