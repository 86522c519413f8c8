"""Records as a topic delivers them, one after the other."""

import time
from collections.abc import Sequence

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Broker, Delivery, Partition
from libs.messaging.envelope import to_message


def delivered(where: Partition, offset: int, recorded: Sequence[Recorded]) -> list[Delivery]:
    """The first of them stands at this offset."""
    messages = [to_message(one, where.topic) for one in recorded]
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


def read(broker: Broker, topic: str, count: int, *, seconds: float) -> list[Delivery]:
    """So many records from the topic's start, by a reader of their own."""
    subscriber = broker.subscriber(group=f"{topic}.everything", topics=[topic])
    found: list[Delivery] = []
    deadline = time.monotonic() + seconds
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, len(found)
            polled = subscriber.poll(timeout=0.5)
            for partition in polled.assigned:
                subscriber.seek(partition, 0)
            found += polled.deliveries
    finally:
        subscriber.close()
    return found
