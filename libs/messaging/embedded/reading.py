"""Records by their places: for the members of groups, and for who reads by itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import psycopg

from libs.messaging.broker import Delivery, Partition, SubscriberLost
from libs.messaging.codes import code_of
from libs.messaging.embedded.publishing import unpacked
from libs.messaging.embedded.sharing import Place

_READ = """
SELECT wanted.nth, found."offset", found.key, found.headers, found.value
FROM unnest(%s::uuid[], %s::int[], %s::bigint[])
  WITH ORDINALITY AS wanted (topic, partition, next, nth)
JOIN heads ON heads.topic = wanted.topic AND heads.partition = wanted.partition
  AND heads.next > wanted.next
CROSS JOIN LATERAL (
  SELECT log."offset", log.key, log.headers, log.value FROM log
  WHERE log.topic = wanted.topic AND log.partition = wanted.partition
    AND log."offset" >= wanted.next
  ORDER BY log."offset" LIMIT %s) AS found
LIMIT %s
"""
_IDS = "SELECT name, id FROM topics WHERE name = ANY(%s)"

Wanted = Mapping[Partition, tuple[Place, int]]
"""Where each partition is kept, and the offset from which to read it."""


def read(connection: psycopg.Connection, wanted: Wanted, most: int) -> Sequence[Delivery]:
    """In the order in which the partitions are named."""
    places = [(topic, number, place) for (topic, number), place in wanted.values()]
    topics, numbers, nexts = zip(*places, strict=True)
    order = list(wanted)
    with connection.cursor(binary=True) as cursor:
        asked = [list(topics), list(numbers), list(nexts), most, most]
        rows = cursor.execute(_READ, asked).fetchall()
    return [
        Delivery(
            partition=order[nth - 1],
            offset=offset,
            key=key,
            headers=unpacked(headers),
            value=value,
        )
        for nth, offset, key, headers, value in rows
    ]


class EmbeddedReading:
    def __init__(self, url: str, places: Mapping[Partition, int]) -> None:
        self._url = url
        self._next = dict(places)
        self._connection: psycopg.Connection | None = None

    def until(
        self, ends: Mapping[Partition, int], *, most: int = 1000
    ) -> Iterator[Sequence[Delivery]]:
        try:
            yield from self._until(ends, most)
        except psycopg.Error as trouble:
            raise SubscriberLost(code_of(trouble)) from trouble

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _until(self, ends: Mapping[Partition, int], most: int) -> Iterator[Sequence[Delivery]]:
        connection = self._connected()
        ids: dict[str, UUID] = dict(
            connection.execute(_IDS, [[at.topic for at in ends]]).fetchall()
        )
        while left := [at for at, end in ends.items() if self._next[at] < end]:
            if any(at.topic not in ids for at in left):
                raise SubscriberLost("no-such-topic")
            wanted = {at: ((ids[at.topic], at.number), self._next[at]) for at in left}
            found = [
                one for one in read(connection, wanted, most) if one.offset < ends[one.partition]
            ]
            if not found:
                raise SubscriberLost("log-cut-short")
            self._next.update({one.partition: one.offset + 1 for one in found})
            yield found

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, connect_timeout=5, autocommit=True)
        return self._connection
