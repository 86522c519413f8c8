"""The topic again, from the store: the store is the record, and a lost topic a command away.

Kafka acknowledges before a disk has it, so a broker may lose what a relay has long deleted. What is
sent is byte for byte what was sent before; readers know it by its versions.
"""

from collections.abc import Callable
from contextlib import closing

import psycopg
from psycopg.sql import SQL, Composable, Composed

from libs.messaging import outbox
from libs.messaging.broker import Broker

BATCH = outbox.AT_ONCE
PATIENCE = "30s"
"""How long we wait for the relay to finish its batch and leave us the lease."""

_ALL = SQL("true")
_STREAM = SQL("stream_id = %(stream)s")

Progress = Callable[[int, int], None]


class RelayBusy(Exception):  # noqa: N818 - the operator is told to look at the relay
    """The lease did not become free in time."""


class NoSuchStream(Exception):  # noqa: N818 - the operator misspelt it
    """Says so, without repeating it."""


def republish(
    url: str,
    broker: Broker,
    *,
    service: str,
    topic: str,
    partitions: int,
    stream: str | None = None,
    progress: Progress | None = None,
) -> int:
    """All streams, or one; how many facts were sent. `url` is the database as `<service>_relay`.

    Raises `NoSuchStream` before anything is done, `RelayBusy`, `PublishFailed`,
    `BrokerUnavailable`; then the command is run again. So may `progress`, to stop.
    """
    with (
        closing(outbox.connected(url, service)) as connection,
        closing(broker.publisher()) as publisher,
        connection.transaction(),
    ):
        _take_lease(connection)
        total, done = _count(connection, stream), 0
        if stream is not None and not total:
            raise NoSuchStream("There is no stream of the name that --stream gives.")
        broker.ensure_topic(topic, partitions=partitions)
        found = broker.topic_id(topic)
        for batch in outbox.everything(connection, topic, _query(stream), stream):
            publisher.publish(batch)
            done += len(batch)
            if progress:
                progress(done, total)
        if stream is None:
            outbox.is_in(connection, found)
    return done


def _take_lease(connection: psycopg.Connection) -> None:
    connection.execute(SQL("SET LOCAL lock_timeout = {}").format(PATIENCE))
    try:
        connection.execute("SELECT held FROM relay_lease FOR UPDATE")
    except psycopg.errors.LockNotAvailable:
        raise RelayBusy from None


def _count(connection: psycopg.Connection, stream: str | None) -> int:
    query = SQL("SELECT count(*) FROM events WHERE {}").format(_which(stream))
    row = connection.execute(query, {"stream": stream}).fetchone()
    return 0 if row is None else int(row[0])


def _query(stream: str | None) -> Composed:
    return SQL("SELECT {} FROM events WHERE {} ORDER BY position").format(
        SQL(outbox.ENVELOPE), _which(stream)
    )


def _which(stream: str | None) -> Composable:
    return _ALL if stream is None else _STREAM
