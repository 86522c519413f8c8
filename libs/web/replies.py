"""An answer on its way out: plain bytes, so that the hot path builds nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Send

Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
PROBLEM_JSON: Header = (b"content-type", b"application/problem+json")


@dataclass(frozen=True, slots=True)
class Reply:
    """`outcome` is what metrics count: `done`, `already-so`, `replayed`, or the problem's code."""

    status: int
    headers: Sequence[Header]
    body: bytes = b""
    outcome: str = "done"

    async def send(self, send: Send, extra: Sequence[Header] = ()) -> None:
        headers = [*self.headers, *extra, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def json_reply(status: int, content: Any, headers: Sequence[Header] = ()) -> Reply:
    return Reply(status, [JSON, *headers], orjson.dumps(content))
