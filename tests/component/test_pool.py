"""Who waits for a connection is counted, and who waits in vain is told so."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from libs.eventstore.pool import borrowed, open_pool
from libs.eventstore.store import StoreUnavailable
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"interlude_pool_{name}") or 0.0


async def test_who_waits_for_a_connection_is_counted_and_who_waits_in_vain(
    database: Database,
) -> None:
    pool = await open_pool(database.url_as("care_app"), size=1, durable=False)
    async with borrowed(pool, 1.0):
        pass
    refusals = counted("refusals_total")
    async with borrowed(pool, 1.0):
        with pytest.raises(StoreUnavailable):
            async with borrowed(pool, 0.01):
                pass
        waits = counted("wait_seconds_count")  # a busy machine may have made the others wait too
        waiting = asyncio.create_task(_borrow(pool))
        await asyncio.sleep(0.02)
    await waiting
    assert counted("refusals_total") == refusals + 1
    assert counted("wait_seconds_count") == waits + 1
    await pool.close()


async def _borrow(pool: object) -> None:
    async with borrowed(pool, 1.0):
        pass
