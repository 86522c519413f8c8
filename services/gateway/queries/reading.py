"""Reads rows as one clinic sees them: behind the wall of row-level security, in two round trips."""

from collections.abc import Sequence
from typing import Any

import orjson

from libs.eventstore.pool import Pool, within
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
