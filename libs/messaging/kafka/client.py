"""What publishing, subscribing and asking share of the client."""

import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.structs import TopicPartition

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import Partition
from libs.messaging.kafka import refusing

# The client reports each refused connection at error level, several times a second while a broker
# is away. What matters of it reaches us as exceptions, and we say it once, as a code.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

Client = TypeVar("Client")

PATIENCE = {"reconnect_backoff_max_ms": 1000, "bootstrap_timeout_ms": 5000}


_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(
    self: KafkaNetSocket, net: Any, sock: socket.socket, *place: Any, **within: Any
) -> socket.socket:
    try:
        connected: socket.socket = await _connect(self, net, sock, *place, **within)
    except BaseException:
        sock.close()
        raise
    return connected


# The client (3.0.12) leaves the socket of every refused attempt to the garbage collector. In an
# outage that is one or more a second, in processes that collect as rarely as they can.
KafkaNetSocket.sock_connect = _connect_or_close


class Unreachable(KafkaError):  # type: ignore[misc]  # noqa: N818 - untyped client; seen as a code
    """None of the servers listens."""


def made(kind: Callable[..., Client], address: KafkaAddress, **settings: Any) -> Client:
    """A client, when somebody listens: after an early refusal it would back off for seconds. One
    that gives up while it is made leaves a thread and sockets behind, so they are closed here.
    """
    _require_listener(address.servers)
    network: list[KafkaNetClient] = []

    def connecting(**more: Any) -> KafkaNetClient:
        network.append(refusing.client(**more))
        return network[-1]

    try:
        return kind(
            bootstrap_servers=list(address.servers),
            kafka_client=connecting,
            **PATIENCE,
            **address.security,
            **settings,
        )
    except BaseException:
        for each in network:
            each.close()
        raise


def _require_listener(servers: Sequence[str], *, within: float = 2) -> None:
    for server in servers:
        host, _, port = server.rpartition(":")
        with suppress(OSError):
            socket.create_connection((host.strip("[]"), int(port)), timeout=within).close()
            return
    raise Unreachable


def without_creating(cluster: Any) -> None:
    """The clients take `allow_auto_create_topics=False` and forget to pass it on, so that asking
    for a topic that is not there would make one, with whatever partitions the broker thinks of.
    """
    cluster.config["allow_auto_create_topics"] = False


def ours(place: TopicPartition) -> Partition:
    return Partition(place.topic, place.partition)


def theirs(partition: Partition) -> TopicPartition:
    return TopicPartition(partition.topic, partition.number)
