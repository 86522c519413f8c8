"""Records as a topic delivers them, one after the other."""

from collections.abc import Sequence

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Delivery, Partition
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
