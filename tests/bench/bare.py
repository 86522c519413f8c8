"""What we are measured against: a plain FastAPI handler that validates and makes one insert."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel, Field

TABLE = """
CREATE TABLE IF NOT EXISTS ratings (
    id uuid PRIMARY KEY, assignment uuid NOT NULL, readiness int, confidence int, importance int,
    recorded_at timestamptz NOT NULL DEFAULT now()
)
"""
INSERT = (
    "INSERT INTO ratings (id, assignment, readiness, confidence, importance)"
    " VALUES ($1, $2, $3, $4, $5)"
)


class Ratings(BaseModel):
    readiness: Annotated[int, Field(ge=0, le=10)]
    confidence: Annotated[int, Field(ge=0, le=10)]
    importance: Annotated[int, Field(ge=0, le=10)]


@asynccontextmanager
async def _pooled(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=16) as pool:
        await pool.execute(TABLE)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_pooled)


@app.post("/ratings/{assignment}", status_code=201)
async def rate(assignment: UUID, body: Ratings) -> dict[str, str]:
    made = uuid4()
    await app.state.pool.execute(
        INSERT, made, assignment, body.readiness, body.confidence, body.importance
    )
    return {"id": str(made)}
