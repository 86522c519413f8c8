"""All four services and the gateway's projector on one PostgreSQL, put together as they run, but
without their processes: what was recorded is handed on when a test says so, to whom it says.
"""

import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from psycopg.rows import class_row
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.people import SCOPES
from deploy.local.processes import SERVICES, without_the_master
from libs.access.passes import KIND
from libs.access.principal import Principal
from libs.eventstore import progress
from libs.eventstore.applying import Applying
from libs.eventstore.following import KEEP, REACT, keeping, reacting
from libs.eventstore.reacting import Reacting
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Partition
from libs.messaging.envelope import topic_of
from libs.privacy.sealer import KeyringSealer
from libs.process import parts
from libs.process.admin import Readiness
from libs.process.following import Following, reader_of
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.process.parts import Parts
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA
from libs.testing.databases import Database
from libs.testing.web import Names, client
from libs.web.hosting import Hosted, Settings, edge_of
from libs.web.passes import OrPass
from libs.web.service import Manners
from services.gateway.projecting import reader_of as projectors_reader
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from tests.component.delivering import delivered
from tests.component.erasing.following import Follows, Time

ADMIN = UUID("00000000-0000-7000-8000-000000000081")

_EVENTS = """
SELECT tenant_id, stream_id, version, event_id, type, subject_id, actor_id, actor_role,
  on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone, recorded_at,
  convert_to(data::text, 'UTF8') AS data, chain
FROM events ORDER BY position OFFSET %s
"""

SECRETS = {
    "master_key": DEVELOPMENT_MASTER_KEY,
    **{name.lower(): value for name, value in without_the_master(DEVELOPMENT_MASTER_KEY).items()},
}


def _person(person_id: UUID, role: Any, *scopes: str) -> Principal:
    return Principal(
        tenant_id=CLINIC,
        person_id=person_id,
        roles=frozenset({role}),
        scopes=frozenset(scopes),
    )


PEOPLE = Names(
    {
        "operator": _person(ADMIN, "operator"),
        "admin": _person(ADMIN, "clinic_admin"),
        "integrator": _person(ADMIN, "integrator", *SCOPES),
        "anna": _person(ANNA, "therapist"),
        "masha": _person(MASHA, "patient"),
        "lev": _person(LEV, "patient"),
        "masha at the desk": replace(
            _person(MASHA, "patient"), roles=frozenset({"patient", "clinic_admin"})
        ),
    }
)


@dataclass
class World:
    database: Database
    time: Time
    apps: Mapping[str, FastAPI]
    followers: Mapping[str, Follows]
    built: Mapping[str, Parts]
    projector: Applying

    # --- What people ask. ---

    async def post(
        self, name: str, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        async with client(self.apps[service], name) as browser:
            return await browser.post(
                path, json=dict(body or {}), headers={"Idempotency-Key": str(uuid4())}
            )

    async def done(
        self, name: str, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        answer = await self.post(name, service, path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(
        self, name: str, service: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, str]:
        answer = await self.post(name, service, path, body)
        return answer.status_code, answer.json()["code"]

    async def shown(self, name: str, service: str, path: str) -> Any:
        async with client(self.apps[service], name) as browser:
            answer = await browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # --- What is handed on. ---

    def recorded(self, service: str) -> Sequence[Recorded]:
        """All that a service has recorded, in the order in which it is published."""
        with psycopg.connect(self.database.url) as superuser:
            superuser.execute(f"SET search_path = {service}")
            cursor = superuser.cursor(row_factory=class_row(Recorded))
            return cursor.execute(_EVENTS, [0]).fetchall()

    async def all_hear(self, *, but: Collection[str] = (), dies_in: str | None = None) -> None:
        """Until nobody has anything new to say. `but`: who lags behind."""
        told = -1
        while (said := sum(len(self.recorded(each)) for each in SERVICES)) > told:
            told = said
            for name, follower in self.followers.items():
                for service in follower.listens if name not in but else ():
                    died = dies_in if name == "care" else None
                    await follower.hears(service, self.recorded(service), dies_in=died)
            if "gateway" not in but:
                self.project()

    def project(self) -> None:
        for service in SERVICES:
            here, told = Partition(topic_of(service), 0), self.recorded(service)
            with self.projector.engine.begin() as db:
                stood = progress.stand(db, self.projector.reader.name, {here: "id"})
            self.projector.apply(stood, delivered(here, stood[here], told[stood[here] :]))

    # --- What is looked at. ---

    def rows(self, schema: str, table: str, who: UUID) -> Sequence[str]:
        """Every row in which somebody is named, also within bytes, as text and in order."""
        with psycopg.connect(self.database.url) as superuser:
            found = superuser.execute(
                f'SELECT t::text FROM "{schema}"."{table}" t'  # noqa: S608 - our own names
                " WHERE t::text LIKE ANY (%s) ORDER BY 1",
                [[f"%{who}%", f"%{str(who).encode().hex()}%"]],
            ).fetchall()
        return [str(row[0]) for row in found]

    def tables(self) -> Sequence[tuple[str, str]]:
        with psycopg.connect(self.database.url) as superuser:
            found = superuser.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname = ANY(%s) ORDER BY 1, 2",
                [[*SERVICES, "gateway", "keyring"]],
            ).fetchall()
        return [(str(schema), str(table)) for schema, table in found]

    def all_rows(self, who: UUID) -> Mapping[tuple[str, str], Sequence[str]]:
        return {place: self.rows(*place, who) for place in self.tables()}


@asynccontextmanager
async def living(database: Database) -> AsyncIterator[World]:
    time = Time()
    async with AsyncExitStack() as stack:
        built = {
            name: await stack.enter_async_context(_built(name, "api", Settings, database, time))
            for name in SERVICES
        }
        followers = {
            name: await stack.enter_async_context(_following(name, database, time))
            for name in SERVICES
        }
        engine = _engine(database)
        stack.callback(engine.dispose)
        yield World(
            database=database,
            time=time,
            apps={name: _app(name, each) for name, each in built.items()},
            followers=followers,
            built=built,
            projector=_projector(engine, time),
        )


@asynccontextmanager
async def _built(
    service: str, role: str, kind: type[Any], database: Database, time: Time
) -> AsyncIterator[Parts]:
    writer = "keyring_writer" if service == "care" else "keyring_app"
    member = "app" if role == "api" else "follow"
    everything = {
        **SECRETS,
        "database_url": database.url_as(f"{service}_{member}"),
        "keyring_url": database.url_as(writer),
        "broker_url": database.url_as("broker_app"),
        "issuers": "http://127.0.0.1:9/issuer",
        "port": 9,
        "durable": False,
    }
    known = {name: value for name, value in everything.items() if name in kind.model_fields}
    async with parts.opened(service, role, kind(**known), size=2) as built:
        sealer = KeyringSealer(built.keyring, chance=os.urandom, monotonic=time.watch)
        yield replace(built, clock=time.clock, monotonic=time.watch, sealer=sealer)


@asynccontextmanager
async def _following(service: str, database: Database, time: Time) -> AsyncIterator[Follows]:
    following: Following = import_module(f"services.{service}.following").FOLLOWING
    async with _built(service, "follow", following.settings, database, time) as built:
        url = make_url(database.url_as(f"{service}_follow"))
        engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
        settings: Any = built.settings
        reactions = Reacting(service, following.reactions(built), now=time.clock)
        yield Follows(
            engine=engine,
            listens=following.services,
            parts=[
                keeping(reader_of(KEEP, settings, following), following.keep),
                reacting(reader_of(REACT, settings, following), reactions),
            ],
            time=time,
        )
        await engine.dispose()


def _app(service: str, built: Parts) -> FastAPI:
    categories = import_module(f"services.{service}.follow").CATEGORIES
    identity = OrPass(PEOPLE, pass_key(), now=lambda: built.clock().timestamp())
    app: FastAPI = import_module(f"services.{service}.app").create_app(
        Hosted(
            parts=built,
            edge=edge_of(built, identity, categories),
            readiness=Readiness({}),
            manners=Manners(),
        )
    )
    return app


def pass_key() -> bytes:
    return derived(master_key(DEVELOPMENT_MASTER_KEY), f"{KIND}:gateway")


def _engine(database: Database) -> Engine:
    url = make_url(database.url_as("gateway_projector"))
    return create_engine(url.set(drivername="postgresql+psycopg"))


def _projector(engine: Engine, time: Time) -> Applying:
    master = master_key(DEVELOPMENT_MASTER_KEY)
    keys = {topic_of(each): derived(master, f"chain:{each}") for each in SERVICES}
    return Applying(engine, projectors_reader(keys), LIVE_PROJECTIONS, time.clock)
