"""The probes on the API's own port, for load balancers that see no other."""

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.process.admin import Readiness, told


def install(app: FastAPI, readiness: Readiness) -> None:
    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        # In a thread: a check may have to wait for this very loop.
        status, body = await run_in_threadpool(told, readiness)
        return JSONResponse(body, status)

    app.router.routes.append(Route("/livez", livez))
    app.router.routes.append(Route("/readyz", readyz))
