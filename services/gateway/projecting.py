"""The projector role: all topics into all read models, by one plain loop."""

import time
from collections.abc import Mapping

from sqlalchemy import Engine, create_engine, make_url

from libs.access.erasing import SPARED
from libs.eventstore.projecting import LIVE, Projector
from libs.eventstore.taking import Reader
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process import admin
from libs.process.admin import Readiness
from libs.process.checking import at_head
from libs.process.collector import MORE_THAN_A_BATCH, settle_collector
from libs.process.parts import utc_now
from libs.process.settings import Database
from libs.process.stopping import on_signals
from libs.process.together import run_together
from services.gateway.confirming import Confirming, reaching
from services.gateway.contracts import SERVICES
from services.gateway.projections import erased
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from services.gateway.settings import ProjectorSettings

GROUP = "interlude.gateway.projector"
"""After TOPIC_PREFIX."""


def project(settings: ProjectorSettings) -> None:
    """Until SIGTERM; then the batch at hand is committed."""
    url = settings.database_url.get_secret_value()
    engine = _engine(settings)
    broker = connect(settings.broker_url.get_secret_value())
    prefix = settings.topic_prefix
    keys = {topic_of(each, prefix): settings.key(f"chain:{each}") for each in SERVICES}
    projector = Projector(
        engine,
        broker,
        reader_of(keys),
        LIVE_PROJECTIONS,
        group=f"{prefix}{GROUP}",
        now=utc_now,
        monotonic=time.monotonic,
    )
    client = reaching(settings.care_url)
    confirming = Confirming(engine, client, settings.pass_keys.key("passes:gateway"), now=utc_now)
    stop = on_signals()
    readiness = Readiness(
        {"projecting": lambda: projector.standing, "schema": at_head(url, "gateway")},
        hopes={"nothing-parked": lambda: projector.parked == 0},
        stopping=stop.is_set,
    )
    try:
        with admin.serving(readiness, port=settings.admin_port, host=settings.host):
            settle_collector(young=MORE_THAN_A_BATCH)
            run_together(stop, [projector.run, confirming.run])
    finally:
        client.close()
        broker.close()
        engine.dispose()


def reader_of(chain_keys: Mapping[str, bytes]) -> Reader:
    """By topic, the keys of whoever writes there."""
    return Reader(
        name=LIVE,
        chain_keys=chain_keys,
        forgotten=erased.forgotten,
        alone=erased.alone,
        spared=SPARED,
    )


def _engine(settings: Database) -> Engine:
    url = make_url(settings.database_url.get_secret_value())
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_size=3)
