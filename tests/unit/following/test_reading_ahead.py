"""What is read ahead is what would have been read next, and nothing is lost or read twice by it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from libs.eventstore.reading_ahead import ReadingAhead
from libs.messaging.broker import Delivery, Message, Partition, Polled, SubscriberLost
from libs.messaging.partitioning import partition_of
from libs.testing.streams import Told, stream
from libs.testing.topics import Member, Topics

TOPIC = "interlude.diary.events.v1"
NOTE: Told = ("interlude.diary.NoteAdded.v1", {"mood": 4})
MOST = 10


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.ensure_topic(TOPIC, partitions=3)
    return topics


@pytest.fixture
def member(topics: Topics) -> Member:
    """That stands at the beginning of every partition."""
    member = topics.subscriber(group="", topics=[TOPIC])
    for partition in member.poll(timeout=0).assigned:
        member.seek(partition, 0)
    return member


def _tell(topics: Topics, count: int, subject: UUID) -> None:
    topics.tell(TOPIC, stream("entry", uuid4(), *[NOTE] * count, subject=subject))


def _polled(reader: ReadingAhead) -> Sequence[Delivery]:
    return reader.poll(timeout=0, most=MOST).deliveries


def _places(read: Sequence[Delivery]) -> list[tuple[Partition, int]]:
    return [(one.partition, one.offset) for one in read]


def _two_who_are_apart() -> Sequence[tuple[UUID, Partition]]:
    places = {partition_of(str(UUID(int=n)).encode(), 3): UUID(int=n) for n in range(20)}
    return [(places[number], Partition(TOPIC, number)) for number in (0, 1)]


def test_all_is_read_once_and_in_order(topics: Topics, member: Member) -> None:
    _tell(topics, 35, uuid4())
    reader = ReadingAhead(member)
    read = [offset for _ in range(6) for _, offset in _places(_polled(reader))]
    reader.close()
    assert read == list(range(35))


def test_after_a_full_batch_the_next_has_been_taken_apart(topics: Topics, member: Member) -> None:
    _tell(topics, 20, uuid4())
    reader = ReadingAhead(member)
    first, second = _polled(reader), _polled(reader)
    reader.close()
    assert [one.recorded for one in first] == [None] * MOST
    assert [one.recorded.version for one in second if one.recorded] == list(range(11, 21))


def test_who_has_caught_up_is_not_read_ahead_for(topics: Topics, member: Member) -> None:
    masha = uuid4()
    _tell(topics, 2, masha)
    reader = ReadingAhead(member)
    _polled(reader)
    _tell(topics, 1, masha)
    later = _polled(reader)
    reader.close()
    assert [one.recorded for one in later] == [None]


def test_sent_back_in_one_partition_it_goes_on_in_the_others(
    topics: Topics, member: Member
) -> None:
    (masha, here), (lev, there) = _two_who_are_apart()
    _tell(topics, 15, masha)
    _tell(topics, 15, lev)
    reader = ReadingAhead(member)
    read = list(_polled(reader))
    reader.seek(here, 3)
    for _ in range(5):
        read += _polled(reader)
    reader.close()
    offsets = [one.offset for one in read if one.partition == here]
    assert offsets == [*range(MOST), *range(3, 15)]
    assert [one.offset for one in read if one.partition == there] == list(range(15))


def test_a_strangers_record_is_left_to_whoever_parks_it(topics: Topics, member: Member) -> None:
    masha = uuid4()
    _tell(topics, 10, masha)
    topics.say(Message(topic=TOPIC, key=str(masha).encode(), headers=[], value=b"{"))
    reader = ReadingAhead(member)
    _polled(reader)
    strange = _polled(reader)
    reader.close()
    assert [one.recorded for one in strange] == [None]


def test_a_broker_that_is_lost_meanwhile_is_said_when_it_is_asked_next(topics: Topics) -> None:
    class Lost(Member):
        polls = 0

        def poll(self, *, timeout: float, most: int = 1000) -> Polled:
            self.polls += 1
            if self.polls > 1:
                raise SubscriberLost
            return super().poll(timeout=timeout, most=most)

    member = Lost(topics, [])
    member.seek(Partition(TOPIC, 0), 0)
    topics.partitions = 1
    _tell(topics, 10, uuid4())
    reader = ReadingAhead(member)
    _polled(reader)
    with pytest.raises(SubscriberLost):
        reader.owned()
    reader.close()
    assert member.closed
