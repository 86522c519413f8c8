"""The campaign's own fold of the log says what the real projections say, of every kind of fact."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import Connection

from libs.eventstore.recorded import Recorded
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring
from services.assignment import follow as assignment
from services.care import follow as care
from services.diary import follow as diary
from services.gateway.projections.everything import LIVE
from services.review import follow as review
from tests.component.engines import engine_as
from tests.component.gateway.telling import Story
from tests.faults.fold import kept, read_models
from tests.faults.fold.comparing import differences
from tests.faults.fold.tables import EXCUSED, FOLDED, FOLLOWERS, READ_MODELS
from tests.unit.faults.a_store import all_stored

pytestmark = pytest.mark.postgres

STREAMS = asyncio.run(Story(MemoryKeyring()).all_that_can_happen())
STORED = list(all_stored(STREAMS))
KEEPING: Mapping[str, Callable[[Connection, Sequence[Recorded]], None]] = {
    "care": care.keep,
    "assignment": assignment.keep,
    "diary": diary.keep,
    "review": review.keep,
}
NOT_READ = {
    *("events", "streams", "outbox", "idempotency", "relay_lease"),
    *("positions", "applied", "parked", "dismissed", "alembic_version"),
}
"""The stores themselves, and how far readers have come: looked at by invariants of their own."""

_COLUMNS = """
SELECT table_schema AS schema, table_name AS name, array_agg(column_name::text) AS columns
FROM information_schema.columns
WHERE table_schema = ANY(%s) GROUP BY 1, 2
"""


@pytest.fixture(scope="module")
def rows(database: Database) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every table, after all was told."""
    told = [recorded for stream in STREAMS for recorded in stream]
    for service, keep in KEEPING.items():
        _tell(database, f"{service}_follow", keep, told)
    for projection in LIVE:
        _tell(database, "gateway_projector", projection.project, told)
    with psycopg.connect(database.url, row_factory=dict_row) as superuser:
        return {
            name: superuser.execute(f"SELECT * FROM {_full(name)}".encode()).fetchall()  # noqa: S608 - our own tables' names
            for name in FOLDED
        }


def _tell(
    database: Database,
    role: str,
    handle: Callable[[Connection, Sequence[Recorded]], None],
    told: Sequence[Recorded],
) -> None:
    with engine_as(role, database) as engine, engine.begin() as db:
        handle(db, told)


def _full(table: str) -> str:
    return table if "." in table else f"gateway.{table}"


@pytest.mark.parametrize("table", READ_MODELS)
def test_a_read_model_is_what_the_log_says(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], table: str
) -> None:
    folded = read_models(STORED)[table]
    assert list(differences(READ_MODELS[table], folded, rows[table])) == []
    assert folded, "the story fills every read model"


@pytest.mark.parametrize("service", FOLLOWERS)
def test_what_a_follower_keeps_is_what_the_log_says(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], service: str
) -> None:
    folded = kept(service, STORED)
    for table in (name for name in FOLDED if name.startswith(f"{service}.")):
        assert list(differences(FOLDED[table], folded[table], rows[table])) == []
        assert folded[table]


def test_every_column_is_compared_or_excused_with_a_reason(database: Database) -> None:
    with psycopg.connect(database.url, row_factory=dict_row) as superuser:
        found = superuser.execute(_COLUMNS, [[*FOLLOWERS, "gateway"]]).fetchall()
    there = {
        f"{row['schema']}.{row['name']}".removeprefix("gateway."): set(row["columns"])
        for row in found
        if row["name"] not in NOT_READ
    }
    decided = {name: set(columns.all) for name, columns in FOLDED.items()}
    assert {name: columns for name, columns in there.items() if name not in EXCUSED} == decided
    assert EXCUSED.keys() <= there.keys()
