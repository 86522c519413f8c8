"""What an operator does to a service's schema: `migrate`, and `store-verify`."""

import psycopg
import structlog

from libs.eventstore.migrating import migrate
from libs.eventstore.verify import Verified, verify
from libs.process.settings import Database, Migrating, Secrets

log = structlog.get_logger(__name__)


class VerifySettings(Database, Secrets):
    """What `store-verify` reads from its environment; the database as `<service>_relay`."""


def migrated(service: str, settings: Migrating) -> None:
    migrate(service, settings.migration_database_url.get_secret_value())
    log.info("migrated", schema=service)


def verified(service: str, settings: VerifySettings) -> Verified:
    """Logs every fault by its place; what is recorded stays unread."""
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        found = verify(connection, settings.key(f"chain:{service}"))
    for fault in found.faults:
        log.error("fault", stream_id=fault.stream_id, version=fault.version, code=fault.code)
    return found
