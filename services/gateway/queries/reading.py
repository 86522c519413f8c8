"""Reads rows as one clinic sees them: behind the wall of row-level security, in two round trips."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from libs.eventstore.pool import UNREACHABLE, Connection, Pool, snapshot, within
from libs.eventstore.store import StoreUnavailable
from services.gateway.queries.visible import Asker

Json = dict[str, Any]

_TYPED = """($1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::text[] IS NOT NULL
    AND $4::boolean IS NOT NULL AND $5::timestamptz IS NOT NULL)"""
"""PostgreSQL must know the type of every argument, also of those that a statement does not use."""

PATIENCE = 2.0
"""Seconds to wait for a free connection; then the store is told to be busy."""


class ReadModels:
    """`asked` counts statements, so that a test can say that a screen takes so many."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.asked = 0

    async def rows(self, asker: Asker, sql: str, *arguments: object) -> Sequence[Json]:
        """Each row as JSON, made by the server: nested rows come along in the same statement.

        Raises `StoreUnavailable` when no connection is free in time.
        """
        self.asked += 1
        async with within(self._pool, asker.tenant_id, PATIENCE) as connection:
            found = await connection.fetch(
                f"SELECT row_to_json(answer)::text FROM ({sql}) AS answer WHERE {_TYPED}",  # noqa: S608 - SQL of ours, values are arguments
                *asker.arguments,
                *arguments,
            )
        return [orjson.loads(row[0]) for row in found]

    async def row(self, asker: Asker, sql: str, *arguments: object) -> Json | None:
        found = await self.rows(asker, sql, *arguments)
        return found[0] if found else None

    @asynccontextmanager
    async def snapshot(self, asker: Asker) -> AsyncIterator["Snapshot"]:
        """For long answers that must be of one moment. It holds a connection for as long as it is
        open, so there should be few.
        """
        async with snapshot(self._pool, asker.tenant_id, PATIENCE) as connection:
            yield Snapshot(connection, asker)


class Snapshot:
    """Reads as of one moment, however long it takes."""

    def __init__(self, connection: Connection, asker: Asker) -> None:
        self._connection = connection
        self._asker = asker

    async def row(self, sql: str, *arguments: object) -> Json | None:
        """The only one. Raises `StoreUnavailable`."""
        found = [rows[0] async for rows in self.pages(sql, *arguments, size=1)]
        return found[0] if found else None

    async def pages(self, sql: str, *arguments: object, size: int) -> AsyncIterator[list[Json]]:
        """`size` rows at a time, none of them kept; columns without a value are left out, inside
        what is nested too. Raises `StoreUnavailable`.
        """
        try:
            cursor = await self._connection.cursor(
                "SELECT json_strip_nulls(row_to_json(answer))::text"  # noqa: S608 - SQL of ours, values are arguments
                f" FROM ({sql}) AS answer WHERE {_TYPED}",
                *self._asker.arguments,
                *arguments,
            )
            while rows := await cursor.fetch(size):
                yield [orjson.loads(row[0]) for row in rows]
        except UNREACHABLE as error:
            raise StoreUnavailable from error
