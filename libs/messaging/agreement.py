"""Do the store and its topic say the same? Every fact is there, to the byte, each stream in order
and in one partition; and nothing else is.

About 200 bytes are held in memory for each fact.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Broker, Delivery, Message, Partition
from libs.messaging.envelope import NotOurs, from_delivery, to_message

Stream = tuple[UUID, str]


@dataclass(slots=True, kw_only=True)
class Agreement:
    """`missing` facts are in the store only, `foreign` records in the topic only; of `differing`
    records the bytes are others than the store's; `disordered` first occurrences came after a
    later one of their stream, or in another partition.
    """

    records: int = 0
    missing: int = 0
    foreign: int = 0
    differing: int = 0
    disordered: int = 0

    @property
    def whole(self) -> bool:
        return not (self.missing or self.foreign or self.differing or self.disordered)

    def __str__(self) -> str:
        return f"{self.records} records in the topic: " + (
            "as in the store."
            if self.whole
            else f"{self.missing} events missing, {self.foreign} records of none, "
            f"{self.differing} with other bytes, {self.disordered} out of order."
        )


class Agreeing:
    """`ends` are the topic's before the store was read: the record of a fact that came later may
    lie beyond them, where it is not looked at.
    """

    def __init__(self, topic: str, ends: Mapping[Partition, int]) -> None:
        self._topic = topic
        self._ends = ends
        self._stored: dict[bytes, bytes] = {}
        self._unseen: set[bytes] = set()
        self._reached: dict[Stream, tuple[int, Partition]] = {}
        self._found = Agreement()

    def stored(self, recorded: Recorded, published: bool) -> None:  # noqa: FBT001 - as `verify.Seen`
        """For every fact of the store. What still waits in the outbox need not be in the topic."""
        key = recorded.event_id.bytes
        self._stored[key] = _digest(to_message(recorded, self._topic))
        if published:
            self._unseen.add(key)

    def compare(self, broker: Broker, told: Callable[[int, int], None]) -> Agreement:
        """`told` hears how many records were read, and how many there are."""
        total = sum(self._ends.values())
        with closing(broker.reading(dict.fromkeys(self._ends, 0))) as reading:
            for deliveries in reading.until(self._ends):
                for one in deliveries:
                    self._look_at(one)
                told(self._found.records, total)
            # What the relay has published while the store was read lies behind the ends.
            for deliveries in reading.until(broker.ends([self._topic])):
                known = filter(None, map(_recorded, deliveries))
                self._unseen -= {recorded.event_id.bytes for recorded in known}
        self._found.missing = len(self._unseen)
        return self._found

    def _look_at(self, delivery: Delivery) -> None:
        self._found.records += 1
        recorded = _recorded(delivery)
        expected = recorded and self._stored.get(recorded.event_id.bytes)
        if recorded is None or expected is None:
            self._found.foreign += 1
        elif expected != _digest(delivery):
            self._found.differing += 1
            self._unseen.discard(recorded.event_id.bytes)
        elif recorded.event_id.bytes in self._unseen:
            self._unseen.discard(recorded.event_id.bytes)
            self._first(recorded, delivery.partition)

    def _first(self, recorded: Recorded, partition: Partition) -> None:
        stream = recorded.tenant_id, recorded.stream_id
        version, home = self._reached.get(stream, (0, partition))
        if recorded.version < version or partition != home:
            self._found.disordered += 1
        self._reached[stream] = max(version, recorded.version), home


def _recorded(delivery: Delivery) -> Recorded | None:
    """None for what no relay of ours wrote."""
    try:
        return from_delivery(delivery)
    except NotOurs:
        return None


def _digest(record: Message | Delivery) -> bytes:
    parts = [record.key or b"", record.value or b""]
    for name, value in record.headers:
        parts += [name.encode(), value or b""]
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.digest()
