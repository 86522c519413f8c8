"""Partitions are shared: another process may be at work on Masha's facts at the very moment in
which this one hears that she was erased, or hear that Lev was.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from deploy.local.ports import wait_until
from libs.eventstore.following import KEEP
from libs.eventstore.recorded import Recorded
from libs.messaging.envelope import topic_of
from libs.process.following import reader_of
from libs.testing.cast import CLINIC, LEV, MASHA
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY
from services.gateway import projecting
from services.gateway.contracts import SERVICES
from services.gateway.projections.everything import LIVE
from services.review import follow
from services.review.following import FOLLOWING
from tests.component.care_facts.care import session
from tests.component.engines import engine_as
from tests.component.erasing.handling import Handling, erased, waits

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]


class OfReviews:
    """The settings of their follower, as far as a reader needs them."""

    topic_prefix = ""

    def key(self, _label: str) -> bytes:
        return CHAIN_KEY


def _project(db: Connection, events: Sequence[Recorded]) -> None:
    for projection in LIVE:
        projection.project(db, events)


_of_reviews: Any = OfReviews()
CASES = {
    "review_follow": Handling(
        reader_of(KEEP, _of_reviews, FOLLOWING), follow.keep, "review.known_sessions"
    ),
    "gateway_projector": Handling(
        projecting.reader_of({topic_of(each): CHAIN_KEY for each in SERVICES}),
        _project,
        "gateway.sessions",
    ),
}


@pytest.fixture(params=CASES)
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def process(role: str) -> Handling:
    return CASES[role]


@pytest.fixture
def engine(role: str, own_database: Database) -> Iterator[Engine]:
    with engine_as(role, own_database) as engine:
        yield engine


def test_whoever_removes_waits_for_what_is_being_written(
    process: Handling, engine: Engine, own_database: Database
) -> None:
    told = session(uuid4())
    with ThreadPoolExecutor(1) as beside:
        with engine.begin() as db:
            written = process.take(db, 0, told)
            assert [one.recorded for one in written.to_handle] == list(told)
            removing = beside.submit(process.all_of, engine, 1, erased(MASHA), Event())
            assert wait_until(lambda: waits(own_database), seconds=20)
            process.handle(db, written)
        removing.result(20)
    with psycopg.connect(own_database.url) as superuser:
        left = superuser.execute(f"SELECT count(*) FROM {process.table}".encode()).fetchone()  # noqa: S608 - our own names
    assert left == (0,)
    with engine.begin() as db:
        assert process.reader.forgotten(db, {(CLINIC, MASHA)}) == {(CLINIC, MASHA)}


def test_two_who_hear_of_an_erasure_each_do_not_wait_for_each_other(
    process: Handling, engine: Engine, own_database: Database
) -> None:
    """Each in the midst of its own, while the other has begun."""
    took = Event()
    with ThreadPoolExecutor(1) as beside:
        with engine.begin() as db:
            hers = process.take(db, 0, erased(MASHA))
            other = beside.submit(process.all_of, engine, 1, erased(LEV), took)
            assert wait_until(lambda: took.is_set() or waits(own_database), seconds=20)
            process.handle(db, hers)
        other.result(20)
    both = {(CLINIC, MASHA), (CLINIC, LEV)}
    with engine.begin() as db:
        assert process.reader.forgotten(db, both) == both
