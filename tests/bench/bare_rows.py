"""What screens are measured against: a plain FastAPI handler that reads the same rows.

It asks nobody for a token, checks no relationship and opens no sealed text.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel, Field

_ROWS = """
SELECT event_id, patient_id, type, service, recorded_at, occurred_at, zone, actor_id, actor_role,
  codes::text, excerpt::text
FROM gateway.timeline WHERE tenant_id = $1 AND patient_id = $2
ORDER BY recorded_at, event_id LIMIT $3
"""


class Wanted(BaseModel):
    tenant_id: UUID
    patient_id: UUID
    first: Annotated[int, Field(ge=1, le=500)]


class Item(BaseModel):
    event_id: UUID
    patient_id: UUID
    type: str
    service: str
    recorded_at: datetime
    occurred_at: datetime
    zone: str
    actor_id: UUID
    actor_role: str
    codes: str | None
    excerpt: str | None


@asynccontextmanager
async def _pooled(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_pooled)


@app.post("/timeline")
async def timeline(wanted: Wanted) -> list[Item]:
    rows: list[Any] = await app.state.pool.fetch(
        _ROWS, wanted.tenant_id, wanted.patient_id, wanted.first
    )
    return [Item(**row) for row in rows]
