"""What a stranger wrote is dismissed by an operator: no reader of this service parks it again.

That a stranger wrote it is looked up, never believed. A record is ours if its chain continues any
record of the version before it in the topic: for that it takes the key of the stream's owner. What
is ours is never dismissed, whatever its code says:

- One that its handler fails on, or that waits behind such a one, is applied after the fix.
- One that its owner wrote and that does not continue what was applied here comes of a store that
  has lost what it had published. Its stream has two histories then; were it dismissed, every later
  fact of the stream would wait for it, and nobody could see why.

One whose stream has nothing before it in the topic looks like a forgery, and is dismissed like one.
Were it ours after all, nothing would be lost: what came before can only come again by `republish`,
which brings this one too, at another place, and no more than this place is dismissed. A stream that
lacks a fact is parked again with its next one.

CannotDismiss
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from libs.eventstore.chain import fits
from libs.eventstore.parking import CHAIN_BROKEN, WAITS, Place
from libs.eventstore.progress import Stream
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Broker, Partition
from libs.messaging.envelope import NotOurs, from_delivery

Progress = Callable[[int, int], None]
"""Records read, and records there are."""

_LYING = text("""
SELECT reader, topic, partition, "offset", topic_id, tenant_id, stream_id, version, code, tries,
       since
FROM parked
WHERE CAST(:topic AS text) IS NULL OR (topic, partition, "offset") = (:topic, :partition, :offset)
ORDER BY topic, partition, "offset", reader, topic_id
""")
_REMEMBER = text("""
INSERT INTO dismissed (topic, partition, topic_id, "offset", code, dismissed_at)
SELECT DISTINCT ON (topic_id) topic, partition, topic_id, "offset", code, :now
FROM parked WHERE (topic, partition, "offset") = (:topic, :partition, :offset)
ON CONFLICT (topic, partition, topic_id, "offset") DO NOTHING
""")
_FORGET = text("""
DELETE FROM parked WHERE (topic, partition, "offset") = (:topic, :partition, :offset)
""")


class CannotDismiss(Exception):  # noqa: N818 - the operator is told what to do instead
    """Says why, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A parked record, as one reader parked it. `stream` is None where it was not readable."""

    reader: str
    place: Place
    topic_id: str
    stream: Stream | None
    version: int | None
    code: str
    tries: int = field(compare=False)
    since: datetime = field(compare=False)


def written(place: Place) -> str:
    """As operators read it, and give it back."""
    (topic, number), offset = place
    return f"{topic}/{number}/{offset}"


def lying(db: Connection, place: Place | None = None) -> Sequence[Lying]:
    """What all readers of this schema have parked, or have parked at this place."""
    rows = db.execute(_LYING, _named(place) if place else _NOWHERE)
    return [
        Lying(
            reader=row.reader,
            place=(Partition(row.topic, row.partition), row.offset),
            topic_id=row.topic_id,
            stream=None if row.stream_id is None else (row.tenant_id, row.stream_id),
            version=row.version,
            code=row.code,
            tries=row.tries,
            since=row.since,
        )
        for row in rows
    ]


def must_be_a_strangers(
    found: Sequence[Lying],
    place: Place,
    broker: Broker,
    chain_keys: Mapping[str, bytes],
    progress: Progress,
) -> None:
    """Raises `CannotDismiss` unless nobody of ours wrote what was found at this place."""
    if not found:
        raise CannotDismiss(f"Nothing is parked at {written(place)}.")
    for one in found:
        if one.stream is not None and one.code not in (WAITS, CHAIN_BROKEN):
            raise _ours(one)
    topic = place[0].topic
    if topic not in chain_keys:
        raise CannotDismiss(f"TOPIC_PREFIX: {topic} is not among the topics that are read.")
    # What lay in a topic that was lost cannot be read, and so never be applied, any more.
    there = [one for one in found if one.topic_id == broker.topic_id(topic)]
    suspect = _read(broker, place) if there else None
    if suspect and _is_ours(suspect, broker, topic, chain_keys[topic], progress):
        raise _ours(there[0])


def dismiss(db: Connection, found: Sequence[Lying], place: Place, now: datetime) -> None:
    """Raises `CannotDismiss` if something else is parked there by now."""
    # Or a reader that is trying the record just now would park it again after us.
    db.execute(text("LOCK TABLE parked IN SHARE ROW EXCLUSIVE MODE"))
    if lying(db, place) != found:
        raise CannotDismiss(f"What lies at {written(place)} was tried meanwhile: look again.")
    db.execute(_REMEMBER, {**_named(place), "now": now})
    db.execute(_FORGET, _named(place))


def _read(broker: Broker, place: Place) -> Recorded | None:
    """None if nobody can read it. A reader of an earlier release may not have been able to."""
    at, offset = place
    with closing(broker.reading({at: offset})) as reading:
        for deliveries in reading.until({at: offset + 1}):
            for one in deliveries:
                with suppress(NotOurs):
                    return from_delivery(one)
    return None


@dataclass(slots=True)
class _Witnesses:
    """What the whole topic says about one record of it."""

    suspect: Recorded
    key: bytes
    key_is_right: bool = False
    name_its_owner: bool = False

    def __post_init__(self) -> None:
        if self.suspect.version == 1:
            self.name_its_owner = fits(self.key, b"", self.suspect)

    def hear(self, recorded: Recorded) -> None:
        if recorded.version == 1 and not self.key_is_right:
            self.key_is_right = fits(self.key, b"", recorded)
        if recorded.version + 1 == self.suspect.version and _stream(recorded) == _stream(
            self.suspect
        ):
            self.name_its_owner |= fits(self.key, recorded.chain, self.suspect)


def _is_ours(suspect: Recorded, broker: Broker, topic: str, key: bytes, progress: Progress) -> bool:
    witnesses = _Witnesses(suspect, key)
    for recorded in _readable(broker, topic, progress):
        witnesses.hear(recorded)
    if not witnesses.key_is_right:  # everything would look forged
        raise CannotDismiss(
            f"CHAIN_KEYS: nothing in {topic} was written under them, so nobody can say by whom."
        )
    return witnesses.name_its_owner


def _stream(recorded: Recorded) -> Stream:
    return recorded.tenant_id, recorded.stream_id


def _readable(broker: Broker, topic: str, progress: Progress) -> Iterator[Recorded]:
    """All of it: what came before a record may lie anywhere, also behind it."""
    ends, read = broker.ends([topic]), 0
    with closing(broker.reading(dict.fromkeys(ends, 0))) as reading:
        for deliveries in reading.until(ends):
            for one in deliveries:
                with suppress(NotOurs):  # says nothing about anybody
                    yield from_delivery(one)
            read += len(deliveries)
            progress(read, sum(ends.values()))


def _ours(one: Lying) -> CannotDismiss:
    return CannotDismiss(
        f"What lies at {written(one.place)} ({one.code}) is a fact of ours: mend what stops its "
        "stream and `retry`, or have its service `republish` what the topic lacks."
    )


def _named(place: Place) -> Mapping[str, str | int]:
    (topic, number), offset = place
    return {"topic": topic, "partition": number, "offset": offset}


_NOWHERE: Mapping[str, None] = {"topic": None, "partition": None, "offset": None}
