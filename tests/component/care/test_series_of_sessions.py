"""A series over HTTP, and what care's follower makes of it."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import Reacting
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Fresh, Reader
from libs.messaging.broker import Partition
from libs.testing.cast import CLINIC, NOW
from libs.testing.databases import Database
from services.care import wire
from services.care.examples import REQUESTS, SERIES
from services.care.series_reactions import reactions
from tests.component.callers import desk
from tests.component.care.test_care_over_http import Care

PATH = f"/v1/session-series/{SERIES}"


FROM_LAST_MONTH = {"local": "2026-02-19T16:00:00", "zone": "Europe/London"}
"""Two sessions lie behind, two are to come."""


class WithFollower(Care):
    """Care, and its follower, which hears of a series whenever it is told to."""

    def __init__(self, store: PostgresEventStore, engine: AsyncEngine) -> None:
        super().__init__(store)
        self._engine = engine
        self._series = desk(wire.series, store)
        self._reacting = Reacting("care", reactions(desk(wire.sessions, store)), now=lambda: NOW)

    async def follows(self) -> None:
        """Everything, also what it has heard already."""
        told = [one for one, _ in await self._series.history(CLINIC, SERIES)]
        async with self._engine.begin() as db:
            assert await self._reacting(db, _batch(told)) == {}

    async def planned(self) -> Sequence[UUID]:
        seen = await self.shown("masha", PATH)
        return [each["session_id"] for each in seen["sessions"]]

    async def statuses(self) -> list[str]:
        return [(await self._session(each))["status"] for each in await self.planned()]

    async def _session(self, session_id: UUID) -> Any:
        return await self.shown("anna", f"/v1/sessions/{session_id}")


def _batch(told: Sequence[Recorded]) -> Batch:
    reader = Reader(name="react", chain_keys={})
    places = [(Partition("interlude.care.events.v1", 0), offset) for offset in range(len(told))]
    fresh = [Fresh(place, recorded) for place, recorded in zip(places, told, strict=True)]
    return Batch(reader=reader, tried={}, heads={}, fresh=fresh)


@pytest.fixture
async def followed(own_database: Database) -> AsyncIterator[WithFollower]:
    url = own_database.url_as("care_follow")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    pool = await open_pool(url, size=2)
    yield WithFollower(PostgresEventStore(pool), engine)
    await pool.close()
    await engine.dispose()


@pytest.fixture
def care() -> Care:
    return Care(InMemoryEventStore())


@pytest.mark.postgres
async def test_a_series_is_planned_its_sessions_held_and_what_is_left_cancelled(
    followed: WithFollower,
) -> None:
    care = followed
    await care.in_care()
    told = {**REQUESTS["scheduleSeries"], "count": 4, "starts_at": FROM_LAST_MONTH}
    await care.done("anna", "/v1/session-series", told)
    await care.follows()
    await care.follows()
    assert await care.statuses() == ["scheduled"] * 4
    first, _, third, _ = await care.planned()
    seen = await care.shown("masha", f"/v1/sessions/{third}")
    assert (seen["series_id"], seen["starts_local"]) == (str(SERIES), "2026-03-05T16:00:00")
    began = {"occurred_at": "2026-02-19T16:00:00Z"}
    await care.done("anna", f"/v1/sessions/{first}/starts", began)
    await care.done("anna", f"/v1/sessions/{third}/cancellations", {"cancelled_by": "patient"})
    await care.done("anna", f"{PATH}/ends", {})
    await care.follows()
    assert await care.statuses() == ["started", "scheduled", "cancelled", "cancelled"]
    assert (await care.shown("masha", PATH))["ended_by"] == "therapist"
    left = await care.shown("masha", f"/v1/sessions/{third}")
    assert left["cancelled_by"] == "patient", "as it was said before"


@pytest.mark.parametrize("name", ["masha", "boris", "lev", "operator"])
async def test_nobody_else_plans_a_series(care: Care, name: str) -> None:
    await care.in_care()
    refused = await care.post(name, "/v1/session-series", REQUESTS["scheduleSeries"])
    assert refused.status_code in {403, 409}
    assert (await care.get("anna", PATH)).status_code == 404


async def test_a_series_says_what_is_wrong_with_its_length(care: Care) -> None:
    await care.in_care()
    endless = {key: value for key, value in REQUESTS["scheduleSeries"].items() if key != "count"}
    for told, code, pointer in [
        (endless, "series-length", "/count"),
        ({**endless, "until": "2026-03-01"}, "series-ends-before-it-begins", "/until"),
        ({**endless, "until": "2028-03-01"}, "series-too-long", "/until"),
    ]:
        refused = await care.post("anna", "/v1/session-series", told)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["errors"][0]["pointer"] == pointer
