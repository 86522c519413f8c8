"""What an operator does to a service's schema: `migrate`, and `store verify`."""

from collections.abc import Sequence
from contextlib import closing

import psycopg
import structlog

from libs.eventstore.migrating import migrate
from libs.eventstore.verify import Seen, Verified, unheard, verify
from libs.messaging.agreement import Agreeing, Agreement
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process.settings import Broker, Checking, Database, Migrating
from libs.process.showing import shown

_STOPPED = "Stopped, as asked: what was looked at so far says nothing of the rest."

log = structlog.get_logger(__name__)


class VerifySettings(Database, Checking):
    """What `store verify --store-only` reads; the database as `<service>_relay`."""


class AgreeSettings(VerifySettings, Broker):
    """What `store verify` reads."""


def migrated(service: str, settings: Migrating) -> None:
    migrate(service, settings.migration_database_url.get_secret_value())
    log.info("migrated", schema=service)


def verified(service: str, settings: VerifySettings) -> Sequence[Verified | Agreement]:
    """The store, and beside it its topic where the settings name a broker."""
    if not isinstance(settings, AgreeSettings):
        return [_verified(service, settings)]
    with closing(connect(settings.broker_url.get_secret_value())) as broker:
        topic = topic_of(service, settings.topic_prefix)
        agreeing = Agreeing(topic, broker.ends([topic]))
        store = _verified(service, settings, seen=agreeing.stored)
        with shown(f"{service}: its topic", interrupted=_STOPPED) as told:
            return [store, agreeing.compare(broker, told)]


def _verified(service: str, settings: VerifySettings, *, seen: Seen = unheard) -> Verified:
    """Logs every fault by its place; what is recorded stays unread."""
    with (
        psycopg.connect(settings.database_url.get_secret_value()) as connection,
        shown(f"{service}: the store", interrupted=_STOPPED) as told,
    ):
        key = settings.key(f"chain:{service}")
        found = verify(connection, key, seen=seen, progress=told)
    for fault in found.faults:
        log.error("fault", stream_id=fault.stream_id, version=fault.version, code=fault.code)
    return found
