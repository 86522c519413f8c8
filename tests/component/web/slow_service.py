"""A process that serves slow answers, for tests of how it stops: `python slow_service.py PORT`."""

import asyncio
import sys
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.process.admin import Readiness
from libs.process.serving import run, serve


async def slow(_request: Request) -> Response:
    await asyncio.sleep(1.0)
    return PlainTextResponse("finished")


def refuse(url: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    """Whoever comes here for more than can be had, with whatever in the hands."""
    full = url == b"/full" and (b"content-length", b"0") not in headers
    return b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nlater" if full else None


async def quick(_request: Request) -> Response:
    return PlainTextResponse("here")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/slow", slow), Route("/quick", quick)])
    run(serve(app, port=int(sys.argv[1]), readiness=Readiness(), drain=0.5, refuse=refuse))
