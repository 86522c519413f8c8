"""The admin port: is the process alive, is it ready, and what does it count.

A thread of its own with the standard library's server, so that a busy or stuck loop can still be
asked, and roles without HTTP need no framework.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import REGISTRY, CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from libs.process.ports import naming

# When each series began is a series more of it; Prometheus knows that by itself.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the package types all but this

Check = Callable[[], bool]
"""Answers quickly, False or an exception when not ready. Called from the admin thread."""


Told = tuple[HTTPStatus, Mapping[str, object]]
"""How a probe is answered."""


class Readiness:
    """Named checks; every one of `needs` must hold. What `hopes` miss is said, and no more:
    the process works, but somebody should look. Once it is `stopping` it is not ready for good.
    """

    def __init__(
        self,
        needs: Mapping[str, Check] | None = None,
        *,
        hopes: Mapping[str, Check] | None = None,
        stopping: Check = lambda: False,
    ) -> None:
        self._needs = dict(needs or {})
        self._hopes = dict(hopes or {})
        self._stopping = stopping

    @property
    def stopping(self) -> bool:
        return self._stopping()

    def stop(self) -> None:
        """Not ready from now on, for good."""
        self._stopping = lambda: True

    def failing(self) -> list[str]:
        """The names of what does not hold; the probe learns no more."""
        return ["stopping"] if self._stopping() else _failing(self._needs)

    def degraded(self) -> list[str]:
        return _failing(self._hopes)


def _failing(checks: Mapping[str, Check]) -> list[str]:
    return [name for name, check in checks.items() if not _holds(check)]


def _holds(check: Check) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever it is, the answer is: not ready
        return False


@contextmanager
def serving(
    readiness: Readiness,
    *,
    port: int | None,
    host: str = "127.0.0.1",
    metrics: CollectorRegistry = REGISTRY,
) -> Iterator[int | None]:
    """While inside, `/livez`, `/readyz` and `/metrics` are answered. 0 takes a free port;
    None opens none.
    """
    if port is None:
        yield None
        return
    with naming("ADMIN_PORT"):
        server = ThreadingHTTPServer((host, port), _handler(readiness, metrics))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="admin", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(readiness: Readiness, metrics: CollectorRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/livez":
                    self._answer(HTTPStatus.OK, {"status": "alive"})
                case "/readyz":
                    status, body = told(readiness)
                    self._answer(status, body)
                case "/metrics":
                    self._send(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(metrics))
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, {"status": "unknown"})

        def _answer(self, status: HTTPStatus, body: Mapping[str, object]) -> None:
            self._send(status, "application/json", json.dumps(body).encode())

        def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Probes come every few seconds; nobody reads of them."""

    return Handler


def told(readiness: Readiness) -> Told:
    """On the admin port and on the API's own."""
    failing = readiness.failing()
    if failing:
        return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "not ready", "failing": failing}
    degraded = readiness.degraded()
    if degraded:
        return HTTPStatus.OK, {"status": "degraded", "failing": degraded}
    return HTTPStatus.OK, {"status": "ready"}
