"""A member of a consumer group that reads only from where it was told."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from libs.messaging.broker import Delivery, Partition, Polled, SubscriberLost
from libs.messaging.codes import code_of
from libs.messaging.embedded.publishing import CHANNEL
from libs.messaging.embedded.reading import read
from libs.messaging.embedded.sharing import Place, take_share

_NOTE = """
INSERT INTO noted (group_name, topic, partition, next)
SELECT %s, topic, partition, next
FROM unnest(%s::uuid[], %s::int[], %s::bigint[]) AS told (topic, partition, next)
ON CONFLICT (group_name, topic, partition) DO UPDATE SET next = EXCLUDED.next
"""
_WAKE_MEMBERS = "SELECT pg_notify(%s, %s)"
_LEAVE = "DELETE FROM members WHERE group_name = %s AND member = %s"

SLICE = 0.1
"""Seconds after which a reader looks although nobody woke it."""


class EmbeddedSubscriber:
    def __init__(self, url: str, group: str, topics: Sequence[str], *, session: float) -> None:
        self._url = url
        self._group = group
        self._topics = tuple(topics)
        self._session = session
        self._member = uuid4()
        self._connection: psycopg.Connection | None = None
        self._mine: Mapping[Partition, Place] = {}
        self._next: dict[Partition, int] = {}
        self._share_again_at = 0.0

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        try:
            return self._poll(timeout, most)
        except psycopg.Error as trouble:
            raise SubscriberLost(code_of(trouble)) from trouble

    def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._mine:
            self._next[partition] = offset

    def owned(self) -> frozenset[Partition]:
        return frozenset(self._mine)

    def note(self, positions: Mapping[Partition, int]) -> None:
        ours = [
            (*self._mine[each], offset) for each, offset in positions.items() if each in self._mine
        ]
        if self._connection is None or not ours:
            return
        topics, partitions, offsets = zip(*ours, strict=True)
        with suppress(psycopg.Error):
            self._connection.execute(
                _NOTE, [self._group, list(topics), list(partitions), list(offsets)]
            )

    def close(self) -> None:
        if self._connection is None:
            return
        with suppress(psycopg.Error), self._connection as connection:
            connection.execute(_LEAVE, [self._group, self._member])
            self._wake_members(connection)
        self._connection = None

    def _poll(self, timeout: float, most: int) -> Polled:
        connection = self._connected()
        deadline = time.monotonic() + timeout
        while True:
            assigned = self._share(connection)
            deliveries = self._read(connection, most)
            left = deadline - time.monotonic()
            if assigned or deliveries or left <= 0:
                return Polled(assigned=assigned, deliveries=deliveries)
            self._sleep(connection, min(left, SLICE))

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, connect_timeout=5, autocommit=True)
            self._connection.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
        return self._connection

    def _share(self, connection: psycopg.Connection) -> Sequence[Partition]:
        if time.monotonic() < self._share_again_at:
            return ()
        share = take_share(
            connection,
            group=self._group,
            member=self._member,
            topics=self._topics,
            session=self._session,
        )
        if share.disturbed:
            self._wake_members(connection)
        before, self._mine = self._mine, share.places
        self._share_again_at = time.monotonic() + min(self._session / 5, 2)
        kept = {each for each, place in before.items() if self._mine.get(each) == place}
        self._next = {each: offset for each, offset in self._next.items() if each in kept}
        return [each for each in self._mine if each not in kept]

    def _read(self, connection: psycopg.Connection, most: int) -> Sequence[Delivery]:
        """Starts with another partition each time, so that a busy one cannot starve the rest."""
        if not self._next:
            return ()
        order = list(self._next)
        order = [*order[1:], order[0]]
        self._next = {each: self._next[each] for each in order}
        wanted = {each: (self._mine[each], self._next[each]) for each in order}
        deliveries = read(connection, wanted, most)
        for each in deliveries:
            self._next[each.partition] = each.offset + 1
        return deliveries

    def _sleep(self, connection: psycopg.Connection, seconds: float) -> None:
        for told in connection.notifies(timeout=seconds, stop_after=1):
            if told.payload == self._group:
                self._share_again_at = 0.0

    def _wake_members(self, connection: psycopg.Connection) -> None:
        connection.execute(_WAKE_MEMBERS, [CHANNEL, self._group])
