"""What a reader lets through: each fact once, in order, and only from those who may tell it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from libs.eventstore import parking, progress
from libs.eventstore.parking import CHAIN_BROKEN, WAITS
from libs.eventstore.progress import Move, PlaceTaken
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Failure, Reader, settle, take
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import to_message
from libs.testing.cast import CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY, Told, stream

pytestmark = pytest.mark.postgres

TOPIC = "interlude.diary.events.v1"
HERE = Partition(TOPIC, 0)
THERE = Partition(TOPIC, 1)
NOTE: Told = ("interlude.diary.NoteAdded.v1", {"mood": 4})


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    url = database.url_as("review_follow").replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def reader() -> Reader:
    """Its own for each test."""
    return Reader(name=f"reader-{uuid4()}", chain_keys={TOPIC: CHAIN_KEY})


@pytest.fixture
def db(engine: Engine, reader: Reader) -> Iterator[Connection]:
    with engine.connect() as db:
        progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
        yield db
        db.rollback()


def _notes(
    count: int = 3, uuid: UUID | None = None, *, subject: UUID = MASHA, tenant: UUID = CLINIC
) -> Sequence[Recorded]:
    return stream("entry", uuid or uuid4(), *[NOTE] * count, subject=subject, tenant=tenant)


def _at(offset: int, recorded: Sequence[Recorded], where: Partition = HERE) -> list[Delivery]:
    messages = [to_message(one, TOPIC) for one in recorded]
    return [
        Delivery(
            partition=where,
            offset=offset + nth,
            key=message.key,
            headers=message.headers,
            value=message.value,
        )
        for nth, message in enumerate(messages)
    ]


Places = Mapping[Partition, int]


def _taken(
    db: Connection, reader: Reader, deliveries: Sequence[Delivery], places: Places | None = None
) -> Batch:
    batch = take(db, reader, places or {HERE: 0, THERE: 0}, deliveries)
    settle(db, batch, {}, NOW)
    return batch


def _fresh(batch: Batch) -> list[Recorded]:
    return [one.recorded for one in batch.fresh]


def _parked(db: Connection, reader: Reader) -> list[tuple[int, str]]:
    rows = db.execute(
        text('SELECT "offset", code FROM parked WHERE reader = :reader ORDER BY "offset"'),
        {"reader": reader.name},
    )
    return [(offset, code) for offset, code in rows]


def test_what_is_new_and_next_comes_through_in_order(db: Connection, reader: Reader) -> None:
    first, second = _notes(), _notes(2, subject=LEV)
    told = [first[0], second[0], first[1], first[2], second[1]]
    assert _fresh(_taken(db, reader, _at(0, told))) == told


def test_the_place_moves_with_what_was_read(db: Connection, reader: Reader) -> None:
    _taken(db, reader, [*_at(0, _notes(3)), *_at(0, _notes(1), THERE)])
    places = progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
    assert places == {HERE: 3, THERE: 1}


def test_what_was_seen_before_is_dropped(db: Connection, reader: Reader) -> None:
    notes = _notes(3)
    _taken(db, reader, _at(0, notes[:2]))
    assert _fresh(_taken(db, reader, _at(2, notes), {HERE: 2})) == [notes[2]]
    assert _parked(db, reader) == []


def test_a_repeat_within_one_batch_counts_once(db: Connection, reader: Reader) -> None:
    notes = _notes(2)
    assert _fresh(_taken(db, reader, _at(0, [*notes, *notes]))) == list(notes)


def test_somebody_else_with_the_partition_is_noticed(db: Connection, reader: Reader) -> None:
    _taken(db, reader, _at(0, _notes(2)))
    with pytest.raises(PlaceTaken):
        take(db, reader, {HERE: 0}, _at(0, _notes(2)))


def test_of_two_readers_of_one_partition_only_one_gets_through(
    engine: Engine, reader: Reader
) -> None:
    notes = _at(0, _notes(2))
    with engine.begin() as db:
        progress.stand(db, reader.name, {HERE: "first"})
    with engine.begin() as db:
        _taken(db, reader, notes, {HERE: 0})
    with pytest.raises(PlaceTaken), engine.begin() as db:
        _taken(db, reader, notes, {HERE: 0})


def test_a_version_applied_by_somebody_else_meanwhile_is_noticed(
    engine: Engine, reader: Reader
) -> None:
    (note,) = _notes(1)
    with engine.begin() as db:
        progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
    with engine.connect() as slow:
        batch = take(slow, reader, {HERE: 0, THERE: 0}, _at(0, [note]))
        with engine.begin() as quick:
            _taken(quick, reader, _at(0, [note], THERE), {HERE: 0, THERE: 0})
        with pytest.raises(PlaceTaken):
            settle(slow, batch, {}, NOW)


def test_after_a_gap_the_stream_waits_and_the_others_go_on(db: Connection, reader: Reader) -> None:
    notes, others = _notes(3), _notes(2, subject=LEV)
    told = [notes[0], notes[2], *others]
    assert _fresh(_taken(db, reader, _at(0, told))) == [notes[0], *others]
    assert _parked(db, reader) == [(1, WAITS)]


def test_when_what_was_missing_comes_what_waited_is_due(db: Connection, reader: Reader) -> None:
    notes = _notes(3)
    _taken(db, reader, _at(0, [notes[0], notes[2]]))
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    _taken(db, reader, _at(2, [notes[1]]), {HERE: 2})
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 1)}
    again = _taken(db, reader, _at(1, [notes[2]]), {HERE: 3})
    assert _fresh(again) == [notes[2]]
    assert _parked(db, reader) == []


def test_what_the_stream_has_passed_is_no_longer_parked(db: Connection, reader: Reader) -> None:
    notes = _notes(3)
    _taken(db, reader, _at(0, [notes[0], notes[2]]))
    republished = _at(2, notes)
    assert _fresh(_taken(db, reader, republished, {HERE: 2})) == list(notes[1:])
    assert _parked(db, reader) == []


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
    notes = _notes(2)
    told = [notes[0], forge(notes[1]), notes[1]]
    assert _fresh(_taken(db, reader, _at(0, told))) == list(notes)


def test_a_forged_record_is_parked_until_its_stream_has_passed(
    db: Connection, reader: Reader
) -> None:
    notes = _notes(2)
    _taken(db, reader, _at(0, [notes[0], replace(notes[1], data=b"{}")]))
    assert _parked(db, reader) == [(1, CHAIN_BROKEN)]
    _taken(db, reader, _at(2, [notes[1]]), {HERE: 2})
    assert _parked(db, reader) == []


def test_a_record_that_is_none_of_ours_is_parked_by_its_place(
    db: Connection, reader: Reader
) -> None:
    stray = Delivery(partition=HERE, offset=0, key=b"k", headers=[], value=b"?")
    notes = _notes(2)
    assert _fresh(_taken(db, reader, [stray, *_at(1, notes)])) == list(notes)
    assert _parked(db, reader) == [(0, "no-type")]


def test_another_services_key_does_not_fit(db: Connection, reader: Reader) -> None:
    notes = _notes(1)
    other = replace(reader, chain_keys={TOPIC: bytes(32)})
    assert _fresh(_taken(db, other, _at(0, notes))) == []


def test_what_failed_is_parked_and_what_follows_queues_behind_it(
    db: Connection, reader: Reader
) -> None:
    notes, others = _notes(3), _notes(2, subject=LEV)
    batch = take(db, reader, {HERE: 0}, _at(0, [*notes, *others]))
    applied = settle(db, batch, {(HERE, 1): Failure("KeyError")}, NOW)
    assert applied == [notes[0], *others]
    assert _parked(db, reader) == [(1, "KeyError"), (2, WAITS)]
    assert parking.count(db, reader.name) == (2, 1)


def test_a_later_batch_queues_behind_it_too(db: Connection, reader: Reader) -> None:
    notes = _notes(3)
    batch = take(db, reader, {HERE: 0}, _at(0, notes[:1]))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    assert _fresh(_taken(db, reader, _at(1, notes[1:]), {HERE: 1})) == []
    assert _parked(db, reader) == [(0, "KeyError"), (1, WAITS), (2, WAITS)]


def test_on_request_everything_parked_is_tried_again_in_order(
    db: Connection, reader: Reader
) -> None:
    notes = _notes(3)
    batch = take(db, reader, {HERE: 0}, _at(0, notes))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    assert parking.wish(db, reader.name, NOW) == 3
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 0), (HERE, 1), (HERE, 2)}
    assert _fresh(_taken(db, reader, _at(0, notes), {HERE: 3})) == list(notes)
    assert _parked(db, reader) == []


def test_what_is_claimed_and_not_found_is_due_again_a_minute_later(
    db: Connection, reader: Reader
) -> None:
    batch = take(db, reader, {HERE: 0}, _at(0, _notes(1)))
    settle(db, batch, {(HERE, 0): Failure("not-known-yet", NOW)}, NOW)
    assert parking.claim(db, reader.name, [HERE], NOW) == {(HERE, 0)}
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    later = NOW + timedelta(minutes=1)
    assert parking.claim(db, reader.name, [THERE], later) == set()
    assert parking.claim(db, reader.name, [HERE], later) == {(HERE, 0)}


def test_every_try_is_counted(db: Connection, reader: Reader) -> None:
    note = _notes(1)
    for tries in range(3):
        batch = take(db, reader, {HERE: min(tries, 1)}, _at(0, note))
        assert batch.tried.get((HERE, 0), 0) == tries
        settle(db, batch, {(HERE, 0): Failure("not-known-yet", NOW)}, NOW)


def test_a_topic_made_again_is_read_from_its_start_without_counting_twice(
    db: Connection, reader: Reader
) -> None:
    notes = _notes(3)
    _taken(db, reader, _at(5, notes[:2]), {HERE: 0})
    assert progress.stand(db, reader.name, {HERE: "second"}) == {HERE: 0}
    assert _fresh(_taken(db, reader, _at(0, notes), {HERE: 0})) == [notes[2]]


def test_places_of_a_lost_topic_are_not_looked_for_in_the_new_one(
    db: Connection, reader: Reader
) -> None:
    notes = _notes(2)
    batch = take(db, reader, {HERE: 0}, _at(0, notes))
    settle(db, batch, {(HERE, 0): Failure("KeyError")}, NOW)
    parking.wish(db, reader.name, NOW)
    progress.stand(db, reader.name, {HERE: "second"})
    assert parking.claim(db, reader.name, [HERE], NOW) == set()
    assert parking.count(db, reader.name) == (2, 1)
    progress.advance(db, reader.name, [Move(HERE, 0, 1)])
    assert take(db, reader, {HERE: 1}, _at(0, notes[:1])).tried == {}
    progress.advance(db, reader.name, [Move(HERE, 1, 0)])
    _taken(db, reader, _at(0, notes), {HERE: 0})
    assert parking.count(db, reader.name) == (0, 0)


def test_streams_of_other_kinds_are_let_pass(db: Connection, reader: Reader) -> None:
    choosy = replace(reader, categories=frozenset({"notebook"}))
    entries, notebook = _notes(1), stream("notebook", MASHA, NOTE)
    assert _fresh(_taken(db, choosy, _at(0, [*entries, *notebook]))) == list(notebook)


def test_what_still_comes_of_somebody_erased_counts_and_is_not_handled(
    db: Connection, reader: Reader
) -> None:
    forgetful = replace(reader, forgotten=lambda _db, _subjects: {(CLINIC, MASHA)})
    mashas, levs = _notes(2), _notes(1, subject=LEV)
    batch = _taken(db, forgetful, _at(0, [*mashas, *levs]))
    assert [one.recorded for one in batch.to_handle] == list(levs)
    heads = progress.heads(db, reader.name, {(CLINIC, mashas[0].stream_id)})
    assert heads[CLINIC, mashas[0].stream_id].version == 2


def test_two_clinics_may_have_streams_of_one_name(db: Connection, reader: Reader) -> None:
    uuid = uuid4()
    here, there = _notes(1, uuid), _notes(1, uuid, tenant=OTHER_CLINIC)
    assert _fresh(_taken(db, reader, _at(0, [*here, *there]))) == [*here, *there]


def test_a_deliverys_place_without_anybody_standing_there_is_ignored(
    db: Connection, reader: Reader
) -> None:
    assert _fresh(_taken(db, reader, _at(0, _notes(1), THERE), {HERE: 0})) == []
