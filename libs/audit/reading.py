"""The audit as an auditor reads it: all clinics, in a stream, in the order of chains or of time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier

from libs.audit.record import Kept, Record

PORTION = 2000
"""Rows that come along at a time."""

Auditor = psycopg.Connection[Any]

COLUMNS = SQL(
    "r.writer, r.number, r.recorded_at, r.host, r.tenant_id, r.person_id, r.role, r.on_behalf_of,"
    " r.verb, r.action, r.thing_id, r.patients, r.reasons, r.outcome, r.client, r.correlation_id,"
    " r.link"
)


def within(service: str, table: str) -> Identifier:
    return Identifier(f"{service}_audit", table)


@contextmanager
def one_snapshot(connection: Auditor) -> Iterator[None]:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        yield


def records(connection: Auditor, query: Composed, *arguments: object) -> Iterator[Kept]:
    with connection.cursor(name="audit", row_factory=dict_row) as cursor:
        cursor.itersize = PORTION
        for row in cursor.execute(query, arguments):
            yield kept(row)


def count(connection: Auditor, query: Composed, *arguments: object) -> int:
    row = connection.execute(query, arguments).fetchone()
    return int(row[0]) if row else 0


def kept(row: dict[str, Any]) -> Kept:
    told: dict[str, Any] = {name: row[name] for name in Record.__dataclass_fields__}
    patients: tuple[UUID, ...] = tuple(told["patients"])
    return Kept(
        writer=row["writer"],
        number=row["number"],
        recorded_at=row["recorded_at"],
        host=row["host"],
        record=Record(**{**told, "patients": patients, "reasons": tuple(told["reasons"])}),
        link=bytes(row["link"]),
    )
