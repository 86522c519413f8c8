"""Store and topic say the same, or somebody is told how they differ."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from libs.eventstore.recorded import Recorded
from libs.messaging.agreement import Agreeing, Agreement
from libs.messaging.broker import Delivery, Message, Partition
from libs.messaging.envelope import to_message
from libs.testing.cast import LEV, MASHA
from libs.testing.streams import stream
from libs.testing.topics import Topics

TOPIC = "interlude.care.events.v1"
ZONED = ("interlude.care.PatientRegistered.v1", {"zone": "Europe/London"})
OF_MASHA = stream("patient", MASHA, *[ZONED] * 3, subject=MASHA)
OF_LEV = stream("patient", LEV, *[ZONED] * 2, subject=LEV)
FACTS = [*OF_MASHA, *OF_LEV]


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.ensure_topic(TOPIC, partitions=3)
    return topics


def compared(
    topics: Topics, stored: Sequence[Recorded] = FACTS, waiting: Sequence[Recorded] = ()
) -> Agreement:
    agreeing = Agreeing(TOPIC, topics.ends([TOPIC]))
    for fact in stored:
        agreeing.stored(fact, fact not in waiting)
    return agreeing.compare(topics, lambda _done, _total: None)


def test_a_topic_with_every_fact_agrees_however_often_it_was_told(topics: Topics) -> None:
    topics.tell(TOPIC, FACTS)
    topics.tell(TOPIC, FACTS)
    assert compared(topics) == Agreement(records=10)
    assert str(compared(topics)) == "10 records in the topic: as in the store."


def test_what_still_waits_to_be_published_is_not_missing(topics: Topics) -> None:
    topics.tell(TOPIC, OF_MASHA)
    assert compared(topics, waiting=OF_LEV) == Agreement(records=3)


def test_a_fact_that_was_published_and_is_not_there_is_missing(topics: Topics) -> None:
    topics.tell(TOPIC, [*OF_MASHA[:2], *OF_LEV])
    found = compared(topics)
    assert found == Agreement(records=4, missing=1)
    assert not found.whole


def test_a_record_of_no_fact_is_foreign(topics: Topics) -> None:
    topics.tell(TOPIC, [*FACTS, replace(OF_LEV[1], event_id=uuid4())])
    topics.say(Message(topic=TOPIC, key=b"whose", headers=[], value=b"{}"))
    assert compared(topics) == Agreement(records=7, foreign=2)


@pytest.mark.parametrize("change", [{"data": b"{}"}, {"actor_role": "patient"}])
def test_a_record_with_other_bytes_differs_even_beside_the_right_one(
    topics: Topics, change: dict[str, bytes]
) -> None:
    topics.tell(TOPIC, [*FACTS, replace(OF_LEV[1], **change)])  # type: ignore[arg-type]  # as parametrised
    assert compared(topics) == Agreement(records=6, differing=1)


def test_a_stream_that_was_told_out_of_order_is_disordered(topics: Topics) -> None:
    topics.tell(TOPIC, [OF_MASHA[1], OF_MASHA[0], OF_MASHA[2], *OF_LEV])
    assert compared(topics) == Agreement(records=5, disordered=1)


def test_a_stream_in_two_partitions_is_disordered(topics: Topics) -> None:
    topics.tell(TOPIC, [*OF_MASHA[:2], *OF_LEV])
    home = next(at for at, log in enumerate(topics.topics[TOPIC].logs) if _of_masha(log))
    elsewhere, last = (home + 1) % 3, to_message(OF_MASHA[2], TOPIC)
    log = topics.topics[TOPIC].logs[elsewhere]
    log.append(
        Delivery(
            partition=Partition(TOPIC, elsewhere),
            offset=len(log),
            key=last.key,
            headers=last.headers,
            value=last.value,
        )
    )
    assert compared(topics) == Agreement(records=5, disordered=1)


def _of_masha(log: Sequence[Delivery]) -> bool:
    return any(one.key == str(MASHA).encode() for one in log)


def test_what_the_relay_publishes_meanwhile_is_neither_missing_nor_foreign(topics: Topics) -> None:
    topics.tell(TOPIC, OF_MASHA)
    agreeing = Agreeing(TOPIC, topics.ends([TOPIC]))
    later = stream("patient", uuid4(), ZONED)
    topics.tell(TOPIC, [*OF_LEV, *later])
    for fact in FACTS:
        agreeing.stored(fact, True)
    assert agreeing.compare(topics, lambda _done, _total: None) == Agreement(records=3)
