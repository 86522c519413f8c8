"""Whatever is appended in whatever company, the store in memory answers as PostgreSQL does."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import Append, EventStore
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.event_store_contract import SCOPE, append, new_stream, remember


@dataclass(frozen=True)
class Wanted:
    """An append, with small numbers for what must be new in every example."""

    clinic: int
    stream: int
    after: int
    facts: int
    key: int | None
    fingerprint: bytes


WANTED = st.builds(
    Wanted,
    clinic=st.integers(0, 1),
    stream=st.integers(0, 2),
    after=st.integers(0, 3),
    facts=st.integers(0, 2),
    key=st.none() | st.integers(0, 2),
    fingerprint=st.sampled_from([b"this request", b"another request"]),
)


def _distinct(batch: list[Wanted]) -> bool:
    streams = [(one.clinic, one.stream) for one in batch]
    keys = [(one.clinic, one.key) for one in batch if one.key is not None]
    return len(set(streams)) == len(streams) and len(set(keys)) == len(keys)


STORY = st.lists(st.lists(WANTED, min_size=1, max_size=5).filter(_distinct), max_size=8)
CLINICS = (CLINIC, OTHER_CLINIC)


@pytest.mark.postgres
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STORY)
def test_both_stores_tell_the_same_story(database: Database, story: list[list[Wanted]]) -> None:
    streams, keys = [new_stream() for _ in range(3)], [str(uuid4()) for _ in range(3)]
    appends = [[_append(one, streams, keys) for one in batch] for batch in story]
    asyncio.run(_compare(database, appends, streams, keys))


def _append(wanted: Wanted, streams: list[str], keys: list[str]) -> Append:
    versions = range(wanted.after + 1, wanted.after + wanted.facts + 1)
    key = None if wanted.key is None else remember(keys[wanted.key], wanted.fingerprint)
    return append(
        streams[wanted.stream], *versions, after=wanted.after, key=key, at=CLINICS[wanted.clinic]
    )


async def _compare(
    database: Database, story: list[list[Append]], streams: list[str], keys: list[str]
) -> None:
    pool = await open_pool(database.url_as("care_app"), size=1)
    real, memory = PostgresEventStore(pool), InMemoryEventStore()
    for batch in story:
        assert await real.append(batch) == await memory.append(batch)
    for stream in streams:
        for key in keys:
            assert await _known(real, stream, key) == await _known(memory, stream, key)
    await pool.close()


async def _known(store: EventStore, stream: str, key: str) -> list[Any]:
    return [await store.settle(clinic, stream, after=0, scope=SCOPE, key=key) for clinic in CLINICS]
