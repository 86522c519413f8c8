"""Connections to PostgreSQL for what must be one round trip: raw asyncpg, nothing around it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Histogram

from libs.eventstore.store import StoreUnavailable

Pool = Any
Connection = Any
"""asyncpg ships no types."""

LOCK_TIMEOUT_MS = 2000
"""How long an append waits for a twin or a busy stream before it is told *in flight*."""

_STATEMENT_TIMEOUT_MS = 10_000
_COMMAND_TIMEOUT_S = 15.0
"""Longer than the server's own: it fires only when the server cannot be heard any more."""

UNREACHABLE = (
    TimeoutError,
    OSError,
    asyncpg.InterfaceError,
    # The driver's word for a server that said goodbye while its answer was under way.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


_AT_ONCE = 0.001
_WAITS = Histogram(
    "interlude_pool_wait_seconds",
    "Waits for a connection to the database that took longer than a millisecond.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)
_REFUSED = Counter(
    "interlude_pool_refusals_total",
    "Asked for a connection in vain: none free in time, or none at all.",
)


class NotDurable(Exception):  # noqa: N818 - a refusal to start, with the setting's name
    """PostgreSQL would confirm what a power cut can still take away."""


async def open_pool(
    url: str, *, size: int = 8, least: int = 1, application: str = "interlude", durable: bool = True
) -> Pool:
    """A pool whose connections nobody leaves in a state, so that returning one costs no round trip.

    Refuses (`NotDurable`) a server that acknowledges before it has flushed, unless `durable` is
    False, which is for development only.
    """
    pool = await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=size,
        init=_plain_uuids,
        reset=_nothing_to_reset,
        max_inactive_connection_lifetime=0,
        max_cached_statement_lifetime=0,
        command_timeout=_COMMAND_TIMEOUT_S,
        server_settings={
            "application_name": application,
            "lock_timeout": str(LOCK_TIMEOUT_MS),
            "statement_timeout": str(_STATEMENT_TIMEOUT_MS),
            "default_transaction_isolation": "read committed",
            "jit": "off",
            "timezone": "UTC",
        },
    )
    if durable:
        await _check_durable(pool)
    return pool


@asynccontextmanager
async def borrowed(pool: Pool, patience: float) -> AsyncIterator[Connection]:
    """A connection of the pool; `StoreUnavailable` when none is free within `patience` seconds."""
    began = time.perf_counter()
    try:
        # Not acquire(timeout=…): in Python 3.11 that starts a task for every call.
        async with asyncio.timeout(patience):
            connection = await pool.acquire()
    except UNREACHABLE as error:
        _REFUSED.inc()
        raise StoreUnavailable from error
    waited = time.perf_counter() - began
    if waited > _AT_ONCE:
        _WAITS.observe(waited)
    try:
        yield connection
    finally:
        await pool.release(connection)


@asynccontextmanager
async def within(pool: Pool, tenant_id: UUID, patience: float) -> AsyncIterator[Connection]:
    """A connection for questions, to which only this clinic's rows are there."""
    async with borrowed(pool, patience) as connection:
        # One message: the tenant is a UUID of ours, not text. It ends with the transaction.
        await connection.execute(f"BEGIN READ ONLY; SET LOCAL interlude.tenant = '{tenant_id}'")
        try:
            yield connection
        finally:
            await connection.execute("ROLLBACK")


@asynccontextmanager
async def writing(pool: Pool, tenant_id: UUID, patience: float) -> AsyncIterator[Connection]:
    """As `within`, for what is written beside facts: kept unless something is raised."""
    async with borrowed(pool, patience) as connection:
        await connection.execute(f"BEGIN; SET LOCAL interlude.tenant = '{tenant_id}'")
        try:
            yield connection
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")


@asynccontextmanager
async def snapshot(pool: Pool, tenant_id: UUID, patience: float) -> AsyncIterator[Connection]:
    """As `within`, and every question is answered as of the first one."""
    async with within(pool, tenant_id, patience) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


async def schema_version(pool: Pool) -> str | None:
    """The schema's revision, for readiness; compare with `migrating.head_of`."""
    version: str | None = await pool.fetchval("SELECT version_num FROM alembic_version")
    return version


async def _plain_uuids(connection: Connection) -> None:
    """Asyncpg's own UUID class is unknown to orjson, so one that slipped through would be a bug in
    whatever serialises it later.
    """
    await connection.set_type_codec(
        "uuid",
        schema="pg_catalog",
        encoder=_uuid_bytes,
        decoder=_uuid_of,
        format="binary",
    )


def _uuid_bytes(value: UUID | str) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


def _uuid_of(value: bytes) -> UUID:
    return UUID(bytes=bytes(value))


async def _nothing_to_reset(_connection: Connection) -> None:
    """Every statement of ours is a transaction by itself and sets what it needs locally."""


async def _check_durable(pool: Pool) -> None:
    row = await pool.fetchrow(
        "SELECT current_setting('fsync') AS fsync,"
        " current_setting('synchronous_commit') AS synchronous_commit,"
        " current_setting('full_page_writes') AS full_page_writes"
    )
    unsafe = sorted(name for name, value in row.items() if value == "off")
    if unsafe:
        await pool.close()
        raise NotDurable(f"PostgreSQL runs with {', '.join(unsafe)} off")
