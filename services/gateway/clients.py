"""One HTTP client per service. Commands are passed on with the caller's own token; what comes back
is told apart here: done, refused for a reason of the caller's, or out of our hands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import orjson

Json = dict[str, Any]

PATIENCE = httpx.Timeout(10.0, connect=2.0)
"""Seconds. A service answers 503 by itself long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    id: UUID
    version: int
    consistency: str
    notices: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A 4xx: `errors` of `{pointer, code, message}`, at least one."""

    errors: tuple[Json, ...]


class NotAuthenticated(Exception):  # noqa: N818 - answered as a coded GraphQL error
    """The service did not accept the token."""


class TryLater(Exception):  # noqa: N818 - answered as a coded GraphQL error
    """429 or 503; `after` seconds where the service said so."""

    def __init__(self, status: int, after: int | None) -> None:
        super().__init__()
        self.status, self.after = status, after


class OutOfReach(Exception):  # noqa: N818 - answered as a coded GraphQL error
    """No connection, no answer in time, or an answer that is not the service's own."""


Clients = Mapping[str, httpx.AsyncClient]


def connect(services: Mapping[str, str]) -> Clients:
    """`services`: base URL by name. Idle connections are kept, redirects are never followed."""
    return {
        name: httpx.AsyncClient(
            base_url=url,
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=50),
        )
        for name, url in services.items()
    }


async def post(
    client: httpx.AsyncClient, path: str, body: Json, headers: Mapping[str, str]
) -> Done | Refused:
    """Raises `NotAuthenticated`, `TryLater` or `OutOfReach`."""
    content = orjson.dumps(body)
    try:
        answer = await client.post(
            path, content=content, headers={**headers, "Content-Type": "application/json"}
        )
        return _understood(answer)
    except (httpx.HTTPError, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as broken:
        raise OutOfReach from broken


async def get(
    client: httpx.AsyncClient,
    path: str,
    headers: Mapping[str, str],
    asked: Mapping[str, str] | None = None,
) -> Json | None:
    """None for what is not there or not theirs. Raises as `post` does."""
    try:
        answer = await client.get(path, params=asked, headers=dict(headers))
        _must_be_an_answer(answer)
        if answer.status_code != HTTPStatus.OK:
            return None
        told: Json = orjson.loads(answer.content)
    except (httpx.HTTPError, orjson.JSONDecodeError) as broken:
        raise OutOfReach from broken
    return told


def _must_be_an_answer(answer: httpx.Response) -> None:
    match answer.status_code:
        case HTTPStatus.UNAUTHORIZED:
            raise NotAuthenticated
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            raise TryLater(answer.status_code, _seconds(answer.headers.get("Retry-After")))
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise OutOfReach
        case _:
            pass


def _understood(answer: httpx.Response) -> Done | Refused:
    _must_be_an_answer(answer)
    match answer.status_code:
        case HTTPStatus.OK | HTTPStatus.CREATED:
            return _done(orjson.loads(answer.content))
        case status if 400 <= status < 500:  # noqa: PLR2004 - the 4xx range
            return _refused(orjson.loads(answer.content))
        case _:
            raise OutOfReach


def _done(body: Json) -> Done:
    return Done(
        id=UUID(body["id"]),
        version=body["version"],
        consistency=body["consistency"],
        notices=tuple(body.get("notices") or ()),
    )


def _refused(problem: Json) -> Refused:
    whole = {"pointer": "", "code": problem["code"], "message": problem.get("detail") or ""}
    errors = tuple(problem.get("errors") or ()) or (whole,)
    return Refused(
        errors=tuple(
            {
                "pointer": error.get("pointer") or "",
                "code": error.get("code") or problem["code"],
                "message": error.get("message") or problem.get("title") or "",
            }
            for error in errors
        )
    )


def _seconds(header: str | None) -> int | None:
    return int(header) if header and header.isdigit() else None
