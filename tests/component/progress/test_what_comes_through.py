"""A reader lets through each fact once, in order, to whoever holds the partition."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine

from libs.eventstore import progress
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.taking import Reader, settle, take
from libs.testing.cast import CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.streams import stream
from tests.component.progress.notes import HERE, NOTE, THERE, at, fresh, parked, taken, written

pytestmark = pytest.mark.postgres


def test_what_is_new_and_next_comes_through_in_order(db: Connection, reader: Reader) -> None:
    first, second = written(), written(2, subject=LEV)
    told = [first[0], second[0], first[1], first[2], second[1]]
    assert fresh(taken(db, reader, at(0, told))) == told


def test_the_place_moves_with_what_was_read(db: Connection, reader: Reader) -> None:
    taken(db, reader, [*at(0, written(3)), *at(0, written(1), THERE)])
    places = progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
    assert places == {HERE: 3, THERE: 1}


def test_what_was_seen_before_is_dropped(db: Connection, reader: Reader) -> None:
    notes = written(3)
    taken(db, reader, at(0, notes[:2]))
    assert fresh(taken(db, reader, at(2, notes), {HERE: 2})) == [notes[2]]
    assert parked(db, reader) == []


def test_a_repeat_within_one_batch_counts_once(db: Connection, reader: Reader) -> None:
    notes = written(2)
    assert fresh(taken(db, reader, at(0, [*notes, *notes]))) == list(notes)


def test_somebody_else_with_the_partition_is_noticed(db: Connection, reader: Reader) -> None:
    taken(db, reader, at(0, written(2)))
    with pytest.raises(PlaceTaken):
        take(db, reader, {HERE: 0}, at(0, written(2)))


def test_of_two_readers_of_one_partition_only_one_gets_through(
    engine: Engine, reader: Reader
) -> None:
    notes = at(0, written(2))
    with engine.begin() as db:
        progress.stand(db, reader.name, {HERE: "first"})
    with engine.begin() as db:
        taken(db, reader, notes, {HERE: 0})
    with pytest.raises(PlaceTaken), engine.begin() as db:
        taken(db, reader, notes, {HERE: 0})


def test_a_version_applied_by_somebody_else_meanwhile_is_noticed(
    engine: Engine, reader: Reader
) -> None:
    (note,) = written(1)
    with engine.begin() as db:
        progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
    with engine.connect() as slow:
        batch = take(slow, reader, {HERE: 0, THERE: 0}, at(0, [note]))
        with engine.begin() as quick:
            taken(quick, reader, at(0, [note], THERE), {HERE: 0, THERE: 0})
        with pytest.raises(PlaceTaken):
            settle(slow, batch, {}, NOW)


def test_a_topic_made_again_is_read_from_its_start_without_counting_twice(
    db: Connection, reader: Reader
) -> None:
    notes = written(3)
    taken(db, reader, at(5, notes[:2]), {HERE: 0})
    assert progress.stand(db, reader.name, {HERE: "second"}) == {HERE: 0}
    assert fresh(taken(db, reader, at(0, notes), {HERE: 0})) == [notes[2]]


def test_streams_of_other_kinds_are_let_pass(db: Connection, reader: Reader) -> None:
    choosy = replace(reader, categories=frozenset({"notebook"}))
    entries, notebook = written(1), stream("notebook", MASHA, NOTE)
    assert fresh(taken(db, choosy, at(0, [*entries, *notebook]))) == list(notebook)


def test_what_still_comes_of_somebody_erased_counts_and_is_not_handled(
    db: Connection, reader: Reader
) -> None:
    forgetful = replace(reader, forgotten=lambda _db, _subjects: {(CLINIC, MASHA)})
    mashas, levs = written(2), written(1, subject=LEV)
    batch = taken(db, forgetful, at(0, [*mashas, *levs]))
    assert [one.recorded for one in batch.to_handle] == list(levs)
    heads = progress.heads(db, reader.name, {(CLINIC, mashas[0].stream_id)})
    assert heads[CLINIC, mashas[0].stream_id].version == 2


def test_two_clinics_may_have_streams_of_one_name(db: Connection, reader: Reader) -> None:
    uuid = uuid4()
    here, there = written(1, uuid), written(1, uuid, tenant=OTHER_CLINIC)
    assert fresh(taken(db, reader, at(0, [*here, *there]))) == [*here, *there]


def test_a_deliverys_place_without_anybody_standing_there_is_ignored(
    db: Connection, reader: Reader
) -> None:
    assert fresh(taken(db, reader, at(0, written(1), THERE), {HERE: 0})) == []
