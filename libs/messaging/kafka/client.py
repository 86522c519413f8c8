"""What publishing, subscribing and asking share of the client."""

import logging
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import Partition

# The client reports each refused connection at error level, several times a second while a broker
# is away. What matters of it reaches us as exceptions, and we say it once, as a code.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

PATIENCE = {"reconnect_backoff_max_ms": 1000, "bootstrap_timeout_ms": 5000}


class Unreachable(KafkaError):  # type: ignore[misc] # noqa: N818 - untyped client; seen as a code
    """None of the servers listens."""


def require_reachable(servers: Sequence[str], *, within: float = 2) -> None:
    """The client leaves a thread behind when its first connection is refused, and then backs off
    for seconds; so it is only made when somebody listens.
    """
    for server in servers:
        host, _, port = server.rpartition(":")
        with suppress(OSError):
            socket.create_connection((host.strip("[]"), int(port)), timeout=within).close()
            return
    raise Unreachable


def common(address: KafkaAddress) -> Mapping[str, Any]:
    return {"bootstrap_servers": list(address.servers), **address.security}


def theirs(partition: Partition) -> TopicPartition:
    return TopicPartition(partition.topic, partition.number)


def ours(place: TopicPartition) -> Partition:
    return Partition(place.topic, place.partition)
