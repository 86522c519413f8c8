"""A Uvicorn that stops well: not ready first, accepted requests finished, then gone."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
import uvloop

from libs.process.admin import Readiness
from libs.process.answering import Refuse, answering, nobody
from libs.process.collector import settle_collector
from libs.process.ports import listening
from libs.process.shaking_hands import Introduced
from libs.process.stopping import on_signals

GRACE = 15
"""Seconds that accepted requests have to finish; the whole process is gone within 20."""


LARGEST_MESSAGE = 256 * 1024
"""Bytes of one message that comes by a WebSocket."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, readiness: Readiness, drain: float) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._drain = drain

    async def startup(self, sockets: list | None = None) -> None:  # type: ignore[type-arg]  # as Uvicorn's own
        await super().startup(sockets=sockets)
        settle_collector()

    async def shutdown(self, sockets: list | None = None) -> None:  # type: ignore[type-arg]  # as Uvicorn's own
        self._readiness.stop()
        await asyncio.sleep(self._drain)
        await super().shutdown(sockets=sockets)


async def serve(
    app: Callable[..., object],
    *,
    port: int,
    readiness: Readiness,
    host: str = "127.0.0.1",
    access_log: bool = False,
    drain: float = 0.0,
    refuse: Refuse = nobody,
) -> None:
    """Within a loop of ours (`run`). Returns when the server was asked to stop and is done.

    `drain` seconds pass between "not ready" and closing the door: load balancers hear of it, and
    clients with open connections are told to close them. `refuse` answers at once what there is no
    room for.
    """
    config = uvicorn.Config(
        app,
        http=answering(lambda: readiness.stopping, refuse),
        ws=Introduced,
        ws_max_size=LARGEST_MESSAGE,
        # A small frame that inflates to a large one is work for us and none for who sends it.
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=access_log,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
    )
    # Uvicorn repeats the signal once it is done; with this it meets a deaf ear, and we exit with 0.
    on_signals()
    # Ours, because Uvicorn would end the process in its own words when the port is taken.
    with listening("PORT", host, port) as door:
        await _Server(config, readiness, drain).serve(sockets=[door])


def run(main: Coroutine[Any, Any, None]) -> None:
    """On uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
