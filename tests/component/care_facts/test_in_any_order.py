"""What is kept of care is the same, in whatever order and however often its facts arrive."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, Engine, MetaData, select

from libs.access import care_facts
from libs.eventstore import progress
from libs.eventstore.recorded import Recorded
from libs.eventstore.surviving import survive
from libs.eventstore.taking import Reader, settle, take
from libs.messaging.broker import Partition
from libs.testing.cast import NOW
from libs.testing.interleaving import batches, deliveries, interleavings
from libs.testing.streams import CHAIN_KEY
from tests.component.care_facts.care import CLINIC_LIFE
from tests.component.delivering import delivered

pytestmark = pytest.mark.postgres

TOPIC = "interlude.care.events.v1"
HERE = Partition(TOPIC, 0)

WHATEVER_ORDER = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _kept(db: Connection) -> dict[str, Sequence[Any]]:
    return {
        table.name: db.execute(select(table).order_by(*table.primary_key.columns)).all()
        for table in care_facts.tables.sorted_tables
    }


@WHATEVER_ORDER
@given(interleavings(CLINIC_LIFE).flatmap(batches))
def test_the_order_between_streams_and_the_batches_make_no_difference(
    engine: Engine, told: Sequence[Sequence[Recorded]]
) -> None:
    with engine.connect() as db:
        for batch in told:
            care_facts.keep(db, batch)
        kept = _kept(db)
        db.rollback()
        for each in CLINIC_LIFE:
            care_facts.keep(db, each)
        assert kept == _kept(db)
        db.rollback()


@WHATEVER_ORDER
@given(deliveries(CLINIC_LIFE))
def test_what_comes_twice_counts_once(engine: Engine, told: Sequence[Sequence[Recorded]]) -> None:
    reader = Reader(name="keep", chain_keys={TOPIC: CHAIN_KEY}, categories=care_facts.CATEGORIES)
    with engine.connect() as db:
        for each in CLINIC_LIFE:
            care_facts.keep(db, each)
        expected = _kept(db)
        db.rollback()
        progress.stand(db, reader.name, {HERE: "id"})
        offset = 0
        for batch in told:
            taken = take(db, reader, {HERE: offset}, delivered(HERE, offset, batch))
            assert survive(db, care_facts.keep, taken.to_handle) == {}
            settle(db, taken, {}, NOW)
            offset += len(batch)
        assert _kept(db) == expected
        db.rollback()


def test_the_migration_makes_the_tables_that_the_code_writes(engine: Engine) -> None:
    made = MetaData()
    with engine.connect() as db:
        made.reflect(db, only=[table.name for table in care_facts.tables.sorted_tables])
    for table in care_facts.tables.sorted_tables:
        assert {(column.name, str(column.type.compile(engine.dialect))) for column in table.c} == {
            (column.name, str(column.type.compile(engine.dialect)))
            for column in made.tables[table.name].c
        }
