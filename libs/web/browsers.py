"""Pages of other origins that may call, from a browser. Tokens travel in headers that a page must
set itself: no cookie, and so no credentials that a browser adds by itself.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LOCALHOST = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
_READABLE = [
    "ETag",
    "Location",
    "Interlude-Consistency",
    "Idempotency-Replayed",
    "Retry-After",
    "WWW-Authenticate",
    "X-Correlation-Id",
]
_SENT = [
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Interlude-After",
    "X-Correlation-Id",
    "traceparent",
]
_A_DAY = 24 * 3600


class Browsers(CORSMiddleware):
    """Whoever names no origin is no browser, and is not wrapped."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], *, local: bool) -> None:
        super().__init__(
            app,
            allow_origins=list(origins),
            allow_origin_regex=_LOCALHOST if local else None,
            allow_methods=["GET", "POST"],
            allow_headers=["*"] if local else _SENT,
            expose_headers=_READABLE,
            max_age=_A_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def welcoming(app: ASGIApp, origins: Sequence[str], *, local: bool) -> ASGIApp:
    """The app as it is where no page may call."""
    return Browsers(app, origins, local=local) if local or origins else app
