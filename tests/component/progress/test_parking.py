"""What has to wait is parked, with all that follows it, until it is due."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from libs.eventstore import parking, progress
from libs.eventstore.parking import WAITS
from libs.eventstore.progress import Move
from libs.eventstore.taking import Failure, Reader, settle, take
from libs.testing.cast import LEV, NOW
from tests.component.progress.notes import HERE, THERE, at, fresh, parked, taken, written

pytestmark = pytest.mark.postgres


def test_after_a_gap_the_stream_waits_and_the_others_go_on(db: Connection, reader: Reader) -> None:
    notes, others = written(3), written(2, subject=LEV)
    told = [notes[0], notes[2], *others]
    assert fresh(taken(db, reader, at(0, told))) == [notes[0], *others]
    assert parked(db, reader) == [(1, WAITS)]


def test_when_what_was_missing_comes_what_waited_is_due(db: Connection, reader: Reader) -> None:
    notes = written(3)
    taken(db, reader, at(0, [notes[0], notes[2]]))
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    taken(db, reader, at(2, [notes[1]]), {HERE: 2})
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 1)}
    again = taken(db, reader, at(1, [notes[2]]), {HERE: 3})
    assert fresh(again) == [notes[2]]
    assert parked(db, reader) == []


def test_what_the_stream_has_passed_is_no_longer_parked(db: Connection, reader: Reader) -> None:
    notes = written(3)
    taken(db, reader, at(0, [notes[0], notes[2]]))
    republished = at(2, notes)
    assert fresh(taken(db, reader, republished, {HERE: 2})) == list(notes[1:])
    assert parked(db, reader) == []


def test_what_failed_is_parked_and_what_follows_queues_behind_it(
    db: Connection, reader: Reader
) -> None:
    notes, others = written(3), written(2, subject=LEV)
    batch = take(db, reader, {HERE: 0}, at(0, [*notes, *others]))
    applied = settle(db, batch, {(HERE, 1): Failure("KeyError")}, NOW)
    assert applied == [notes[0], *others]
    assert parked(db, reader) == [(1, "KeyError"), (2, WAITS)]
    assert parking.count(db, reader.name) == (2, 1)


def test_a_later_batch_queues_behind_it_too(db: Connection, reader: Reader) -> None:
    notes = written(3)
    batch = take(db, reader, {HERE: 0}, at(0, notes[:1]))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    assert fresh(taken(db, reader, at(1, notes[1:]), {HERE: 1})) == []
    assert parked(db, reader) == [(0, "KeyError"), (1, WAITS), (2, WAITS)]


def test_on_request_everything_parked_is_tried_again_in_order(
    db: Connection, reader: Reader
) -> None:
    notes = written(3)
    batch = take(db, reader, {HERE: 0}, at(0, notes))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    assert parking.wish(db, reader.name, NOW) == 3
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 0), (HERE, 1), (HERE, 2)}
    assert fresh(taken(db, reader, at(0, notes), {HERE: 3})) == list(notes)
    assert parked(db, reader) == []


def test_what_is_claimed_and_not_found_is_due_again_a_minute_later(
    db: Connection, reader: Reader
) -> None:
    batch = take(db, reader, {HERE: 0}, at(0, written(1)))
    settle(db, batch, {(HERE, 0): Failure("not-known-yet", NOW)}, NOW)
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 0)}
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    later = NOW + timedelta(minutes=1)
    assert parking.claim(db, reader.name, [THERE], later) == set()
    assert parking.claim(db, reader.name, [HERE], later) == {(HERE, 0)}


def test_every_try_is_counted(db: Connection, reader: Reader) -> None:
    note = written(1)
    for tries in range(3):
        batch = take(db, reader, {HERE: min(tries, 1)}, at(0, note))
        assert batch.tried.get((HERE, 0), 0) == tries
        settle(db, batch, {(HERE, 0): Failure("not-known-yet", NOW)}, NOW)


def test_places_of_a_lost_topic_are_not_looked_for_in_the_new_one(
    db: Connection, reader: Reader
) -> None:
    notes = written(2)
    batch = take(db, reader, {HERE: 0}, at(0, notes))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    parking.wish(db, reader.name, NOW)
    progress.stand(db, reader.name, {HERE: "second"})
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    assert parking.count(db, reader.name) == (2, 1)
    progress.advance(db, reader.name, [Move(HERE, 0, 1)])
    assert take(db, reader, {HERE: 1}, at(0, notes[:1])).tried == {}
    progress.advance(db, reader.name, [Move(HERE, 1, 0)])
    taken(db, reader, at(0, notes), {HERE: 0})
    assert parking.count(db, reader.name) == (0, 0)
