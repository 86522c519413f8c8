"""The roles that serve no HTTP but the admin port: follow, relay, migrate, republish, verify."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import psycopg
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.eventstore.following import KEEP, REACT, Follower, Part, keeping, reacting
from libs.eventstore.migrating import migrate
from libs.eventstore.reacting import Reacting, Reactions
from libs.eventstore.surviving import Handler
from libs.eventstore.taking import Reader
from libs.eventstore.verify import Verified, verify
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.messaging.relay import Relay
from libs.messaging.republish import republish
from libs.process import admin, parts
from libs.process.admin import Readiness
from libs.process.collector import settle_collector
from libs.process.parts import Parts, Streams, utc_now
from libs.process.settings import Broker, Database, Migrating, Publishing, Secrets
from libs.process.stopping import on_signals, on_signals_async

log = structlog.get_logger()

_CONNECTIONS = 2


class FollowSettings(Streams, Broker):
    """What `follow` reads from its environment."""


class RelaySettings(Database, Publishing):
    """What `relay` and `republish` read; the database as `<service>_relay`."""


class VerifySettings(Database, Secrets):
    """What `store-verify` reads from its environment; the database as `<service>_relay`."""


def _no_reactions(_parts: Parts) -> Reactions:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What a service learns from others: their topics, what it keeps of them (`categories` of
    streams), and what they make it do (of streams of `causes`).
    """

    services: Sequence[str]
    categories: Collection[str]
    keep: Handler
    causes: Collection[str] = field(default=())
    reactions: Callable[[Parts], Reactions] = _no_reactions


async def follow(service: str, settings: FollowSettings, following: Following) -> None:
    async with parts.opened(service, "follow", settings, size=_CONNECTIONS) as built:
        engine = _engine(settings)
        broker = connect(settings.broker_url.get_secret_value())
        follower = Follower(
            engine,
            broker,
            list(_readers(built, settings, following)),
            group=f"{settings.topic_prefix}interlude.{service}.follow",
            now=utc_now,
            monotonic=time.monotonic,
        )
        readiness = Readiness(
            {"following": lambda: follower.standing},
            hopes={"nothing-parked": lambda: follower.parked == 0},
        )
        try:
            with admin.serving(readiness, port=settings.admin_port, host=settings.host):
                settle_collector()
                await follower.run(on_signals_async())
        finally:
            broker.close()
            await engine.dispose()


def _readers(built: Parts, settings: FollowSettings, following: Following) -> Sequence[Part]:
    keys = {
        topic_of(each, settings.topic_prefix): settings.key(f"chain:{each}")
        for each in following.services
    }
    kept = Reader(name=KEEP, chain_keys=keys, categories=frozenset(following.categories))
    reactions = following.reactions(built)
    if not reactions:
        return [keeping(kept, following.keep)]
    caused = Reader(name=REACT, chain_keys=keys, categories=frozenset(following.causes))
    return [
        keeping(kept, following.keep),
        reacting(caused, Reacting(built.service, reactions, now=built.clock)),
    ]


def _engine(settings: Database) -> AsyncEngine:
    url = make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+asyncpg")
    return create_async_engine(url, pool_size=_CONNECTIONS, max_overflow=0)


def relay(service: str, settings: RelaySettings) -> None:
    """Until somebody asks to stop; the batch at hand is finished."""
    broker = connect(settings.broker_url.get_secret_value())
    relaying = Relay(
        settings.database_url.get_secret_value(),
        broker,
        service=service,
        topic=topic_of(service, settings.topic_prefix),
        now=utc_now,
        monotonic=time.monotonic,
        partitions=settings.partitions,
    )
    readiness = Readiness({"relaying": lambda: relaying.standing})
    with (
        closing(broker),
        admin.serving(readiness, port=settings.admin_port, host=settings.host),
    ):
        settle_collector()
        relaying.run(on_signals())


def republished(service: str, settings: RelaySettings, stream: str | None) -> int:
    """How many facts were sent again."""
    with closing(connect(settings.broker_url.get_secret_value())) as broker:
        return republish(
            settings.database_url.get_secret_value(),
            broker,
            service=service,
            topic=topic_of(service, settings.topic_prefix),
            partitions=settings.partitions,
            stream=stream,
            progress=lambda done, total: log.info("republishing", done=done, total=total),
        )


def bring_to_head(service: str, settings: Migrating) -> None:
    migrate(service, settings.migration_database_url.get_secret_value())
    log.info("migrated", schema=service)


def verified(service: str, settings: VerifySettings) -> Verified:
    """Logs every fault by its place; the record itself stays unread."""
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        found = verify(connection, settings.key(f"chain:{service}"))
    for fault in found.faults:
        log.error("fault", stream_id=fault.stream_id, version=fault.version, code=fault.code)
    return found
