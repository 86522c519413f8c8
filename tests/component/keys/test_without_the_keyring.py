"""While the keyring is away, or does not open, no clinical text is read or written; all else
works.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import psycopg
import pytest

from libs.eventstore.desk import Desk
from libs.eventstore.store import EventStore
from libs.privacy import rotating
from libs.privacy.sealer import KeyringSealer
from libs.testing.cast import CLINIC, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.keyring import Counting
from libs.testing.web import edge
from libs.web.service import create_service_app
from services.diary import api, wire
from services.diary.examples import ENTRY, REQUESTS
from tests.component.callers import NAMES, Callers, a_store
from tests.component.keys.wrapping import keyring_on, unheard, wrappers

pytestmark = pytest.mark.postgres

ENTRY_PATH = f"/v1/entries/{ENTRY}"
LARRY: dict[str, Any] = REQUESTS["recordEntry"]
MONDAY_NOON = NOW + timedelta(hours=3)
A_MINUTE = 61.0


class Diary(Callers):
    """On a real keyring, whose keys it holds for a minute of its own clock."""

    def __init__(self, store: EventStore, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.seconds = 0.0
        sealer = KeyringSealer(keyring_on(pool), chance=Counting(), monotonic=lambda: self.seconds)
        here = replace(edge(names=NAMES, sealer=sealer, clock=lambda: MONDAY_NOON), service="diary")
        entries, notebooks = (
            Desk(each, store, sealer, chain_key=b"chain", new_id=uuid4)
            for each in (wire.entries, wire.notebooks)
        )
        super().__init__(
            create_service_app(
                "Diary",
                "What is recorded between sessions.",
                here,
                [api.routes(here, entries=entries, notebooks=notebooks)],
                statuses=api.STATUSES,
                examples=REQUESTS,
            )
        )


@pytest.fixture
async def diary(own_database: Database) -> AsyncIterator[Diary]:
    url = own_database.url_as("keyring_writer")
    async with (
        asyncpg.create_pool(url, min_size=1, max_size=2) as pool,
        a_store(own_database, "diary_app") as store,
    ):
        await keyring_on(pool).create_subject(CLINIC, MASHA)
        diary = Diary(store, pool)
        await diary.done("masha", "/v1/entries", {**LARRY, "visibility": "private"})
        yield diary


async def test_while_the_keyring_is_away_no_text_is_read_or_written_and_the_rest_works(
    diary: Diary, own_database: Database
) -> None:
    await diary.pool.close()
    diary.seconds = A_MINUTE
    read = await diary.get("masha", ENTRY_PATH)
    another = {**LARRY, "id": str(uuid4())}
    written = await diary.post("masha", "/v1/entries", another)
    for answer in (read, written):
        assert (answer.status_code, answer.json()["code"]) == (503, "keyring-unavailable")
        assert answer.headers["retry-after"] == "1"
        assert "Larry" not in answer.text
    assert facts(own_database) == 1
    await diary.done("masha", f"{ENTRY_PATH}/sharings", {})
    assert (await diary.get("anna", f"/v1/entries/{uuid4()}")).status_code == 404
    assert facts(own_database) == 2


async def test_whoever_holds_a_key_goes_on_with_it_for_a_minute(diary: Diary) -> None:
    await diary.pool.close()
    diary.seconds = A_MINUTE - 2
    seen = await diary.shown("masha", ENTRY_PATH)
    assert seen["answers"]["other_party"]["label"] == "Larry"


async def test_under_a_key_that_wraps_and_is_not_held_text_is_hidden_and_none_is_written(
    diary: Diary, own_database: Database
) -> None:
    """An operator wrapped all keys anew, and forgot to give this process the second number."""
    async with rotating.alone(own_database.url_as("keyring_rotator")) as db:
        await rotating.rewrap(db, wrappers(1, 2), unheard)
    diary.seconds = A_MINUTE
    seen = await diary.shown("masha", ENTRY_PATH)
    assert seen["answers"]["other_party"]["label"] == {"erased": True}
    assert seen["visibility"] == "private"
    refused = await diary.post("masha", "/v1/entries", {**LARRY, "id": str(uuid4())})
    assert (refused.status_code, refused.json()["code"]) == (503, "keyring-unavailable")
    assert facts(own_database) == 1


def facts(database: Database) -> int:
    with psycopg.connect(database.url) as superuser:
        row = superuser.execute("SELECT count(*) FROM diary.events").fetchone()
    assert row is not None
    return int(row[0])
