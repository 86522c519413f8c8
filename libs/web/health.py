"""The probes on the API's own port, for load balancers that see no other."""

import asyncio
import time
from collections.abc import Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.process.admin import Readiness, Told, told

REMEMBERED = 1.0
"""Seconds."""


class _Looking:
    """Anybody may ask, and each look is a question to the database: what was seen is remembered for
    a while, and whoever asks in the meantime shares one look. That the process stops is never old.
    """

    def __init__(self, readiness: Readiness, monotonic: Callable[[], float]) -> None:
        self._readiness = readiness
        self._monotonic = monotonic
        self._look: asyncio.Task[Told] | None = None
        self._until = float("-inf")

    async def seen(self) -> Told:
        if not self._readiness.stopping:
            # One who hangs up must not take the look away from the others.
            seen = await asyncio.shield(self._latest())
            if not self._readiness.stopping:
                return seen
        return told(self._readiness)

    def _latest(self) -> asyncio.Task[Told]:
        now = self._monotonic()
        if self._look is None or (self._look.done() and now >= self._until):
            self._until = now + REMEMBERED
            # In a thread: a check may have to wait for this very loop.
            self._look = asyncio.create_task(run_in_threadpool(told, self._readiness))
        return self._look


def install(
    app: FastAPI, readiness: Readiness, *, monotonic: Callable[[], float] = time.monotonic
) -> None:
    looking = _Looking(readiness, monotonic)

    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        status, body = await looking.seen()
        return JSONResponse(body, status)

    app.router.routes.append(Route("/livez", livez))
    app.router.routes.append(Route("/readyz", readyz))
