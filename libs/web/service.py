"""A service's HTTP side, put together: operations, problems, documentation, probes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp, Lifespan

from libs.eventstore.decider import Rejected
from libs.process.admin import Readiness
from libs.web import handlers, health
from libs.web.batch import CommandBatch
from libs.web.browsers import welcoming
from libs.web.edge import Edge
from libs.web.front import GUARDS, PRIVATE, SECURE, Front
from libs.web.limits import Doors
from libs.web.looks import PatientLooks
from libs.web.openapi import Examples, document
from libs.web.operations import Operations, Router
from libs.web.refusing import refusing


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the profile wants it. `most` requests are answered at a time, pages of `origins` may call
    from a browser.
    """

    local: bool = True
    docs: bool = True
    most: int = 128
    origins: Sequence[str] = ()


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
    operations.add(PatientLooks(edge))
    health.install(app, readiness or Readiness())
    described = document(title, description, list(operations), examples)
    app.openapi = lambda: described  # type: ignore[method-assign]  # FastAPI's way to say it oneself
    doors = Doors(manners.most, service=edge.service)
    guards = GUARDS if manners.local else [*GUARDS, SECURE]
    app.state.refuse = refusing(doors, problems, edge.new_id, [PRIVATE, *guards])
    front = partial(
        Front,
        operations=operations,
        service=edge.service,
        problems=problems,
        doors=doors,
        new_id=edge.new_id,
        audit=edge.audit,
        guards=guards,
    )
    outermost(app, front, manners)
    return app


def outermost(app: FastAPI, front: Callable[[ASGIApp], Front], manners: Manners) -> None:
    """Before all that FastAPI itself wraps around a request: operations need none of it, and it
    would cost them a tenth of their time.
    """
    inside = app.build_middleware_stack

    def stack() -> ASGIApp:
        return welcoming(front(inside()), manners.origins, local=manners.local)

    app.build_middleware_stack = stack  # type: ignore[method-assign]  # Starlette's middleware goes inside FastAPI's


def _documented(title: str, manners: Manners, lifespan: Lifespan[FastAPI] | None) -> FastAPI:
    if not manners.docs:
        return FastAPI(
            title=title, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
        )
    return FastAPIOffline(title=title, lifespan=lifespan)
