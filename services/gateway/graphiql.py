"""GraphiQL from files of our own: no content network, so it works with the network cut."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FILES = Path(__file__).parent / "static" / "graphiql"

_KINDS: Mapping[str, str] = {
    "graphiql.min.js": "text/javascript",
    "graphiql.min.css": "text/css",
    "react.production.min.js": "text/javascript",
    "react-dom.production.min.js": "text/javascript",
    "start.js": "text/javascript",
}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:;"
    " font-src data:; connect-src 'self' ws: wss:; frame-ancestors 'none'"
)


def page() -> Response:
    content = (_FILES / "index.html").read_bytes()
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


async def asset(request: Request) -> Response:
    """Only what is listed above; everything large is stored as it travels, gzipped."""
    name = request.path_params["name"]
    kind = _KINDS.get(name)
    if kind is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=86400"}
    packed = _FILES / f"{name}.gz"
    if not packed.exists():
        return Response((_FILES / name).read_bytes(), media_type=kind, headers=headers)
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(packed.read_bytes(), media_type=kind, headers=headers)


ASSETS = Route("/graphql/static/{name}", asset)
