"""The gate before every handler: only what is new, genuine and next in its stream comes through.

    version <= applied     seen before, dropped
    version == applied + 1 and the chain fits: fresh
    otherwise              parked by its place; its stream goes on as soon as the right one comes

A record that does not fit never blocks its stream by itself, so a stranger who can write to a
topic can apply nothing and stop nothing. A record that cannot be handled does: what follows it in
its stream is no longer next, and is parked behind it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from libs.eventstore import parking, progress
from libs.eventstore.chain import fits
from libs.eventstore.parking import CHAIN_BROKEN, WAITS, Parked, Place
from libs.eventstore.progress import NOTHING_YET, Head, Move, Stream
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import NotOurs, from_delivery

Subject = tuple[UUID, UUID]
"""Tenant and subject id."""

Forgotten = Callable[[Connection, Collection[Subject]], Collection[Subject]]
"""Those of these subjects that were erased: what still comes of them counts and is not handled."""


Alone = Callable[[Connection, Sequence[Recorded]], None]
"""Waits, where these records need it, until nobody else is at work, and keeps the others out."""


def nobody(_db: Connection, _subjects: Collection[Subject]) -> Collection[Subject]:
    return ()


def beside_others(_db: Connection, _events: Sequence[Recorded]) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One line of progress. `chain_keys` gives for every topic that it reads the key of the
    service that writes there; `categories` are the kinds of streams it follows, None for all.
    Of subjects that are `forgotten`, streams of `spared` kinds are handled all the same: those that
    tell of the forgetting. Whoever removes what others write is `alone`, and is so before anybody
    is asked about: two who had asked would wait for each other.
    """

    name: str
    chain_keys: Mapping[str, bytes]
    categories: frozenset[str] | None = None
    forgotten: Forgotten = nobody
    alone: Alone = beside_others
    spared: frozenset[str] = frozenset()

    def follows(self, recorded: Recorded) -> bool:
        return self.categories is None or recorded.category in self.categories


class Fresh(NamedTuple):
    """A tuple, because nearly every record becomes one."""

    place: Place
    recorded: Recorded

    @property
    def stream(self) -> Stream:
        return self.recorded.tenant_id, self.recorded.stream_id


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record could not be handled; `retry_at` None waits for somebody to look at it."""

    code: str
    retry_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one transaction is about. `tried` are places that were parked and are read again."""

    reader: Reader
    tried: Mapping[Place, int]
    heads: dict[Stream, Head]
    fresh: list[Fresh] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    repeated: list[Place] = field(default_factory=list)
    forgotten: Collection[Subject] = ()

    @property
    def to_handle(self) -> Sequence[Fresh]:
        if not self.forgotten:
            return self.fresh
        return [
            one
            for one in self.fresh
            if _subject(one.recorded) not in self.forgotten
            or one.recorded.category in self.reader.spared
        ]

    def sift(self, place: Place, recorded: Recorded) -> None:
        stream = recorded.tenant_id, recorded.stream_id
        head = self.heads.get(stream, NOTHING_YET)
        if recorded.version <= head.version:
            self.repeated.append(place)
        elif recorded.version > head.version + 1:
            self.parked.append(_parked(place, recorded, Failure(WAITS)))
        elif not fits(self.reader.chain_keys[place[0].topic], head.chain, recorded):
            self.parked.append(_parked(place, recorded, Failure(CHAIN_BROKEN)))
        else:
            self.heads[stream] = Head(recorded.version, recorded.chain)
            self.fresh.append(Fresh(place, recorded))


def take(
    db: Connection,
    reader: Reader,
    places: Mapping[Partition, int],
    deliveries: Sequence[Delivery],
) -> Batch:
    """Moves the reader's positions past these deliveries and sifts them.

    `places` are where this process believes to stand; a delivery from before is one read again
    because it is parked. Raises `PlaceTaken`. Nothing is kept until `settle` in this transaction.
    """
    ours = [one for one in deliveries if one.partition in places]
    progress.advance(db, reader.name, _moves(places, ours))
    again = [_place(one) for one in ours if _old(one, places)]
    tried = parking.parked_at(db, reader.name, again)
    passed = set(again).difference(tried)
    wanted = [one for one in ours if _place(one) not in passed] if passed else ours
    followed, parked = _read(reader, wanted)
    streams = {(recorded.tenant_id, recorded.stream_id) for _, recorded in followed}
    heads = dict(progress.heads(db, reader.name, streams))
    batch = Batch(reader=reader, tried=tried, heads=heads, parked=parked)
    for place, recorded in followed:
        batch.sift(place, recorded)
    reader.alone(db, [one.recorded for one in batch.fresh])
    subjects = {_subject(one.recorded) for one in batch.fresh}
    batch.forgotten = reader.forgotten(db, {one for one in subjects if one})
    return batch


def settle(
    db: Connection, batch: Batch, failed: Mapping[Place, Failure], now: datetime
) -> Sequence[Recorded]:
    """Keeps how far each stream has come and parks what failed, with what came behind it.

    Returns what was applied.
    """
    name, parked, done = batch.reader.name, list(batch.parked), list(batch.repeated)
    last: dict[Stream, Recorded] = {}
    stopped: set[Stream] = set()
    applied: list[Recorded] = []
    for place, recorded in batch.fresh:
        stream = recorded.tenant_id, recorded.stream_id
        if stream in stopped or place in failed:
            parked.append(_parked(place, recorded, failed.get(place, Failure(WAITS))))
            stopped.add(stream)
        else:
            last[stream] = recorded
            applied.append(recorded)
            done.append(place)
    reached = {stream: Head(one.version, one.chain) for stream, one in last.items()}
    progress.apply(db, name, reached)
    parking.park(db, name, parked, now)
    parking.settle(db, name, [place for place in done if place in batch.tried])
    parking.release(db, name, reached, now)
    return applied


def _read(
    reader: Reader, deliveries: Sequence[Delivery]
) -> tuple[list[tuple[Place, Recorded]], list[Parked]]:
    followed: list[tuple[Place, Recorded]] = []
    strange: list[Parked] = []
    for one in deliveries:
        try:
            recorded = from_delivery(one)
        except NotOurs as error:
            strange.append(Parked(place=_place(one), stream=None, version=None, code=error.code))
        else:
            if reader.follows(recorded):
                followed.append((_place(one), recorded))
    return followed, strange


def _moves(places: Mapping[Partition, int], deliveries: Sequence[Delivery]) -> Sequence[Move]:
    return [
        Move(partition, places[partition], end)
        for partition, end in ends(deliveries).items()
        if end > places[partition]
    ]


def ends(deliveries: Sequence[Delivery]) -> Mapping[Partition, int]:
    """The offset after the last of each partition: within one they are in order."""
    return {one.partition: one.offset + 1 for one in deliveries}


def _place(delivery: Delivery) -> Place:
    return delivery.partition, delivery.offset


def _old(delivery: Delivery, places: Mapping[Partition, int]) -> bool:
    return delivery.offset < places[delivery.partition]


def _subject(recorded: Recorded) -> Subject | None:
    return None if recorded.subject_id is None else (recorded.tenant_id, recorded.subject_id)


def _parked(place: Place, recorded: Recorded, failure: Failure) -> Parked:
    return Parked(
        place=place,
        stream=(recorded.tenant_id, recorded.stream_id),
        version=recorded.version,
        code=failure.code,
        retry_at=failure.retry_at,
    )
