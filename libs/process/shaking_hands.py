"""A WebSocket's handshake, refused in our words: websockets' own quote the header that is wrong."""

from http import HTTPStatus

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

_KEPT = {"upgrade", "sec-websocket-version", "date", "connection"}
"""What a client must do to be let in, and when it was told."""


class Introduced(WebSocketsSansIOProtocol):
    def handle_connect(self, event: Request) -> None:
        accept = self.conn.accept

        def accepted(request: Request) -> Response:
            answer = accept(request)
            welcome = answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS
            return answer if welcome else _plain(answer)

        self.conn.accept = accepted  # type: ignore[method-assign]  # its refusals are made in there
        super().handle_connect(event)


def _plain(answer: Response) -> Response:
    said = answer.headers.raw_items()
    headers = Headers((name, value) for name, value in said if name.lower() in _KEPT)
    headers["Content-Length"] = "0"
    status = HTTPStatus(answer.status_code)
    return Response(status.value, status.phrase, headers, b"")
