"""A batch is one transaction, so all of it is there or nothing."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import orjson
import psycopg

from libs.messaging.broker import Message, PublishFailed
from libs.messaging.codes import code_of
from libs.messaging.partitioning import partition_of

CHANNEL = "interlude_log"

# In one order, so that two who write to the same partitions wait instead of deadlocking.
_LOCK = """
SELECT heads.topic, heads.partition, heads.next
FROM heads JOIN unnest(%s::uuid[], %s::int[]) AS wanted (topic, partition)
  USING (topic, partition)
ORDER BY heads.topic, heads.partition
FOR UPDATE OF heads
"""
_ADVANCE = """
UPDATE heads SET next = heads.next + written.records
FROM unnest(%s::uuid[], %s::int[], %s::bigint[]) AS written (topic, partition, records)
WHERE heads.topic = written.topic AND heads.partition = written.partition
"""
_WRITE = """
COPY log (topic, partition, "offset", key, headers, value) FROM STDIN (FORMAT BINARY)
"""
# Not in the writing transaction: a NOTIFY there would make all commits of the server wait for each
# other. Its loss costs a reader one poll interval, so it need not wait for the disk either.
_WAKE = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, '')
"""

Place = tuple[UUID, int]


class EmbeddedPublisher:
    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection | None = None
        self._topics: dict[str, tuple[UUID, int]] = {}
        self._failed = False

    def publish(self, messages: Sequence[Message]) -> None:
        if self._failed:
            raise PublishFailed("used-after-failure")
        if not messages:
            return
        try:
            connection = self._connected()
            placed = [(self._place(connection, each), each) for each in messages]
            with connection.transaction():
                _write(connection, placed)
            connection.execute(_WAKE, [CHANNEL])
        except psycopg.Error as trouble:
            self.close()
            raise PublishFailed(code_of(trouble)) from trouble
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._failed = True
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, connect_timeout=5, autocommit=True)
        return self._connection

    def _place(self, connection: psycopg.Connection, message: Message) -> Place:
        if message.topic not in self._topics:
            found = connection.execute(
                "SELECT id, partitions FROM topics WHERE name = %s", [message.topic]
            ).fetchone()
            if found is None:
                raise PublishFailed("no-such-topic")
            self._topics[message.topic] = found
        topic, partitions = self._topics[message.topic]
        return topic, partition_of(message.key, partitions)


def _write(connection: psycopg.Connection, placed: Sequence[tuple[Place, Message]]) -> None:
    counts = Counter(place for place, _ in placed)
    offsets = _locked(connection, list(counts))
    with connection.cursor() as cursor, cursor.copy(_WRITE) as copy:
        copy.set_types(["uuid", "int4", "int8", "bytea", "bytea", "bytea"])
        for place, message in placed:
            headers = packed(message.headers)
            copy.write_row((*place, offsets[place], message.key, headers, message.value))
            offsets[place] += 1
    topics, partitions = zip(*counts, strict=True)
    connection.execute(_ADVANCE, [list(topics), list(partitions), list(counts.values())])


def _locked(connection: psycopg.Connection, places: Sequence[Place]) -> dict[Place, int]:
    topics, partitions = zip(*places, strict=True)
    rows = connection.execute(_LOCK, [list(topics), list(partitions)]).fetchall()
    if len(rows) != len(places):
        raise PublishFailed("topic-replaced")
    return {(topic, partition): offset for topic, partition, offset in rows}


def packed(headers: Sequence[tuple[str, bytes]]) -> bytes:
    """Latin-1 maps every byte to one character and back, so JSON can carry them all."""
    return orjson.dumps([(name, value.decode("latin-1")) for name, value in headers])


def unpacked(headers: bytes) -> Sequence[tuple[str, bytes]]:
    return [(name, value.encode("latin-1")) for name, value in orjson.loads(headers)]
