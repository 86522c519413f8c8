"""What every broker behind the protocol must do; each adapter's tests inherit this suite."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from libs.messaging.broker import (
    Broker,
    BrokerUnavailable,
    Delivery,
    Message,
    Partition,
    Publisher,
    PublishFailed,
    Subscriber,
    SubscriberLost,
)
from libs.messaging.partitioning import partition_of

PARTITIONS = 3
PATIENTS = tuple(f"00000000-0000-7000-8000-{number:012d}".encode() for number in range(10))
ENOUGH = 40.0
"""Seconds in which anything here happens, on a busy machine."""

_READER = """
import sys
from libs.messaging.connect import connect
url, group, topic = sys.argv[1:]
reader = connect(url).subscriber(group=group, topics=[topic])
while True:
    for partition in reader.poll(timeout=1).assigned:
        reader.seek(partition, 0)
    if reader.owned():
        print("owner", flush=True)
"""


class Stage(Protocol):
    """A broker that may be mistreated."""

    broker: Broker
    url: str

    def break_down(self) -> None:
        """As if the power had gone for a moment, in the middle of whatever is under way."""

    def lose(self, topic: str) -> None:
        """The topic is gone with all its records; who wants it makes it again."""


class Reader:
    """Reads as a projector does: its own positions, kept elsewhere than at the broker."""

    def __init__(
        self, broker: Broker, group: str, topic: str, positions: dict[Partition, int] | None = None
    ) -> None:
        self.subscriber: Subscriber = broker.subscriber(group=group, topics=[topic])
        self.positions = {} if positions is None else positions
        self.seen: list[Delivery] = []
        self.assigned: list[Partition] = []

    def turn(self, timeout: float = 0.2) -> Sequence[Delivery]:
        polled = self.subscriber.poll(timeout=timeout)
        for partition in polled.assigned:
            self.assigned.append(partition)
            self.subscriber.seek(partition, self.positions.get(partition, 0))
        for each in polled.deliveries:
            # What `UPDATE … WHERE next = <expected>` does: only the owner's reading counts.
            if self.positions.get(each.partition, 0) == each.offset:
                self.positions[each.partition] = each.offset + 1
                self.seen.append(each)
        return polled.deliveries

    def until(self, done: Callable[[], bool]) -> None:
        together([self], done)

    def read(self, count: int) -> Sequence[Delivery]:
        self.until(lambda: len(self.seen) >= count)
        return self.seen

    def close(self) -> None:
        self.subscriber.close()


def together(readers: Sequence[Reader], done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ENOUGH
    while not done():
        assert time.monotonic() < deadline, [len(each.seen) for each in readers]
        for each in readers:
            each.turn(0.05)


def message(topic: str, key: bytes, number: int) -> Message:
    return Message(
        topic=topic, key=key, headers=[("ce_sequence", b"%d" % number)], value=b"%d" % number
    )


def numbers(deliveries: Sequence[Delivery]) -> Mapping[bytes, list[int]]:
    """What was read of each key, in the order of reading."""
    found: dict[bytes, list[int]] = {}
    for each in deliveries:
        assert each.key is not None
        assert each.value is not None
        found.setdefault(each.key, []).append(int(each.value))
    return found


class BrokerContract:
    """A subclass gives `stage`, and `fragile_stage` for what breaks the whole broker."""

    @pytest.fixture
    def topic(self, stage: Stage, topic_prefix: str) -> str:
        return self.made(stage, topic_prefix)

    @staticmethod
    def made(stage: Stage, prefix: str) -> str:
        topic = f"{prefix}interlude.diary.events.v1"
        stage.broker.ensure_topic(topic, partitions=PARTITIONS)
        return topic

    @pytest.fixture
    def closing(self) -> Iterator[ExitStack]:
        with ExitStack() as stack:
            yield stack

    @pytest.fixture
    def publisher(self, stage: Stage, closing: ExitStack) -> Publisher:
        made = stage.broker.publisher()
        closing.callback(made.close)
        return made

    def test_what_is_said_of_a_patient_is_read_in_the_order_it_was_said(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        for start in range(0, 600, 200):
            publisher.publish(
                [
                    message(topic, PATIENTS[number % 10], number)
                    for number in range(start, start + 200)
                ]
            )

        reader = Reader(stage.broker, topic, topic)
        closing.callback(reader.close)
        said = numbers(reader.read(600))

        assert said == {key: list(range(at, 600, 10)) for at, key in enumerate(PATIENTS)}

    def test_two_who_write_at_once_lose_nothing_of_each_other(
        self, stage: Stage, topic: str, closing: ExitStack
    ) -> None:
        def write(key: bytes) -> None:
            for start in range(0, 100, 10):
                _once(stage.broker, [message(topic, key, start + each) for each in range(10)])

        neighbours = [key for key in PATIENTS if partition_of(key, PARTITIONS) == 1]
        with ThreadPoolExecutor(len(neighbours)) as writers:
            list(writers.map(write, neighbours))

        reader = Reader(stage.broker, topic, topic)
        closing.callback(reader.close)
        said = numbers(reader.read(100 * len(neighbours)))

        assert len(neighbours) > 1
        assert said == {key: list(range(100)) for key in neighbours}

    def test_a_patient_has_one_partition_and_it_is_the_one_kafka_clients_reckon(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        publisher.publish([message(topic, key, 1) for key in PATIENTS])

        reader = Reader(stage.broker, topic, topic)
        closing.callback(reader.close)
        places = {each.key: each.partition.number for each in reader.read(len(PATIENTS))}

        assert places == {key: partition_of(key, PARTITIONS) for key in PATIENTS}

    def test_nothing_is_delivered_before_the_reader_says_where_it_stands(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        publisher.publish([message(topic, PATIENTS[0], 1)])
        subscriber = stage.broker.subscriber(group=topic, topics=[topic])
        closing.callback(subscriber.close)

        assigned: list[Partition] = []
        unasked: list[Delivery] = []
        deadline = time.monotonic() + ENOUGH
        while len(assigned) < PARTITIONS and time.monotonic() < deadline:
            polled = subscriber.poll(timeout=1)
            assigned.extend(polled.assigned)
            unasked.extend(polled.deliveries)
        unasked.extend(subscriber.poll(timeout=1).deliveries)

        assert subscriber.owned() == frozenset(assigned)
        assert unasked == []

    def test_what_a_reader_did_not_store_comes_again(
        self, stage: Stage, topic: str, publisher: Publisher
    ) -> None:
        publisher.publish([message(topic, key, 1) for key in PATIENTS])
        for _ in range(2):
            forgetful = Reader(stage.broker, topic, topic)
            assert len(forgetful.read(len(PATIENTS))) == len(PATIENTS)
            forgetful.close()

    def test_a_reader_goes_on_from_its_own_place_whatever_the_broker_was_told(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        publisher.publish([message(topic, PATIENTS[0], number) for number in range(10)])
        first = Reader(stage.broker, topic, topic)
        first.read(10)
        partition = first.seen[0].partition
        first.subscriber.note({partition: 10})
        first.close()

        second = Reader(stage.broker, topic, topic, {partition: 4})
        closing.callback(second.close)

        assert [each.offset for each in second.read(6)] == [4, 5, 6, 7, 8, 9]

    def test_a_second_reader_takes_its_share_and_leaves_the_first_one_the_rest(
        self, stage: Stage, topic: str, publisher: Publisher
    ) -> None:
        stored: dict[Partition, int] = {}
        first = Reader(stage.broker, topic, topic, stored)
        first.until(lambda: len(first.subscriber.owned()) == PARTITIONS)
        publisher.publish([message(topic, key, 0) for key in PATIENTS])
        first.read(len(PATIENTS))

        second = Reader(stage.broker, topic, topic, stored)
        both = [first, second]
        together(both, lambda: 0 < len(second.subscriber.owned()) < PARTITIONS)
        together(both, lambda: len(_owned(both)) == PARTITIONS)
        publisher.publish([message(topic, key, 1) for key in PATIENTS])
        together(both, lambda: len(first.seen) + len(second.seen) == 2 * len(PATIENTS))
        assert second.seen
        assert len(first.assigned) == PARTITIONS, "what the first one kept was never interrupted"

        second.close()
        publisher.publish([message(topic, key, 2) for key in PATIENTS])
        together([first], lambda: len(first.seen) + len(second.seen) == 3 * len(PATIENTS))
        first.close()
        assert numbers([*first.seen, *second.seen]).keys() == set(PATIENTS)
        assert all(
            sorted(said) == [0, 1, 2] for said in numbers([*first.seen, *second.seen]).values()
        )

    def test_the_share_of_a_reader_that_died_is_taken_over(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        doomed = subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-c", _READER, stage.url, topic, topic],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        closing.callback(doomed.wait)
        closing.callback(doomed.kill)
        assert doomed.stdout is not None
        closing.callback(doomed.stdout.close)
        doomed.stdout.readline()
        survivor = Reader(stage.broker, topic, topic)
        closing.callback(survivor.close)
        survivor.until(lambda: 0 < len(survivor.subscriber.owned()) < PARTITIONS)

        doomed.kill()
        publisher.publish([message(topic, key, 1) for key in PATIENTS])

        assert len(survivor.read(len(PATIENTS))) == len(PATIENTS)

    def test_a_repeated_record_is_the_same_to_the_byte(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        headers = [
            ("ce_id", b"1"),
            ("empty", b""),
            ("bytes", bytes(range(256))),
            ("twice", b"a"),
            ("twice", b"b"),
        ]
        record = Message(topic=topic, key=PATIENTS[0], headers=headers, value=b'{"mood": 7}')
        publisher.publish([record])
        publisher.publish([record])

        reader = Reader(stage.broker, topic, topic)
        closing.callback(reader.close)
        first, second = reader.read(2)

        assert [tuple(each) for each in first.headers] == headers
        assert (first.key, first.value) == (record.key, record.value)
        assert (second.key, second.headers, second.value) == (
            first.key,
            first.headers,
            first.value,
        )
        assert second.offset == first.offset + 1

    def test_the_largest_events_that_a_store_takes_are_published_together(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        largest = [
            Message(
                topic=topic,
                key=PATIENTS[0],
                headers=[("ce_traceparent", b"t" * 16_000)],
                value=b"%d" % number * (256 * 1024),
            )
            for number in range(8)
        ]
        publisher.publish(largest)

        reader = Reader(stage.broker, topic, topic)
        closing.callback(reader.close)

        assert [each.value for each in reader.read(8)] == [each.value for each in largest]

    def test_the_ends_say_how_much_there_is(
        self, stage: Stage, topic: str, publisher: Publisher
    ) -> None:
        publisher.publish([message(topic, key, 1) for key in PATIENTS])

        ends = stage.broker.ends([topic, f"{topic}-nobody-made"])

        assert set(ends) == {Partition(topic, number) for number in range(PARTITIONS)}
        assert sum(ends.values()) == len(PATIENTS)

    def test_who_reads_alone_gets_what_lies_between_two_places_and_no_more(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        publisher.publish([message(topic, PATIENTS[at % 10], at) for at in range(100)])
        ends = dict(stage.broker.ends([topic]))
        publisher.publish([message(topic, PATIENTS[at % 10], at) for at in range(100, 200)])
        reading = stage.broker.reading(dict.fromkeys(ends, 0))
        closing.callback(reading.close)

        before = [one for some in reading.until(ends, most=7) for one in some]
        after = [one for some in reading.until(stage.broker.ends([topic])) for one in some]

        said = {key: list(range(at, 100, 10)) for at, key in enumerate(PATIENTS)}
        assert numbers(before) == said
        assert numbers([*before, *after]) == {
            key: [*first, *(number + 100 for number in first)] for key, first in said.items()
        }
        assert list(reading.until(ends)) == []

    def test_who_reads_alone_may_begin_anywhere(
        self, stage: Stage, topic: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        publisher.publish([message(topic, PATIENTS[0], number) for number in range(10)])
        partition = Partition(topic, partition_of(PATIENTS[0], PARTITIONS))
        reading = stage.broker.reading({partition: 4})
        closing.callback(reading.close)

        found = [one for some in reading.until({partition: 6}) for one in some]

        assert [each.offset for each in found] == [4, 5]

    def test_a_topic_that_exists_stays_as_it_is(self, stage: Stage, topic: str) -> None:
        before = stage.broker.topic_id(topic)

        stage.broker.ensure_topic(topic, partitions=PARTITIONS + 1)

        assert stage.broker.topic_id(topic) == before
        assert len(stage.broker.ends([topic])) == PARTITIONS

    def test_a_topic_that_nobody_made_is_not_made_by_writing_to_it(
        self, stage: Stage, topic: str, publisher: Publisher
    ) -> None:
        missing = f"{topic}-misspelt"
        with pytest.raises(PublishFailed):
            publisher.publish([message(missing, PATIENTS[0], 1)])
        with pytest.raises(PublishFailed):
            publisher.publish([message(topic, PATIENTS[0], 1)])
        with pytest.raises(BrokerUnavailable):
            stage.broker.topic_id(missing)

    def test_a_reader_may_come_before_the_topic(
        self, stage: Stage, topic_prefix: str, publisher: Publisher, closing: ExitStack
    ) -> None:
        topic = f"{topic_prefix}interlude.review.events.v1"
        early = Reader(stage.broker, topic, topic)
        closing.callback(early.close)
        early.turn()

        stage.broker.ensure_topic(topic, partitions=PARTITIONS)
        publisher.publish([message(topic, PATIENTS[0], 1)])

        assert len(early.read(1)) == 1

    def test_a_broker_that_breaks_down_in_mid_batch_loses_and_reorders_nothing(
        self, fragile_stage: Stage, topic_prefix: str, closing: ExitStack
    ) -> None:
        topic = self.made(fragile_stage, topic_prefix)
        reader = Reader(fragile_stage.broker, topic, topic)
        reader.turn()
        batches = [
            [message(topic, PATIENTS[number % 10], number) for number in range(at, at + 1000)]
            for at in range(0, 5000, 1000)
        ]
        with ThreadPoolExecutor(1) as relay:
            publishing = relay.submit(_stubborn, fragile_stage.broker, batches)
            time.sleep(0.05)
            fragile_stage.break_down()
            publishing.result(60)

        reader = _surviving(reader, fragile_stage.broker, topic)
        closing.callback(reader.close)
        expected = {key: list(range(at, 5000, 10)) for at, key in enumerate(PATIENTS)}
        reader.until(lambda: _first_occurrences(reader.seen) == expected)

    def test_a_topic_that_comes_back_empty_is_another_and_is_read_from_its_beginning(
        self, fragile_stage: Stage, topic_prefix: str, closing: ExitStack
    ) -> None:
        broker = fragile_stage.broker
        topic = self.made(fragile_stage, topic_prefix)
        _stubborn(broker, [[message(topic, PATIENTS[0], number) for number in range(5)]])
        reader = Reader(broker, topic, topic)
        closing.callback(reader.close)
        reader.read(5)
        lost = broker.topic_id(topic)

        fragile_stage.lose(topic)
        _patiently(lambda: broker.ensure_topic(topic, partitions=PARTITIONS))
        _stubborn(broker, [[message(topic, PATIENTS[0], number) for number in range(100, 108)]])
        assert broker.topic_id(topic) != lost

        # The reader is told, in one way or the other, before it could read from its old place.
        again: list[Partition] = []
        deadline = time.monotonic() + ENOUGH
        while not again and time.monotonic() < deadline:
            try:
                polled = reader.subscriber.poll(timeout=1)
            except SubscriberLost:
                reader.close()
                reader = Reader(broker, topic, topic)
                closing.callback(reader.close)
                continue
            assert not polled.deliveries
            again.extend(polled.assigned)
        for partition in again:
            reader.subscriber.seek(partition, 0)
        reader.positions.clear()
        reader.seen.clear()
        assert numbers(reader.read(8)) == {PATIENTS[0]: list(range(100, 108))}


def _owned(readers: Sequence[Reader]) -> frozenset[Partition]:
    return frozenset().union(*(each.subscriber.owned() for each in readers))


def _stubborn(broker: Broker, batches: Sequence[Sequence[Message]]) -> None:
    """As a relay: the same batch again, with a new publisher, until all of it is acknowledged."""
    for batch in batches:
        _patiently(lambda batch=batch: _once(broker, batch))  # type: ignore[misc]  # bound now


def _once(broker: Broker, batch: Sequence[Message]) -> None:
    publisher = broker.publisher()
    try:
        publisher.publish(batch)
    finally:
        publisher.close()


def _patiently(attempt: Callable[[], None]) -> None:
    deadline = time.monotonic() + 2 * ENOUGH
    while True:
        try:
            return attempt()
        except (PublishFailed, BrokerUnavailable):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _surviving(reader: Reader, broker: Broker, topic: str) -> Reader:
    try:
        reader.turn()
    except SubscriberLost:
        reader.close()
        return Reader(broker, topic, topic, reader.positions)
    return reader


def _first_occurrences(deliveries: Sequence[Delivery]) -> Mapping[bytes, list[int]]:
    return {key: list(dict.fromkeys(said)) for key, said in numbers(deliveries).items()}
