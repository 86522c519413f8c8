"""The gateway as production has it, in this process, so that what a document costs it is measured
and not what the machine does besides.
"""

import gc
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from libs.access.departed import KnownDepartures
from libs.eventstore.pool import Pool
from libs.process.admin import Readiness
from libs.testing.audit import MemoryAudit
from libs.testing.web import TOKENS, Following, Ids, Names
from libs.web.service import Manners
from services.gateway.app import create_app
from services.gateway.clients import Clients
from services.gateway.graphql.context import Parts
from services.gateway.graphql.cursors import Cursors
from services.gateway.graphql.limits import Limits
from services.gateway.graphql.schema import Schema, build_schema
from services.gateway.graphql.streams import Streams
from services.gateway.graphql.texts import Opener
from services.gateway.live import Live
from services.gateway.queries.reading import ReadModels
from tests.component.gateway.asking import Answers
from tests.component.gateway.telling import LATER, PEOPLE

LIMITS = Limits(introspection=False)
MANNERS = Manners(local=False, docs=False)

RESPONSE = "application/graphql-response+json"
ENOUGH = 0.1
"""Seconds of CPU that an answer may cost."""
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Costly:
    """An answer and the CPU time (seconds) that it took: where that is somewhat too much, the least
    of a few, because what another test has left to be collected is not the document's cost.
    """

    answer: httpx.Response
    cpu: float

    @property
    def content(self) -> Any:
        return orjson.loads(self.answer.content)

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.content.get("errors", ())]

    @property
    def limits(self) -> set[str]:
        """Those that were exceeded."""
        return {error["extensions"].get("limit", "") for error in self.content.get("errors", ())}


@cache
def schema() -> Schema:
    """Of all services."""
    return build_schema(Path(__file__).parents[2] / "openapi", LIMITS)


def gateway(pool: Pool, sealer: Opener, services: Answers) -> FastAPI:
    client = httpx.AsyncClient(transport=httpx.MockTransport(services), base_url="http://service")
    clients: Clients = dict.fromkeys(("care", "assignment", "diary", "review"), client)
    parts = Parts(
        identity=Names(PEOPLE),
        departed=KnownDepartures(pool, table="departures", monotonic=lambda: 0.0),
        models=ReadModels(pool),
        sealer=sealer,
        awaiting=Following(),
        tokens=TOKENS,
        cursors=Cursors(bytes(32)),
        clients=clients,
        live=Live(),
        streams=Streams(),
        audit=MemoryAudit(),
        clock=lambda: LATER,
        new_id=Ids(),
    )
    return create_app(schema(), parts, Readiness(), manners=MANNERS, limits=LIMITS)


@dataclass(frozen=True)
class Production:
    """What a therapist's client sends, and what comes of it."""

    app: FastAPI
    services: Answers
    """What was passed on."""

    async def costs(self, query: str, variables: Mapping[str, Any]) -> Costly:
        """Each time another document, so that none is remembered from the time before."""
        gc.collect()
        tries: list[Costly] = []
        for number in range(_TRIES):
            body = orjson.dumps({"query": f"{query}{' ' * number}", "variables": variables})
            began = time.process_time()
            answer = await self.post(body)
            tries.append(Costly(answer=answer, cpu=time.process_time() - began))
            if not ENOUGH < tries[-1].cpu < 4 * ENOUGH:
                break
        return min(tries, key=lambda tried: tried.cpu)

    async def post(self, body: bytes, path: str = "/graphql", **headers: str) -> httpx.Response:
        told = {"Content-Type": "application/json", **headers}
        return await self.sends("POST", path, told, content=body)

    async def sends(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        told = {"Authorization": "Bearer anna", "Accept": RESPONSE, **(headers or {})}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=told, **more)
