"""Topics: making them, telling them apart, and how far they go."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import psycopg

from libs.messaging.address import USUAL_SESSION
from libs.messaging.broker import BrokerUnavailable, Partition
from libs.messaging.codes import code_of
from libs.messaging.embedded.publishing import EmbeddedPublisher
from libs.messaging.embedded.reading import EmbeddedReading
from libs.messaging.embedded.subscribing import EmbeddedSubscriber

Answer = TypeVar("Answer")

_MAKE = """
WITH made AS (
  INSERT INTO topics (name, partitions, retention_ms) VALUES (%s, %s, %s)
  ON CONFLICT (name) DO NOTHING RETURNING id, partitions)
INSERT INTO heads (topic, partition)
SELECT id, generate_series(0, partitions - 1) FROM made
"""
_TRIM = "SELECT trim_log(%s)"
_ENDS = """
SELECT topics.name, heads.partition, heads.next FROM heads JOIN topics ON topics.id = heads.topic
WHERE topics.name = ANY(%s)
"""


class EmbeddedBroker:
    """`session` (seconds): how long a silent reader keeps its partitions."""

    def __init__(self, url: str, *, session: float = USUAL_SESSION) -> None:
        self._url = url
        self._session = session

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        """Records past their time go here, that is, whenever a relay starts."""

        def make(connection: psycopg.Connection) -> None:
            connection.execute(_MAKE, [topic, partitions, retention_ms])
            connection.execute(_TRIM, [topic])

        self._ask(make)

    def topic_id(self, topic: str) -> str:
        found = self._ask(
            lambda connection: connection.execute(
                "SELECT id FROM topics WHERE name = %s", [topic]
            ).fetchone()
        )
        if found is None:
            raise BrokerUnavailable("no-such-topic")
        return str(found[0])

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        rows = self._ask(lambda connection: connection.execute(_ENDS, [list(topics)]).fetchall())
        return {Partition(topic, number): end for topic, number, end in rows}

    def publisher(self) -> EmbeddedPublisher:
        return EmbeddedPublisher(self._url)

    def subscriber(self, *, group: str, topics: Sequence[str]) -> EmbeddedSubscriber:
        return EmbeddedSubscriber(self._url, group, topics, session=self._session)

    def reading(self, places: Mapping[Partition, int]) -> EmbeddedReading:
        return EmbeddedReading(self._url, places)

    def close(self) -> None:
        """Nothing is kept open between questions."""

    def _ask(self, question: Callable[[psycopg.Connection], Answer]) -> Answer:
        try:
            with psycopg.connect(self._url, connect_timeout=5, autocommit=True) as connection:
                return question(connection)
        except psycopg.Error as trouble:
            raise BrokerUnavailable(code_of(trouble)) from trouble
