"""The catalogue of events for people, and the schemas that it links to, from files of our own."""

import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_FILES = Path(__file__).parent / "static" / "events"

_KINDS: Mapping[str, str] = {"catalogue.css": "text/css", "catalogue.js": "text/javascript"}

_CONTRACT = re.compile(r"interlude\.[a-z]+\.[A-Za-z]+\.v[0-9]+\.(schema|example)\.json")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(contracts: Path) -> list[BaseRoute]:
    """`contracts` is the folder that `make contracts` writes."""

    async def page(_request: Request) -> Response:
        return _answer(contracts / "events.html", "text/html", {"Content-Security-Policy": _POLICY})

    async def file(request: Request) -> Response:
        """Only what is listed above, and what is named like a contract."""
        name = request.path_params["name"]
        if name in _KINDS:
            return _answer(_FILES / name, _KINDS[name], {"Cache-Control": "public, max-age=3600"})
        if _CONTRACT.fullmatch(name):
            return _answer(contracts / "events" / name, "application/json", {})
        return Response(status_code=404)

    return [Route("/events", page), Route("/events/{name}", file)]


def _answer(file: Path, kind: str, headers: Mapping[str, str]) -> Response:
    if not file.is_file():
        return Response(status_code=404)
    return Response(file.read_bytes(), media_type=kind, headers=headers)
