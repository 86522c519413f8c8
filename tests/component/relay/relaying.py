"""Relays at work, each in a thread of its own."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from deploy.local.ports import wait_until
from libs.messaging.broker import Broker, Message
from libs.messaging.envelope import topic_of
from libs.messaging.relay import Relay
from libs.messaging.republish import republish
from tests.component.relay.storing import SERVICE, Store

ENOUGH = 20.0
"""Seconds in which anything here happens, on a busy machine."""


def relay(store: Store, broker: Broker, *, batch: int = 1000, topic: str = "") -> Relay:
    return Relay(
        store.url,
        broker,
        service=SERVICE,
        topic=topic or topic_of(SERVICE),
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        batch=batch,
    )


@contextmanager
def running(*relays: Relay) -> Iterator[threading.Event]:
    stop = threading.Event()
    threads = [threading.Thread(target=each.run, args=[stop]) for each in relays]
    for each in threads:
        each.start()
    try:
        yield stop
    finally:
        stop.set()
        for each in threads:
            each.join(ENOUGH)
            assert not each.is_alive()


def published_again(store: Store, broker: Broker, *, topic: str = "", **more: Any) -> int:
    """As the operator's command does it."""
    return republish(
        store.url,
        broker,
        service=SERVICE,
        topic=topic or topic_of(SERVICE),
        partitions=12,
        **more,
    )


def eventually(holds: Callable[[], bool]) -> None:
    assert wait_until(holds, seconds=ENOUGH, every=0.01)


def ids(messages: Sequence[Message]) -> list[str]:
    return [dict(each.headers)["ce_id"].decode() for each in messages]
