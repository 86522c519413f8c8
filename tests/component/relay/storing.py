"""A service's tables as the relay finds them."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg

from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW
from libs.testing.databases import Database

SERVICE = "assignment"
STREAMS = tuple(f"assignment-{UUID(int=number)}" for number in range(1, 8))

_INSERT = """
INSERT INTO assignment.events (event_id, tenant_id, stream_id, version, type, subject_id, actor_id,
  actor_role, on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone,
  recorded_at, data, chain)
VALUES (%(event_id)s, %(tenant_id)s, %(stream_id)s, %(version)s, %(type)s, %(subject_id)s,
  %(actor_id)s, %(actor_role)s, %(on_behalf_of)s, %(correlation_id)s, %(causation_id)s,
  %(traceparent)s, %(occurred_at)s, %(zone)s, %(recorded_at)s, %(data)s, %(chain)s)
RETURNING position
"""


class Store:
    """The assignment service's tables, written to as its api would."""

    def __init__(self, database: Database) -> None:
        self.url = database.url_as("assignment_relay")
        self.superuser = database.url
        self._versions: dict[str, int] = {}

    def append(self, count: int, data: bytes = b'{"rating": 7,  "of": 10}') -> list[Recorded]:
        facts = [self.fact(number, data) for number in range(count)]
        with psycopg.connect(self.superuser) as connection:
            for fact in facts:
                position = self.write(connection, fact)
                connection.execute("INSERT INTO assignment.outbox VALUES (%s)", [position])
        return facts

    def fact(self, number: int, data: bytes) -> Recorded:
        stream = STREAMS[number % len(STREAMS)]
        self._versions[stream] = self._versions.get(stream, 0) + 1
        return Recorded(
            event_id=uuid4(),
            stream_id=stream,
            version=self._versions[stream],
            type="interlude.assignment.ReadinessRated.v1",
            tenant_id=CLINIC,
            subject_id=(MASHA, LEV, None)[number % len(STREAMS) % 3],
            actor_id=ANNA,
            actor_role="therapist",
            on_behalf_of=MASHA if number % 2 else None,
            correlation_id=uuid4(),
            causation_id=uuid4() if number % 2 else None,
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            occurred_at=NOW + timedelta(microseconds=number),
            zone="Europe/London",
            recorded_at=NOW + timedelta(seconds=1),
            data=data,
            chain=bytes(range(16)),
        )

    @staticmethod
    def write(connection: psycopg.Connection, fact: Recorded) -> int:
        values = {name: getattr(fact, name) for name in Recorded.__slots__}
        row = connection.execute(_INSERT, {**values, "data": fact.data.decode()}).fetchone()
        assert row is not None
        return int(row[0])

    def ask(self, question: str, *arguments: object) -> object:
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            row = connection.execute(question, arguments).fetchone()
            assert row is not None
            return row[0]

    def waiting(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM assignment.outbox")))

    def publish_all_but(self, last: int) -> None:
        """As if a relay had been here before, and PostgreSQL had counted before it."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute("ANALYZE assignment.outbox, assignment.events")
            connection.execute(
                "DELETE FROM assignment.outbox WHERE position <="
                " (SELECT max(position) - %s FROM assignment.outbox)",
                [last],
            )

    def end_sessions(self) -> None:
        """The relay's connections are gone, as if the network had dropped them."""
        self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE usename = 'assignment_relay' AND datname = current_database()"
        )
