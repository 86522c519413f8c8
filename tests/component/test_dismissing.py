"""What a stranger wrote can be dismissed, what a service of ours wrote never."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine

from libs.eventstore import dismissing, parking, progress
from libs.eventstore.chain import link
from libs.eventstore.dismissing import CannotDismiss
from libs.eventstore.parking import CHAIN_BROKEN, WAITS, Parked, Place
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Failure, Reader, settle, take
from libs.messaging.broker import Message, Partition
from libs.messaging.partitioning import partition_of
from libs.testing.cast import LEV, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY, Told, stream
from libs.testing.topics import Topics
from tests.component.engines import engine_as

pytestmark = pytest.mark.postgres

TOPIC = "interlude.diary.events.v1"
OF_MASHA = Partition(TOPIC, partition_of(str(MASHA).encode(), 3))
NOTE: Told = ("interlude.diary.NoteAdded.v1", {"mood": 4})
NOTHING_LIKE_IT = Message(topic=TOPIC, key=str(MASHA).encode(), headers=[], value=b"?")


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("review_follow", database) as engine:
        yield engine


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as db:
        yield db
        db.rollback()


@pytest.fixture
def reader() -> Reader:
    return Reader(name=f"keep-{uuid4()}", chain_keys={TOPIC: CHAIN_KEY})


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.tell(TOPIC, _notes(2, subject=LEV))
    return topics


def _notes(count: int, uuid: UUID | None = None, *, subject: UUID = MASHA) -> Sequence[Recorded]:
    return stream("entry", uuid or uuid4(), *[NOTE] * count, subject=subject)


def _forged(note: Recorded, version: int) -> Recorded:
    return replace(note, version=version, event_id=uuid4(), data=b'{"mood":10}')


def _read(
    db: Connection, topics: Topics, reader: Reader, *, stumbles: Sequence[Place] = ()
) -> list[str]:
    """The reader goes through the whole topic; the codes of what is parked then."""
    places = dict.fromkeys(topics.ends([TOPIC]), 0)
    progress.stand(db, reader.name, {at: topics.topic_id(TOPIC) for at in places})
    for deliveries in topics.reading(places).until(topics.ends([TOPIC])):
        batch = take(db, reader, places, deliveries)
        there = {one.place for one in batch.fresh}
        settle(db, batch, {at: Failure("KeyError") for at in stumbles if at in there}, NOW)
        places |= {one.partition: one.offset + 1 for one in deliveries}
    return _codes(db)


def _codes(db: Connection) -> list[str]:
    return [one.code for one in dismissing.lying(db)]


def _dismiss(db: Connection, topics: Topics, place: Place, key: bytes = CHAIN_KEY) -> None:
    found = dismissing.lying(db, place)
    dismissing.must_be_a_strangers(found, place, topics, {TOPIC: key}, lambda _done, _all: None)
    dismissing.dismiss(db, found, place, NOW)


@pytest.mark.parametrize("version", [3, 999_999])
def test_a_version_that_nobody_will_ever_reach_is_dismissed_for_good(
    db: Connection, topics: Topics, reader: Reader, version: int
) -> None:
    notes = _notes(2)
    topics.tell(TOPIC, [notes[0], notes[1], _forged(notes[1], version)])
    assert _read(db, topics, reader) == [CHAIN_BROKEN if version == 3 else WAITS]
    _dismiss(db, topics, (OF_MASHA, 2))
    assert parking.count(db, reader.name) == (0, 0)
    assert _read(db, topics, replace(reader, name=f"rebuild:{uuid4()}")) == []


def test_a_stream_that_a_stranger_made_up_is_dismissed_in_any_order(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    key, made_up = bytes(32), uuid4()
    topics.tell(TOPIC, stream("entry", made_up, NOTE, NOTE, NOTE, key=key))
    assert _read(db, topics, reader) == [CHAIN_BROKEN, WAITS, WAITS]
    for offset in (2, 0, 1):
        _dismiss(db, topics, (OF_MASHA, offset))
    assert _codes(db) == []


def test_a_record_that_is_not_even_readable_is_dismissed_unread(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.say(NOTHING_LIKE_IT)
    assert _read(db, topics, reader) == ["no-type"]
    _dismiss(db, topics, (OF_MASHA, 0), key=b"whatever")
    assert _codes(db) == []


def test_what_two_readers_have_parked_is_dismissed_for_both(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.say(NOTHING_LIKE_IT)
    _read(db, topics, reader)
    assert len(_read(db, topics, replace(reader, name=f"react-{uuid4()}"))) == 2
    _dismiss(db, topics, (OF_MASHA, 0))
    assert _codes(db) == []


def test_a_topic_that_was_made_again_inherits_nothing(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.say(NOTHING_LIKE_IT)
    _read(db, topics, reader)
    _dismiss(db, topics, (OF_MASHA, 0))
    topics.lose(TOPIC)
    topics.say(NOTHING_LIKE_IT)
    assert _read(db, topics, reader) == ["no-type"]


def test_what_is_left_of_a_topic_that_was_lost_can_be_dismissed(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    (note,) = _notes(1)
    topics.tell(TOPIC, [note, _forged(note, 9)])
    _read(db, topics, reader)
    topics.lose(TOPIC)
    assert _read(db, topics, reader) == [WAITS]
    _dismiss(db, topics, (OF_MASHA, 1))
    assert _codes(db) == []


def _refused(db: Connection, topics: Topics, offset: int, why: str) -> None:
    before = dismissing.lying(db)
    with pytest.raises(CannotDismiss, match=why):
        _dismiss(db, topics, (OF_MASHA, offset))
    assert dismissing.lying(db) == before


def test_a_fact_that_its_handler_fails_on_is_ours_and_so_is_what_waits_behind_it(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.tell(TOPIC, _notes(3))
    codes = _read(db, topics, reader, stumbles=[(OF_MASHA, 0)])
    assert codes == ["KeyError", WAITS, WAITS]
    for offset, code in enumerate(codes):
        _refused(db, topics, offset, rf"/{offset} \({code}\) is a fact of ours: .* `retry`")


def test_a_fact_that_its_handler_fails_on_is_ours_though_the_topic_lacks_what_came_before(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    first, second = _notes(2)
    topics.tell(TOPIC, [first])
    _read(db, topics, reader)
    topics.lose(TOPIC)
    topics.tell(TOPIC, [*_notes(1, subject=LEV), second])
    assert _read(db, topics, reader, stumbles=[(OF_MASHA, 0)]) == ["KeyError"]
    _refused(db, topics, 0, "a fact of ours")


def test_a_fact_that_an_earlier_release_could_not_read_is_ours(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.tell(TOPIC, _notes(1))
    unread = Parked(place=(OF_MASHA, 0), stream=None, version=None, code="wrong-dataschema")
    progress.stand(db, reader.name, {OF_MASHA: topics.topic_id(TOPIC)})
    parking.park(db, reader.name, [unread], NOW)
    _refused(db, topics, 0, "a fact of ours")


def test_a_fact_that_came_before_the_one_before_it_is_ours(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    first, second, third = _notes(3)
    topics.tell(TOPIC, [first, third])
    assert _read(db, topics, reader) == [WAITS]
    topics.tell(TOPIC, [second])  # the reader has not come so far
    _refused(db, topics, 1, "a fact of ours")


def test_a_stream_that_its_store_tells_otherwise_is_ours_though_it_does_not_fit(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    """As after a store was restored from a backup older than what it had published."""
    first, lost = _notes(2)
    told_anew = _chained(first, replace(lost, event_id=uuid4(), data=b'{"mood":1}'))
    after = _chained(told_anew, replace(told_anew, version=3, event_id=uuid4()))
    topics.tell(TOPIC, [first, lost, told_anew, after])
    assert _read(db, topics, reader) == [CHAIN_BROKEN]
    _refused(db, topics, 3, "a fact of ours")


def _chained(before: Recorded, one: Recorded) -> Recorded:
    return replace(one, chain=link(CHAIN_KEY, before.chain, replace(one, chain=b"")))


def test_where_nothing_is_parked_nothing_is_dismissed(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.tell(TOPIC, _notes(2))
    _read(db, topics, reader)
    _refused(db, topics, 1, f"^Nothing is parked at {TOPIC}/{OF_MASHA.number}/1.$")


def test_with_another_master_key_everything_would_look_forged(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    (note,) = _notes(1)
    topics.tell(TOPIC, [note, _forged(note, 9)])
    _read(db, topics, reader)
    with pytest.raises(CannotDismiss, match=r"^CHAIN_KEYS: nothing in "):
        _dismiss(db, topics, (OF_MASHA, 1), key=bytes(32))
    assert _codes(db) == [WAITS]


def test_a_reader_that_tries_the_record_meanwhile_is_noticed(
    db: Connection, topics: Topics, reader: Reader
) -> None:
    topics.say(NOTHING_LIKE_IT)
    _read(db, topics, reader)
    found = dismissing.lying(db, (OF_MASHA, 0))
    _read(db, topics, replace(reader, name=f"react-{uuid4()}"))
    with pytest.raises(CannotDismiss, match="tried meanwhile: look again"):
        dismissing.dismiss(db, found, (OF_MASHA, 0), NOW)


def test_who_tries_it_at_that_very_moment_does_not_park_it_again(
    engine: Engine, reader: Reader
) -> None:
    place = (Partition("interlude.elsewhere.events.v1", 0), 0)
    stray = Parked(place=place, stream=None, version=None, code="no-type")

    def tried() -> None:
        with engine.begin() as db:
            parking.park(db, reader.name, [stray], NOW)

    with engine.begin() as db:
        progress.stand(db, reader.name, {place[0]: "id"})
        parking.park(db, reader.name, [stray], NOW)
    with ThreadPoolExecutor() as threads:
        with engine.begin() as db:
            dismissing.dismiss(db, dismissing.lying(db, place), place, NOW)
            trying = threads.submit(tried)
            with pytest.raises(TimeoutError):
                trying.result(timeout=0.5)
        trying.result(timeout=20)
    with engine.begin() as db:
        assert parking.count(db, reader.name) == (0, 0)
