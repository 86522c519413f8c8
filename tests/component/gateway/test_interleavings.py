"""Topics have no common order: whatever reaches the projector first, the rows come out equal."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.eventstore.recorded import Recorded
from libs.testing.interleaving import batches, interleavings
from libs.testing.keyring import MemoryKeyring
from services.gateway.projections import feed
from services.gateway.projections.everything import READ_MODELS
from tests.component.gateway.telling import Projecting, Story

pytestmark = pytest.mark.postgres

STREAMS = asyncio.run(Story(MemoryKeyring()).all_that_can_happen())
IN_ORDER = [recorded for one in STREAMS for recorded in one]


def tables_after(project: Projecting, told: Sequence[Sequence[Recorded]]) -> dict[str, Any]:
    with project.engine.begin() as db:
        for projection in (*READ_MODELS, feed):
            for table in projection.tables:
                db.exec_driver_sql(f"TRUNCATE {table.name}")
    for batch in told:
        project(batch)
    with project.engine.begin() as db:
        return {
            table.name: sorted(map(str, db.execute(table.select()).all()))
            for projection in READ_MODELS
            for table in projection.tables
        }


@pytest.fixture(scope="module")
def in_order(project: Projecting) -> dict[str, Any]:
    return tables_after(project, [IN_ORDER])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_rows_are_the_same_in_whatever_order_streams_arrive(
    project: Projecting, in_order: dict[str, Any], data: st.DataObject
) -> None:
    order = data.draw(interleavings(STREAMS))
    assert tables_after(project, data.draw(batches(order))) == in_order


def test_every_read_model_has_rows_of_the_story(in_order: dict[str, Any]) -> None:
    empty = sorted(name for name, rows in in_order.items() if not rows)
    assert empty == []


def test_a_patients_feed_counts_what_became_visible(project: Projecting) -> None:
    tables_after(project, [[recorded] for recorded in reversed(IN_ORDER)])
    with project.engine.begin() as db:
        numbers = db.exec_driver_sql(
            "SELECT number FROM feed JOIN timeline USING (tenant_id, patient_id, event_id)"
            " ORDER BY number"
        ).scalars()
        assert list(numbers) == list(range(1, len(_about_a_patient()) + 1))


def _about_a_patient() -> Sequence[Recorded]:
    return [one for one in IN_ORDER if one.subject_id is not None and one.category != "therapist"]
