"""A service's HTTP side, put together: operations, problems, documentation, probes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Lifespan

from libs.eventstore.decider import Rejected
from libs.process.admin import Readiness
from libs.web import handlers, health
from libs.web.batch import CommandBatch
from libs.web.edge import Edge
from libs.web.front import GUARDS, SECURE, Front
from libs.web.limits import Doors
from libs.web.openapi import Examples, document
from libs.web.operations import Operations, Router

_LOCALHOST = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
_READABLE = ["ETag", "Location", "Interlude-Consistency", "Idempotency-Replayed", "Retry-After"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the profile wants it. `most` requests are answered at a time."""

    local: bool = True
    docs: bool = True
    most: int = 256


def create_service_app(
    title: str,
    description: str,
    edge: Edge,
    routers: Sequence[Router],
    *,
    statuses: Mapping[type[Rejected], HTTPStatus] | None = None,
    examples: Examples | None = None,
    readiness: Readiness | None = None,
    manners: Manners = Manners(),
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """`statuses` names the rules that are not answered by 409."""
    app = _documented(title, manners, lifespan)
    problems = handlers.install(app, statuses)
    operations = Operations(each for router in routers for each in router.operations)
    operations.add(CommandBatch(edge, list(operations), problems))
    health.install(app, readiness or Readiness())
    described = document(title, description, list(operations), examples)
    app.openapi = lambda: described  # type: ignore[method-assign]  # FastAPI's way to say it oneself
    app.add_middleware(
        Front,
        operations=operations,
        service=edge.service,
        problems=problems,
        doors=Doors(manners.most),
        new_id=edge.new_id,
        guards=GUARDS if manners.local else [*GUARDS, SECURE],
    )
    if manners.local:
        _open_to_localhost(app)
    return app


def _documented(title: str, manners: Manners, lifespan: Lifespan[FastAPI] | None) -> FastAPI:
    if not manners.docs:
        return FastAPI(
            title=title, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
        )
    return FastAPIOffline(title=title, lifespan=lifespan)


def _open_to_localhost(app: FastAPI) -> None:
    """A browser on the developer's own machine may call; tokens travel in headers, not cookies."""
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=_LOCALHOST,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=_READABLE,
    )
