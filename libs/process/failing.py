"""Why a process could not start, as one line that somebody can act on."""

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
import psycopg

from libs.eventstore.pool import UNREACHABLE, NotDurable
from libs.messaging.address import BadBrokerUrl
from libs.messaging.broker import BrokerUnavailable, PublishFailed
from libs.messaging.republish import RelayBusy

FAILED = 1


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


_WORDS: Sequence[tuple[tuple[type[Exception], ...], str]] = (
    ((BrokerUnavailable, PublishFailed), "BROKER_URL: the broker does not answer."),
    ((RelayBusy,), "The relay did not leave its lease within 30 s: stop it, or try again."),
    (
        (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError),
        "DATABASE_URL or KEYRING_URL: the database does not let this role in.",
    ),
    (
        (psycopg.OperationalError,),
        "MIGRATION_DATABASE_URL or DATABASE_URL: the database does not let this role in.",
    ),
    (UNREACHABLE, "DATABASE_URL or KEYRING_URL: the database does not answer."),
)


def explanation(error: Exception) -> str | None:
    """None for what is a mistake of ours."""
    match error:
        case NotDurable():
            return f"{error}: it would lose what was acknowledged. DURABLE=false allows it."
        case BadBrokerUrl():
            return str(error)
        case OSError(errno=errno.EADDRINUSE):
            return "PORT or ADMIN_PORT: the port is taken."
    return next((words for kinds, words in _WORDS if isinstance(error, kinds)), None)
