"""The `api` role: parts opened, an app made of them, served until somebody asks to stop."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from libs.access.known_care import KnownCare
from libs.access.passes import KIND
from libs.eventstore.awaiting import KEEP, Awaiting
from libs.eventstore.consistency import LABEL, Tokens
from libs.process import admin, parts, serving
from libs.process.admin import Readiness
from libs.process.parts import Parts, Streams
from libs.process.settings import Identity as IdentitySettings
from libs.process.settings import Listening
from libs.web.allowances import admitting, allowance_of_clients
from libs.web.edge import Edge, Verifier
from libs.web.identity import Identity
from libs.web.passes import OrPass
from libs.web.service import Manners

CONNECTIONS = 12
"""To the database, per process: group commit needs few, reads need some."""


class Settings(Streams, IdentitySettings, Listening):
    """What the API of a service reads from its environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """What a service's `create_app` is given."""

    parts: Parts
    edge: Edge
    readiness: Readiness
    manners: Manners


def host(
    service: str,
    settings: Settings,
    create_app: Callable[[Hosted], FastAPI],
    *,
    categories: Collection[str],
    passes: str | None = None,
) -> None:
    """`categories` are the kinds of streams that the service follows, `passes` whose process may
    come with a pass of its own. Returns once stopped.
    """
    serving.run(_hosted(service, settings, create_app, categories, passes))


async def _hosted(
    service: str,
    settings: Settings,
    create_app: Callable[[Hosted], FastAPI],
    categories: Collection[str],
    passes: str | None,
) -> None:
    async with (
        parts.opened(service, "api", settings, size=CONNECTIONS) as built,
        httpx.AsyncClient(follow_redirects=False) as outward,
    ):
        identity: Verifier = admitting(
            Identity(settings.issuers, outward, audience=settings.audience),
            rate=settings.rate,
            at_once=settings.requests_at_once,
            monotonic=built.monotonic,
            of_clients=allowance_of_clients(settings),
        )
        if passes is not None:
            identity = OrPass(identity, settings.key(f"{KIND}:{passes}"), now=time.time)
        hosted = Hosted(
            parts=built,
            edge=edge_of(built, identity, categories),
            readiness=Readiness({"database": built.at_head()}),
            manners=Manners(
                local=settings.profile == "local",
                docs=settings.shows_docs,
                origins=settings.origins,
            ),
        )
        app = create_app(hosted)
        with admin.serving(hosted.readiness, port=settings.admin_port, host=settings.host):
            await serving.serve(
                app,
                port=settings.port,
                host=settings.host,
                readiness=hosted.readiness,
                access_log=settings.access_log,
                drain=settings.drain_seconds,
                refuse=app.state.refuse,
            )


def edge_of(built: Parts, identity: Verifier, categories: Collection[str]) -> Edge:
    return Edge(
        service=built.service,
        clock=built.clock,
        new_id=built.new_id,
        identity=identity,
        known=KnownCare(built.pool, monotonic=built.monotonic, clock=built.clock),
        awaiting=Awaiting(built.pool, KEEP, categories, monotonic=built.monotonic),
        sealer=built.sealer,
        fingerprint_key=built.settings.key(f"fingerprint:{built.service}"),
        tokens=Tokens(built.settings.key(LABEL)),
        audit=built.audit(),
    )
