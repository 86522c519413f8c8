"""The outbox of one service, as its relay sees it: rows in order, a lease, nothing else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.sql import SQL, Composed, Identifier

from libs.eventstore import channels
from libs.messaging.broker import Message
from libs.messaging.envelope import written

AT_ONCE = 1000
"""Records that are sent again together."""

MOST_BYTES = 8 * 1024 * 1024
"""Of one batch, so that a thousand of the largest events do not have to be held at once."""

ENVELOPE = """event_id::text, stream_id, version, type, tenant_id::text,
  coalesce(subject_id::text, stream_id) AS key, actor_id::text, actor_role, on_behalf_of::text,
  correlation_id::text, causation_id::text, traceparent, occurred_at, zone, recorded_at, chain,
  data"""
"""`envelope.Envelope` and the data. Ids stay text: as UUIDs they would cost 10 µs a record, only to
become text again.
"""

# What is in flight is left out by its positions: with `position > last` a commit that comes late
# would never be seen.
_READ = f"""
WITH waiting AS (
  SELECT position FROM outbox WHERE position <> ALL(%(in_flight)s::bigint[])
  ORDER BY position LIMIT %(most)s),
measured AS (
  SELECT events.*, sum(pg_column_size(data)) OVER (ORDER BY position)
    - pg_column_size(data) AS bytes_before
  FROM waiting JOIN events USING (position))
SELECT position, {ENVELOPE} FROM measured WHERE bytes_before < %(bytes)s ORDER BY position
"""  # noqa: S608 - our own column names
_SENT = "DELETE FROM outbox WHERE position = ANY(%s::bigint[])"
_BACKLOG = """
SELECT count(*),
  (SELECT recorded_at FROM events WHERE position = (SELECT min(position) FROM outbox))
FROM outbox
"""


_NEVER = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""Ways that are as long as the table. What statistics say of an outbox is never true for long;
believing them, PostgreSQL read all events that there are for each batch.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the positions in an outbox stand for. `read` takes `in_flight`, `most` and `bytes` and
    gives position and row; `message` makes a message of topic and row; `backlog` counts the rows
    and dates the oldest; `purge` takes how many rows may be forgotten at once. `everything` gives
    rows of all that was ever told, in order; None where it is not kept.
    """

    read: str
    message: Callable[[str, tuple[Any, ...]], Message]
    backlog: str
    purge: str
    everything: str | None = None


class LeaseLost(Exception):  # noqa: N818 - the caller begins anew
    """Somebody else deleted what we published: we were not the relay any more."""


@dataclass(frozen=True, slots=True)
class Batch:
    positions: list[int]
    messages: Sequence[Message]

    def __len__(self) -> int:
        return len(self.positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    rows: int
    oldest: datetime | None


class _ExactBytes(Loader):
    """JSON as it was written; parsed and written again it could differ."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def connected(url: str, service: str) -> psycopg.Connection:
    """As `<service>_relay`. A session that idles in a transaction for 15 s is ended by the server,
    lease and all: a relay that was paused cannot delete what another one has taken over.
    """
    connection = psycopg.connect(url, connect_timeout=5, autocommit=True)
    exactly(connection)
    connection.execute("SET idle_in_transaction_session_timeout = '15s'")
    connection.execute("SET timezone = 'UTC'")
    for way in _NEVER:
        connection.execute(SQL("SET {} = off").format(Identifier(way)))
    connection.execute(f'LISTEN "{channels.outbox(service)}"')
    return connection


def exactly(connection: "psycopg.Connection[Any]") -> None:
    """From now on it gives JSON as the bytes that were written (in binary cursors)."""
    connection.adapters.register_loader("json", _ExactBytes)


def waiting(connection: psycopg.Connection) -> bool:
    """Asked outside of any transaction: to lock the lease would be a write each time."""
    return connection.execute("SELECT EXISTS (SELECT FROM outbox)").fetchone() == (True,)


def leased(connection: psycopg.Connection) -> bool:
    """Until the transaction ends; False when another relay is at work."""
    row = connection.execute("SELECT held FROM relay_lease FOR UPDATE SKIP LOCKED").fetchone()
    return row is not None


def topic_of_before(connection: psycopg.Connection) -> str | None:
    """The id of the topic that holds what was published; None before the first was."""
    row = connection.execute("SELECT topic_id FROM relay_lease").fetchone()
    return None if row is None else row[0]


def is_in(connection: psycopg.Connection, topic_id: str) -> None:
    """From now on, what was published is in this one."""
    connection.execute("UPDATE relay_lease SET topic_id = %s", [topic_id])


def everything(
    connection: psycopg.Connection, topic: str, query: SQL | Composed, stream: str | None = None
) -> Iterator[Sequence[Message]]:
    """From one snapshot, in portions. What is appended meanwhile stands in the outbox."""
    with connection.cursor("everything", binary=True) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query, {"stream": stream})
        rows = iter(cursor)
        while batch := [message(topic, row) for row in islice(rows, AT_ONCE)]:
            yield batch


def read(
    connection: psycopg.Connection,
    topic: str,
    *,
    most: int,
    in_flight: Sequence[int] = (),
    contents: Contents | None = None,
) -> Batch:
    """Of the service's own events, where nothing else is said."""
    of = contents or EVENTS
    wanted = {"in_flight": list(in_flight), "most": most, "bytes": MOST_BYTES}
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(of.read, wanted).fetchall()
    return Batch([row[0] for row in rows], [of.message(topic, row[1:]) for row in rows])


def sent(connection: psycopg.Connection, batch: Batch) -> None:
    deleted = connection.execute(_SENT, [batch.positions]).rowcount
    if deleted != len(batch):
        raise LeaseLost


def backlog(connection: psycopg.Connection, contents: Contents | None = None) -> Backlog:
    row = connection.execute((contents or EVENTS).backlog).fetchone()
    assert row is not None  # noqa: S101 - an aggregate without groups has one row
    return Backlog(rows=row[0], oldest=row[1])


def cause(message: Message) -> str:
    """The `traceparent` of what recorded it; empty where nobody may follow it back."""
    told = (value.decode() for name, value in message.headers if name == "ce_traceparent")
    return next(told, "")


def message(topic: str, row: tuple[Any, ...]) -> Message:
    """Of a row of `ENVELOPE`."""
    key: str = row[5]
    return Message(topic=topic, key=key.encode(), headers=written(row[:16]), value=row[16])


EVENTS = Contents(
    read=_READ,
    message=message,
    backlog=_BACKLOG,
    purge="SELECT purge_idempotency(%s)",
    everything=f"SELECT {ENVELOPE} FROM events ORDER BY position",  # noqa: S608 - as above
)
"""What every service's own outbox holds: positions of its event table."""
