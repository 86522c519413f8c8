"""The analytics role: three plain loops in one process. One keeps what must be known of care, one
derives, a while later, and one publishes what was derived.

Several processes share the partitions; of their relays one is at work.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from libs.access import erasing
from libs.eventstore import channels, parking
from libs.eventstore.projecting import Projection, Projector
from libs.eventstore.recorded import Recorded
from libs.eventstore.revisions import head_of
from libs.eventstore.taking import Reader
from libs.messaging import derived
from libs.messaging.broker import Broker
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.messaging.relay import Relay
from libs.process import admin
from libs.process.admin import Readiness
from libs.process.collector import settle_collector
from libs.process.parts import utc_now
from libs.process.settings import Database
from libs.process.stopping import on_signals
from libs.process.together import run_together
from services.gateway.analytics import epochs, holding
from services.gateway.analytics.knowing import CATEGORIES, KNOWING, PUBLISHING, Knowing, alone
from services.gateway.analytics.pseudonyms import epoch_key
from services.gateway.analytics.publishing import Publishing
from services.gateway.analytics.ripening import KnownUpTo, Ripening
from services.gateway.contracts import SERVICES
from services.gateway.settings import AnalyticsSettings, RotatingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A clock in UTC, one in seconds, and how to wait."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    rest: Callable[[float], object]


OURS = Time(now=utc_now, monotonic=time.monotonic, rest=time.sleep)

_REVISION = text("SELECT version_num FROM alembic_version")
_OUTBOX = text(f'NOTIFY "{channels.outbox("gateway")}"')


def analytics(settings: AnalyticsSettings) -> None:
    """Until SIGTERM; then the batches at hand are committed and published."""
    together(settings, on_signals())


def together(settings: AnalyticsSettings, stop: Event) -> None:
    broker = connect(settings.broker_url.get_secret_value())
    knowing_engine, engine = _engine(settings), _engine(settings)
    epochs.under_unchanging_consents(engine)
    knowing = knower(settings, knowing_engine, broker, OURS)
    publishing = publisher(settings, engine, broker, OURS)
    relaying = relay(settings, broker, OURS)
    readiness = Readiness(
        {
            "knowing": lambda: knowing.standing,
            "deriving": lambda: publishing.standing,
            "relaying": lambda: relaying.standing,
            "schema": lambda: _at_head(knowing_engine),
        },
        hopes={"nothing-parked": lambda: knowing.parked + publishing.parked == 0},
    )
    try:
        with admin.serving(readiness, port=settings.admin_port, host=settings.host):
            settle_collector()
            run_together(stop, [knowing.run, publishing.run, relaying.run])
    finally:
        broker.close()
        knowing_engine.dispose()
        engine.dispose()


def knower(settings: AnalyticsSettings, engine: Engine, broker: Broker, by: Time) -> Projector:
    care = topic_of("care", settings.topic_prefix)
    reader = knowers_reader({care: settings.key("chain:care")})
    projection = Knowing(settings.key, held_for=settings.held_for, now=by.now)
    return _projector(settings, engine, broker, reader, projection, by=by)


def knowers_reader(chain_keys: Mapping[str, bytes]) -> Reader:
    return Reader(
        name=KNOWING,
        chain_keys=chain_keys,
        categories=CATEGORIES,
        forgotten=erasing.forgotten,
        alone=alone,
        spared=erasing.SPARED,
    )


def publisher(settings: AnalyticsSettings, engine: Engine, broker: Broker, by: Time) -> Projector:
    """`engine` is under unchanging consents."""
    prefix = settings.topic_prefix
    keys = {topic_of(each, prefix): settings.key(f"chain:{each}") for each in SERVICES}
    known = KnownUpTo(
        engine,
        broker,
        topic=topic_of("care", prefix),
        reader=KNOWING,
        now=by.now,
        monotonic=by.monotonic,
    )
    ripening = Ripening(broker, known=known, settle=settings.settle, now=by.now, rest=by.rest)
    projection = Publishing(settings.key, ripening.place_of, now=by.now)
    reader = Reader(name=PUBLISHING, chain_keys=keys, forgotten=erasing.forgotten)
    return _projector(settings, engine, ripening, reader, projection, by=by)


def relay(settings: AnalyticsSettings, broker: Broker, by: Time) -> Relay:
    return Relay(
        settings.database_url.get_secret_value(),
        broker,
        service="gateway",
        topic=topic_of("analytics", settings.topic_prefix),
        now=by.now,
        monotonic=by.monotonic,
        partitions=settings.partitions,
        contents=derived.contents(purge=holding.purge(settings.held_for)),
        retention_ms=settings.retention_ms,
    )


def rotated(settings: RotatingSettings) -> int:
    """The epoch that has begun. Raises `KeyNotGiven` where there is no key for it."""

    def rotate(db: Connection) -> int:
        begun = epochs.rotate(db)
        epoch_key(settings.analytics_keys.key, begun)
        return begun

    return _at_once(settings, rotate)


def wished(settings: Database, stream: str | None) -> int:
    """How many parked records the running role will try again."""

    def wish(db: Connection) -> int:
        return sum(
            parking.wish(db, reader, utc_now(), stream_id=stream)
            for reader in (KNOWING, PUBLISHING)
        )

    return _at_once(settings, wish)


def _at_once(settings: Database, do: Callable[[Connection], int]) -> int:
    engine = _engine(settings)
    try:
        with engine.begin() as db:
            return do(db)
    finally:
        engine.dispose()


def _projector(
    settings: AnalyticsSettings,
    engine: Engine,
    broker: Broker,
    reader: Reader,
    projection: Projection,
    *,
    by: Time,
) -> Projector:
    return Projector(
        engine,
        broker,
        reader,
        [projection],
        group=f"{settings.topic_prefix}interlude.gateway.{reader.name}",
        now=by.now,
        monotonic=by.monotonic,
        tell=_wake_the_relay,
        # What passes depends on what is known at that moment, and where it lies is asked of the
        # last poll.
        only_writes=False,
    )


def _at_head(engine: Engine) -> bool:
    """Asked without Alembic, which is 10 MB that this process can do without."""
    with engine.connect() as db:
        return bool(db.execute(_REVISION).scalar() == head_of("gateway"))


def _wake_the_relay(db: Connection, applied: Sequence[Recorded]) -> None:
    if applied:
        db.execute(_OUTBOX)


def _engine(settings: Database) -> Engine:
    url = make_url(settings.database_url.get_secret_value())
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_size=2)
