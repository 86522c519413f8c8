"""Where the readers that share one subscriber stand, and where it has to read next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from libs.eventstore import parking, progress
from libs.eventstore.parking import Place
from libs.eventstore.taking import Reader, ends
from libs.messaging.broker import Delivery, Partition


class Walk:
    """Kept in memory only. Each reader has places of its own, so one can be sent back to the
    beginning while the others let pass what they have seen.
    """

    def __init__(self, readers: Sequence[Reader]) -> None:
        self.readers = readers
        self._places: dict[str, dict[Partition, int]] = {reader.name: {} for reader in readers}
        self._wanted: set[Place] = set()
        """Parked records that are to be read again."""

    @property
    def topics(self) -> Sequence[str]:
        return sorted({topic for reader in self.readers for topic in reader.chain_keys})

    def of(self, reader: Reader) -> Mapping[Partition, int]:
        return self._places[reader.name]

    def stand(self, db: Connection, topic_ids: Mapping[Partition, str]) -> Mapping[Partition, int]:
        """Reads where everybody stands, and returns from where the slowest has to go on."""
        for reader in self.readers:
            own = {at: id_ for at, id_ in topic_ids.items() if at.topic in reader.chain_keys}
            self._places[reader.name].update(progress.stand(db, reader.name, own))
        self._wanted = {place for place in self._wanted if place[0] not in topic_ids}
        return {partition: self.front(partition) for partition in topic_ids}

    def front(self, partition: Partition) -> int:
        return min(own[partition] for own in self._places.values() if partition in own)

    def moved(self, reader: Reader, deliveries: Sequence[Delivery]) -> None:
        """After the commit: the reader's own places have come past these."""
        places = self._places[reader.name]
        for partition, end in ends(deliveries).items():
            if partition in places:
                places[partition] = max(places[partition], end)

    def behind(self, deliveries: Sequence[Delivery]) -> bool:
        """Whether something was read again here, rather than for the first time."""
        read = ends(deliveries)
        return any(end < self.front(partition) for partition, end in read.items()) or any(
            offset < read.get(partition, 0) for partition, offset in self._wanted
        )

    def turns(
        self,
        db: Connection,
        deliveries: Sequence[Delivery],
        owned: Collection[Partition],
        now: datetime,
    ) -> Mapping[Partition, int]:
        """Where the subscriber has to go instead of just on: back to what is parked and due,
        and forward again when nothing between is wanted.
        """
        read = ends(deliveries)
        behind = {at for at, end in read.items() if at in owned and end < self.front(at)}
        self._wanted -= {(at, offset) for at, offset in self._wanted if offset < read.get(at, 0)}
        due = self._claimed(db, owned, now)
        self._wanted |= due
        return {
            at: min([offset for on, offset in self._wanted if on == at], default=self.front(at))
            for at in behind | {at for at, _ in due}
        }

    def _claimed(self, db: Connection, owned: Collection[Partition], now: datetime) -> set[Place]:
        return {
            place for reader in self.readers for place in parking.claim(db, reader.name, owned, now)
        }
