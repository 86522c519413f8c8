"""People of the cast who call one service, on a store in memory or on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from deploy.local.people import SCOPES
from libs.access.principal import Principal
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.desk import Desk
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import EventStore
from libs.eventstore.telling import Role
from libs.testing.cast import CLINIC
from libs.testing.databases import Database
from libs.testing.sealer import ReadableSealer
from libs.testing.web import PEOPLE, Names, client

ADMIN = UUID("00000000-0000-7000-8000-000000000081")


def _with_role(role: Role) -> Principal:
    scopes = frozenset(SCOPES)
    return Principal(tenant_id=CLINIC, person_id=ADMIN, roles=frozenset({role}), scopes=scopes)


EVERYBODY = {
    **PEOPLE,
    "admin": _with_role("clinic_admin"),
    "operator": _with_role("operator"),
    "integrator": _with_role("integrator"),
}

NAMES = Names(EVERYBODY)


class Callers:
    """Every command goes out with a key of its own unless one is given."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def post(
        self, name: str, path: str, body: dict[str, Any], **headers: str
    ) -> httpx.Response:
        told = {"Idempotency-Key": str(uuid4()), **_spelled(headers)}
        async with client(self.app, name) as browser:
            return await browser.post(path, json=body, headers=told)

    async def get(self, name: str, path: str, **headers: str) -> httpx.Response:
        async with client(self.app, name) as browser:
            return await browser.get(path, headers=_spelled(headers))

    async def shown(self, name: str, path: str) -> Any:
        answer = await self.get(name, path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def done(self, name: str, path: str, body: dict[str, Any]) -> Any:
        answer = await self.post(name, path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def _spelled(headers: dict[str, str]) -> dict[str, str]:
    return {key.replace("_", "-"): value for key, value in headers.items()}


def desk(aggregate: Aggregate[Any, Any, Any], store: EventStore) -> Desk[Any, Any, Any]:
    return Desk(aggregate, store, ReadableSealer(), chain_key=b"chain", new_id=uuid4)


@asynccontextmanager
async def a_store(database: Database | None, role: str) -> AsyncIterator[EventStore]:
    """In memory where there is no database."""
    if database is None:
        yield InMemoryEventStore()
        return
    pool = await open_pool(database.url_as(role), size=4)
    try:
        yield PostgresEventStore(pool)
    finally:
        await pool.close()
