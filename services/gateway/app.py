"""The gateway's HTTP side, put together."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.routing import Route, WebSocketRoute

from libs.access.departed import KnownDepartures
from libs.eventstore import consistency
from libs.eventstore.awaiting import Awaiting
from libs.eventstore.consistency import Tokens
from libs.eventstore.projecting import LIVE
from libs.process import admin, parts, serving
from libs.process.admin import Readiness
from libs.web import handlers, health
from libs.web.allowances import Allowances, admitting, allowance_of_clients, of_rate
from libs.web.browsers import welcoming
from libs.web.front import GUARDS, SECURE, Front
from libs.web.identity import Identity
from libs.web.limits import Doors
from libs.web.operations import Operations
from libs.web.service import Manners
from services.gateway import clients, consents, events, graphiql, live
from services.gateway.export import door as export
from services.gateway.graphql import cursors
from services.gateway.graphql.context import Parts
from services.gateway.graphql.cursors import Cursors
from services.gateway.graphql.http import PATHS, GraphQLDoor
from services.gateway.graphql.limits import USUAL, Limits
from services.gateway.graphql.schema import Schema, build_schema
from services.gateway.graphql.streams import Streams
from services.gateway.graphql.trusted import TrustedDocuments
from services.gateway.manifest import Manifest
from services.gateway.openapi import document
from services.gateway.queries.reading import ReadModels
from services.gateway.settings import CONTRACTS, ApiSettings

CATEGORIES = frozenset(
    {
        "clinic",
        "patient",
        "therapist",
        "relationship",
        "supervision",
        "departure",
        "window",
        "session",
        "consent",
        "goal",
        "assignment",
        "template",
        "entry",
        "notebook",
        "review",
    }
)
"""The kinds of streams whose facts become visible here."""

CONNECTIONS = 16

LOCALLY = Manners()


def create_app(
    schema: Schema,
    shared: Parts,
    readiness: Readiness,
    *,
    manners: Manners = LOCALLY,
    limits: Limits = USUAL,
    contracts: Path = CONTRACTS,
    exports: Allowances | None = None,
) -> FastAPI:
    app = FastAPI(title="Interlude: gateway", docs_url=None, redoc_url=None, openapi_url=None)
    problems = handlers.install(app)
    health.install(app, readiness)
    doors = Doors(manners.most, service="gateway")
    door = GraphQLDoor(
        schema,
        shared,
        limits=limits,
        doors=doors,
        ide=manners.docs,
        origins=["*"] if manners.local else manners.origins,
    )
    for path in PATHS:
        app.router.routes.append(Route(path, door))
        app.router.routes.append(WebSocketRoute(path, door))
    app.router.routes.extend([*export.routes(shared, exports), *consents.routes(shared)])
    if manners.docs:
        app.router.routes.append(graphiql.ASSETS)
        app.router.routes.extend(events.routes(contracts))
    described = document()
    app.openapi = lambda: described  # type: ignore[method-assign]  # FastAPI's way to say it oneself
    app.add_middleware(
        Front,
        operations=Operations(),
        service="gateway",
        problems=problems,
        doors=doors,
        new_id=shared.new_id,
        audit=shared.audit,
        guards=GUARDS if manners.local else [*GUARDS, SECURE],
        traced=PATHS,
    )
    app.add_middleware(welcoming, origins=manners.origins, local=manners.local)
    return app


def serve(settings: ApiSettings) -> None:
    """Returns once it was stopped."""
    serving.run(_served(settings))


async def _served(settings: ApiSettings) -> None:
    limits = Limits(introspection=settings.shows_schema)
    schema = build_schema(settings.contracts, limits)
    async with _shared(settings) as (built, shared):
        readiness = Readiness(
            {"database": built.at_head()},
            # Without news, who waits for their own write waits a little longer.
            hopes={"hears-of-changes": lambda: shared.live.listening},
        )
        app = create_app(
            schema,
            shared,
            readiness,
            manners=Manners(
                local=settings.profile == "local",
                docs=settings.shows_docs,
                most=settings.max_requests,
                origins=settings.origins,
            ),
            limits=limits,
            contracts=settings.contracts,
            exports=of_rate(
                settings.export_rate, settings.exports_at_once, monotonic=built.monotonic
            ),
        )
        with admin.serving(readiness, port=settings.admin_port, host=settings.host):
            await serving.serve(
                app,
                port=settings.port,
                host=settings.host,
                readiness=readiness,
                access_log=settings.access_log,
                drain=settings.drain_seconds,
            )


@asynccontextmanager
async def _shared(settings: ApiSettings) -> AsyncIterator[tuple[parts.Parts, Parts]]:
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(
            parts.opened("gateway", "api", settings, size=CONNECTIONS)
        )
        outward = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=False))
        services = clients.connect(settings.services)
        for client in services.values():
            await stack.enter_async_context(client)
        changes = live.Live()
        url = settings.database_url.get_secret_value()
        await stack.enter_async_context(_listening(changes, lambda: live.connection_to(url)))
        yield (
            built,
            Parts(
                identity=admitting(
                    Identity(settings.issuers, outward, audience=settings.audience),
                    rate=settings.rate,
                    at_once=settings.requests_at_once,
                    monotonic=built.monotonic,
                    of_clients=allowance_of_clients(settings),
                ),
                departed=KnownDepartures(built.pool, table="departures", monotonic=built.monotonic),
                models=ReadModels(built.pool),
                sealer=built.sealer,
                awaiting=Awaiting(
                    built.pool,
                    LIVE,
                    CATEGORIES,
                    monotonic=time.monotonic,
                    news=changes.news_of_streams,
                ),
                tokens=Tokens(settings.key(consistency.LABEL)),
                cursors=Cursors(settings.key(cursors.LABEL)),
                clients=services,
                live=changes,
                streams=Streams(),
                audit=built.audit(),
                clock=built.clock,
                new_id=built.new_id,
                trusted=TrustedDocuments(
                    settings.trusted_documents, settings.trusted_documents_file or Manifest()
                ),
            ),
        )


@asynccontextmanager
async def _listening(changes: live.Live, connect: Callable[[], Any]) -> AsyncIterator[None]:
    task = asyncio.create_task(live.listen(changes, connect))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
