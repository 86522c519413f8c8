"""Why a process could not start, as one line that somebody can act on."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

FAILED = 1

_AWAY = "DATABASE_URL or KEYRING_URL: the database does not answer."
_SHUT = "DATABASE_URL or KEYRING_URL: the database does not let this role in."
_EITHER = (
    "DATABASE_URL or MIGRATION_DATABASE_URL: the database does not answer, or does not let this "
    "role in."
)
_NOT_LET_IN = frozenset({"kafka-authentication-failed", "kafka-tls-failed"})
_WORDS: Mapping[str, str] = {
    "libs.eventstore.dismissing.CannotDismiss": "{0}",
    "libs.eventstore.migrating.RolesMissing": "{0}",
    "libs.eventstore.pool.NotDurable": (
        "{0}: it would lose what was acknowledged. DURABLE=false allows it."
    ),
    "libs.eventstore.rebuilding.CannotRebuild": "{0}",
    "libs.messaging.address.BadBrokerUrl": "{0}",
    "libs.messaging.broker.BrokerUnavailable": "BROKER_URL: the broker does not answer.",
    "libs.messaging.broker.PublishFailed": "BROKER_URL: the broker does not answer.",
    "libs.messaging.broker.SubscriberLost": (
        "BROKER_URL: the broker went away, or a topic is not what it was: try again."
    ),
    "libs.privacy.rotating.CannotRotate": "{0}",
    "libs.privacy.sealing.KeyringUnavailable": "KEYRING_URL: the keyring does not answer.",
    "libs.privacy.wrapping.WrappingUnfit": "{0}",
    "libs.process.auditing.BadHeads": "{0}",
    "libs.process.keys.KeyNotGiven": "{0}",
    "libs.process.looking.NothingParked": "{0}",
    "libs.process.ports.CannotListen": "{0}",
    "libs.process.showing.Interrupted": "{0}",
    "libs.messaging.republish.NoSuchStream": "{0}",
    "libs.messaging.republish.RelayBusy": (
        "The relay, or another republish, did not leave the lease within 30 s: stop it, or try "
        "again."
    ),
    "asyncpg.exceptions.InvalidAuthorizationSpecificationError": _SHUT,
    "asyncpg.exceptions.InvalidCatalogNameError": _SHUT,
    "asyncpg.exceptions.LockNotAvailableError": "The database is busy: try again.",
    "asyncpg.exceptions.PostgresConnectionError": _AWAY,
    "psycopg.OperationalError": _EITHER,
    "sqlalchemy.exc.OperationalError": _EITHER,
    "builtins.OSError": _AWAY,
    "builtins.TimeoutError": _AWAY,
}


@contextmanager
def explained() -> Iterator[None]:
    """Failures that are the surroundings' become a line on standard error and exit code 1."""
    try:
        yield
    except Exception as error:
        line = explanation(error)
        if line is None:
            raise
        sys.stderr.write(f"{line}\n")
        raise SystemExit(FAILED) from None


def explanation(error: Exception) -> str | None:
    """None for what is a mistake of ours. Known by name: a process that has not loaded a driver
    cannot have failed by it, and need not load it to say so.
    """
    if str(error) in _NOT_LET_IN:
        return f"BROKER_URL: the broker does not let us in ({error})."
    for kind in type(error).__mro__:
        words = _WORDS.get(f"{kind.__module__}.{kind.__qualname__}")
        if words is not None:
            return words.format(error)
    return None
