"""Partitions are shared: another process may be at work on Masha's facts at the very moment in
which this one hears that she was erased.
"""

from collections.abc import Callable, Iterator, Sequence
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from deploy.local.ports import wait_until
from libs.access import erasing
from libs.eventstore.recorded import Recorded
from libs.testing.cast import CLINIC, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.streams import stream
from services.gateway.projections import erased as read_models
from services.gateway.projections.everything import LIVE
from services.review import follow
from tests.component.care_facts.care import session
from tests.component.engines import engine_as

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]

Handle = Callable[[Connection, Sequence[Recorded]], None]

ERASED = stream(
    "erasure",
    MASHA,
    ("interlude.care.PatientErased.v1", {"patient_id": MASHA, "erased_at": NOW.isoformat()}),
)


def _project(db: Connection, events: Sequence[Recorded]) -> None:
    for projection in LIVE:
        projection.project(db, events)


CASES = {
    "review_follow": (follow.keep, erasing.forgotten, "review.known_sessions"),
    "gateway_projector": (_project, read_models.forgotten, "gateway.sessions"),
}


@pytest.fixture(params=CASES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine(role: str, own_database: Database) -> Iterator[Engine]:
    with engine_as(role, own_database) as engine:
        yield engine


def waits(database: Database) -> bool:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone()
    return found is not None


def test_whoever_removes_waits_for_what_is_being_written(
    role: str, engine: Engine, own_database: Database
) -> None:
    handle, forgotten, table = CASES[role]
    told: Any = session(uuid4())
    removing = Thread(target=_in_one, args=[engine, handle, ERASED])
    with engine.begin() as db:
        assert forgotten(db, {(CLINIC, MASHA)}) == set()
        removing.start()
        assert wait_until(lambda: waits(own_database), seconds=20)
        handle(db, told)
    removing.join(20)
    assert not removing.is_alive()
    with psycopg.connect(own_database.url) as superuser:
        left = superuser.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - our own names
    assert left == (0,)
    with engine.begin() as db:
        assert forgotten(db, {(CLINIC, MASHA)}) == {(CLINIC, MASHA)}


def _in_one(engine: Engine, handle: Handle, told: Sequence[Recorded]) -> None:
    with engine.begin() as db:
        handle(db, told)
