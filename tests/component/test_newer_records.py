"""Read models and kept facts are the same, whichever version a record has and whatever is new."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, Engine, Table

from deploy.contracts.catalogue import WRITERS
from libs.access import care_facts
from libs.access.erasing import ERASED
from libs.eventstore.recorded import Recorded
from libs.process.following import Following
from libs.testing.databases import Database
from services.assignment import follow as assignment_follow
from services.gateway.projections.everything import READ_MODELS
from services.review import follow as review_follow
from tests.component.engines import engine_as
from tests.contract import stored
from tests.contract.growing import Additions, additions, grown

pytestmark = pytest.mark.postgres

TOLD = [each for each in stored.records() if each.known_as != ERASED]
"""All are of one patient: once they are erased, nothing would be left to look at."""

Rows = Mapping[str, Any]


def rows_after(engine: Engine, tables: Sequence[Table], told: Callable[[Connection], None]) -> Rows:
    """Nothing is committed: the next telling finds the tables empty again."""
    with engine.connect() as db:
        told(db)
        rows = {one.name: sorted(map(str, db.execute(one.select()).all())) for one in tables}
        db.rollback()
        return rows


def projected(engine: Engine, told: Sequence[Recorded]) -> Rows:
    def project(db: Connection) -> None:
        for model in READ_MODELS:
            model.project(db, told)

    return rows_after(engine, [table for model in READ_MODELS for table in model.tables], project)


KEPT: Mapping[str, Sequence[Table]] = {
    "care": care_facts.tables.sorted_tables,
    "diary": care_facts.tables.sorted_tables,
    "assignment": [
        *care_facts.tables.sorted_tables,
        *assignment_follow.tables.sorted_tables,
    ],
    "review": [*care_facts.tables.sorted_tables, review_follow.known_assignments],
}


def kept(engines: Mapping[str, Engine], told: Sequence[Recorded]) -> Rows:
    return {
        f"{service} {table}": rows
        for service, engine in engines.items()
        for table, rows in rows_after(engine, KEPT[service], keeping(service, told)).items()
    }


def keeping(service: str, told: Sequence[Recorded]) -> Callable[[Connection], None]:
    following: Following = import_module(f"services.{service}.following").FOLLOWING
    return lambda db: following.keep(db, told)


class Readers:
    """The gateway and every service, each with what it makes of records."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines
        self.as_stored = self.rows_of(TOLD)

    def rows_of(self, told: Sequence[Recorded]) -> Rows:
        services = {name: self._engines[name] for name in WRITERS}
        return {**projected(self._engines["gateway"], told), **kept(services, told)}


@pytest.fixture(scope="module")
def readers(database: Database) -> Iterator[Readers]:
    roles = {name: f"{name}_follow" for name in WRITERS} | {"gateway": "gateway_projector"}
    with ExitStack() as stack:
        yield Readers(
            {name: stack.enter_context(engine_as(role, database)) for name, role in roles.items()}
        )


def test_every_table_has_rows_of_the_stored_records(readers: Readers) -> None:
    assert sorted(name for name, rows in readers.as_stored.items() if not rows) == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(new=additions())
def test_newer_versions_with_unknown_fields_leave_the_same_rows(
    readers: Readers, new: Additions
) -> None:
    # A worksheet's answers are kept whole, with what only its own newer definition knows of.
    rows = readers.rows_of(grown(TOLD, new, but="answers"))
    assert [name for name, told in readers.as_stored.items() if rows[name] != told] == []


def test_a_record_of_the_second_version_leaves_the_rows_of_the_first(readers: Readers) -> None:
    first, second = (
        [one for one in told if one.category == "session"]
        for told in stored.streams()
        if told[0].category == "session"
    )
    assert {one.type[-2:] for one in second} > {one.type[-2:] for one in first}
    before, after = readers.rows_of(first), readers.rows_of(second)
    for table in ("sessions", "review known_sessions", "assignment known_sessions"):
        assert _without_ids(before[table], first) == _without_ids(after[table], second)


def _without_ids(rows: Sequence[str], told: Sequence[Recorded]) -> Sequence[str]:
    return [row.replace(str(told[0].stream_uuid), "session") for row in rows]
