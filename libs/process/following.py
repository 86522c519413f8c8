"""The `follow` role: what a service learns from others, and what they make it do."""

import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.access import erasing
from libs.eventstore.following import KEEP, REACT, Follower, Part, keeping, reacting
from libs.eventstore.pool import open_pool
from libs.eventstore.reacting import Reacting, Reactions
from libs.eventstore.surviving import Handler
from libs.eventstore.taking import Reader, beside_others
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process import admin, parts, serving
from libs.process.admin import Check, Readiness
from libs.process.collector import settle_collector
from libs.process.parts import Destroys, Parts, Signs, Streams, utc_now
from libs.process.settings import Broker, Database
from libs.process.stopping import on_signals_async

_CONNECTIONS = 2


class Reacts(Streams, Broker):
    """What `follow` reads from its environment where a service reacts, and so appends and seals."""


class Keeps(Signs, Broker):
    """What it reads where nothing that a service is made to record has private text in it: neither
    the master key nor a keyring.
    """


class Erases(Destroys, Broker):
    """The same, and where keys are destroyed."""


Settings = Reacts | Keeps | Erases


def _no_reactions(_parts: Parts) -> Reactions:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What a service learns from others: their topics, what it keeps of them (`categories` of
    streams), and what they make it do (of streams of `causes`), with which settings: whoever seals
    nothing is given no key to it.
    """

    services: Sequence[str]
    categories: Collection[str]
    keep: Handler
    causes: Collection[str] = field(default=())
    reactions: Callable[[Parts], Reactions] = _no_reactions
    settings: type[Settings] = Keeps

    @property
    def readers(self) -> Sequence[str]:
        return [KEEP, REACT] if self.causes else [KEEP]


def topics(following: Following, settings: Broker) -> Sequence[str]:
    return [topic_of(each, settings.topic_prefix) for each in following.services]


def group_of(service: str, prefix: str = "") -> str:
    return f"{prefix}interlude.{service}.follow"


def follow_until_stopped(service: str, settings: Settings, following: Following) -> None:
    serving.run(_follow(service, settings, following))


async def _follow(service: str, settings: Settings, following: Following) -> None:
    async with _reactions(service, settings, following) as (reacts, schema):
        engine = _engine(settings)
        broker = connect(settings.broker_url.get_secret_value())
        follower = Follower(
            engine,
            broker,
            [keeping(reader_of(KEEP, settings, following), following.keep), *reacts],
            group=group_of(service, settings.topic_prefix),
            now=utc_now,
            monotonic=time.monotonic,
        )
        stop = on_signals_async()
        readiness = Readiness(
            {"following": lambda: follower.standing, "schema": schema},
            hopes={"nothing-parked": lambda: follower.parked == 0},
            stopping=stop.is_set,
        )
        try:
            with admin.serving(readiness, port=settings.admin_port, host=settings.host):
                settle_collector()
                await follower.run(stop)
        finally:
            broker.close()
            await engine.dispose()


@asynccontextmanager
async def _reactions(
    service: str, settings: Settings, following: Following
) -> AsyncIterator[tuple[Sequence[Part], Check]]:
    """None where it only keeps; and how to ask whether the schema is there."""
    if not following.causes:
        url, named = settings.database_url.get_secret_value(), f"{service}-follow"
        pool = await open_pool(url, size=1, application=named, durable=settings.durable)
        try:
            yield [], parts.at_head(pool, service)
        finally:
            await pool.close()
        return
    async with parts.opened(service, "follow", settings, size=_CONNECTIONS) as built:
        reactions = Reacting(service, following.reactions(built), now=built.clock)
        yield [reacting(reader_of(REACT, settings, following), reactions)], built.at_head()


def reader_of(name: str, settings: Settings, following: Following) -> Reader:
    keys = {
        topic_of(each, settings.topic_prefix): settings.key(f"chain:{each}")
        for each in following.services
    }
    categories = following.categories if name == KEEP else following.causes
    return Reader(
        name=name,
        chain_keys=keys,
        categories=frozenset(categories),
        forgotten=erasing.forgotten,
        alone=erasing.alone if name == KEEP else beside_others,
        spared=erasing.SPARED,
    )


def _engine(settings: Database) -> AsyncEngine:
    url = make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+asyncpg")
    return create_async_engine(url, pool_size=_CONNECTIONS, max_overflow=0)
