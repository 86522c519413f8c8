"""How far readers are, looked at from outside: for an operator, whether or not they are running."""

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from libs.eventstore import parking
from libs.messaging.broker import Broker, Delivery, Partition
from libs.messaging.envelope import NotOurs, from_delivery

_PLACES = text("SELECT topic, partition, topic_id, next FROM positions WHERE reader = :reader")
_READS = text("SELECT EXISTS (SELECT FROM positions WHERE reader = :reader)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`position` counts the records that were read, `lag_events` those that were not;
    `lag_seconds` is the age of the oldest of them, None where it cannot be told.
    """

    reader: str
    position: int
    lag_events: int
    lag_seconds: float | None
    parked_records: int
    parked_streams: int


def standing(
    db: Connection, broker: Broker, reader: str, topics: Sequence[str], now: datetime
) -> Standing:
    """Raises `BrokerUnavailable`, `SubscriberLost`."""
    ends = broker.ends(topics)
    places = _places(db, broker, reader, ends)
    behind = {at: place for at, place in places.items() if place < ends[at]}
    records, streams = parking.count(db, reader)
    return Standing(
        reader=reader,
        position=sum(places.values()),
        lag_events=sum(ends[at] - place for at, place in behind.items()),
        lag_seconds=_age(_next(broker, behind), now) if behind else 0.0,
        parked_records=records,
        parked_streams=streams,
    )


def reads(db: Connection, reader: str) -> bool:
    """Whether it has begun."""
    return bool(db.execute(_READS, {"reader": reader}).scalar_one())


def _places(
    db: Connection, broker: Broker, reader: str, ends: Mapping[Partition, int]
) -> Mapping[Partition, int]:
    """A topic that was lost and made again will be read from its start."""
    ids = {topic: broker.topic_id(topic) for topic in {at.topic for at in ends}}
    rows = db.execute(_PLACES, {"reader": reader})
    known = {
        Partition(topic, number): place
        for topic, number, id_, place in rows
        if ids.get(topic) == id_
    }
    return {at: known.get(at, 0) for at in ends}


def _next(broker: Broker, behind: Mapping[Partition, int]) -> Sequence[Delivery]:
    with closing(broker.reading(behind)) as reading:
        following = {at: place + 1 for at, place in behind.items()}
        return [one for some in reading.until(following) for one in some]


def _age(waiting: Sequence[Delivery], now: datetime) -> float | None:
    recorded = []
    for one in waiting:
        with suppress(NotOurs):  # a stranger's record has no time that one could believe
            recorded.append(from_delivery(one).recorded_at)
    return max(0.0, (now - min(recorded)).total_seconds()) if recorded else None
