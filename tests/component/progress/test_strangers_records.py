"""Only from those who may tell it: a stranger's record changes nothing and stops nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from libs.eventstore.parking import CHAIN_BROKEN
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Reader
from libs.messaging.broker import Delivery
from libs.testing.cast import NOW, OTHER_CLINIC
from tests.component.progress.notes import HERE, TOPIC, at, fresh, parked, taken, written

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    "forge",
    [
        lambda note: replace(note, data=b'{"mood":10}'),
        lambda note: replace(note, chain=bytes(16)),
        lambda note: replace(note, recorded_at=NOW),
        lambda note: replace(note, tenant_id=OTHER_CLINIC),
        lambda note: replace(note, actor_role="operator"),
    ],
)
def test_a_stranger_can_neither_apply_nor_stop_anything(
    db: Connection, reader: Reader, forge: Callable[[Recorded], Recorded]
) -> None:
    notes = written(2)
    told = [notes[0], forge(notes[1]), notes[1]]
    assert fresh(taken(db, reader, at(0, told))) == list(notes)


def test_a_forged_record_is_parked_until_its_stream_has_passed(
    db: Connection, reader: Reader
) -> None:
    notes = written(2)
    taken(db, reader, at(0, [notes[0], replace(notes[1], data=b"{}")]))
    assert parked(db, reader) == [(1, CHAIN_BROKEN)]
    taken(db, reader, at(2, [notes[1]]), {HERE: 2})
    assert parked(db, reader) == []


def test_a_record_that_is_none_of_ours_is_parked_by_its_place(
    db: Connection, reader: Reader
) -> None:
    stray = Delivery(partition=HERE, offset=0, key=b"k", headers=[], value=b"?")
    notes = written(2)
    assert fresh(taken(db, reader, [stray, *at(1, notes)])) == list(notes)
    assert parked(db, reader) == [(0, "no-type")]


def test_another_services_key_does_not_fit(db: Connection, reader: Reader) -> None:
    notes = written(1)
    other = replace(reader, chain_keys={TOPIC: bytes(32)})
    assert fresh(taken(db, other, at(0, notes))) == []
