"""A process that serves slow answers, for tests of how it stops: `python slow_service.py PORT`."""

import asyncio
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.process.admin import Readiness
from libs.process.serving import run, serve


async def slow(_request: Request) -> Response:
    await asyncio.sleep(1.0)
    return PlainTextResponse("finished")


async def quick(_request: Request) -> Response:
    return PlainTextResponse("here")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/slow", slow), Route("/quick", quick)])
    run(serve(app, port=int(sys.argv[1]), readiness=Readiness(), drain=0.5))
