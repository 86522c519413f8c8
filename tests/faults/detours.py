"""Kafka's clients connect where the broker says it is; on a detour they come by a link of ours."""

from typing import Any

from kafka.net.inet import KafkaNetSocket


def take(told: str) -> None:
    """`told` is `port:port`, the broker's and the link's; empty for none."""
    if not told:
        return
    there, instead = (int(port) for port in told.split(":"))
    connect = KafkaNetSocket.sock_connect

    async def detoured(self: Any, net: Any, sock: Any, *place: Any, **within: Any) -> Any:
        (host, port, *rest), *more = place
        way = (host, instead if port == there else port, *rest)
        return await connect(self, net, sock, way, *more, **within)

    KafkaNetSocket.sock_connect = detoured
