"""An outbox of records that are derived from others' facts: it holds them whole, as they will be
published, so that a repeat is byte-identical whatever has changed in what they were derived from.

Where a service's own outbox names events (`outbox.EVENTS`), this one holds what is in no table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, text

from libs.eventstore.migrations import run_script
from libs.messaging.broker import Message
from libs.messaging.outbox import Contents

__all__ = ["Record", "contents", "create_derived_outbox", "put"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """As it will be published; header values are text."""

    key: str
    headers: Sequence[tuple[str, str]]
    value: bytes


_PUT = text("""
INSERT INTO outbox (key, headers, value, derived_at)
SELECT key, headers, value, :now
FROM unnest(CAST(:keys AS text[]), CAST(:headers AS json[]), CAST(:values AS json[]))
    WITH ORDINALITY AS derived(key, headers, value, place)
ORDER BY place
""")
_READ = """
WITH waiting AS (
  SELECT * FROM outbox WHERE position <> ALL(%(in_flight)s::bigint[])
  ORDER BY position LIMIT %(most)s),
measured AS (
  SELECT waiting.*, sum(pg_column_size(value)) OVER (ORDER BY position)
    - pg_column_size(value) AS bytes_before
  FROM waiting)
SELECT position, key, headers, value FROM measured WHERE bytes_before < %(bytes)s ORDER BY position
"""
_BACKLOG = "SELECT count(*), min(derived_at) FROM outbox"


def create_derived_outbox(connection: Connection, *, writer: str) -> None:
    """For a migration: the outbox and its lease, for the role that both derives and publishes."""
    run_script(connection, Path(__file__).parent / "derived.sql", writer=writer)


def put(db: Connection, records: Sequence[Record], now: datetime) -> None:
    """In the transaction that derives them; they are published in this order."""
    if records:
        db.execute(
            _PUT,
            {
                "now": now,
                "keys": [record.key for record in records],
                "headers": [orjson.dumps(record.headers).decode() for record in records],
                "values": [record.value.decode() for record in records],
            },
        )


def contents(*, purge: str) -> Contents:
    """`purge` is a statement that forgets at most `%s` rows of whatever else has had its time."""
    return Contents(read=_READ, message=_message, backlog=_BACKLOG, purge=purge)


def _message(topic: str, row: tuple[Any, ...]) -> Message:
    key, headers, value = row
    return Message(
        topic=topic,
        key=key.encode(),
        headers=[(name, told.encode()) for name, told in orjson.loads(headers)],
        value=value,
    )
