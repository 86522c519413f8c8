"""Sends what somebody tells to the service that owns it, with that person's own token."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import httpx

from deploy.local.story.calendar import ZONE, instant

Body = Mapping[str, Any]

_STORY = UUID("01990000-0000-7000-8000-0000000057a9")
_CREATED = frozenset({200, 201})
_PATIENCE_S = 30.0


class StoryStopped(Exception):  # noqa: N818 - said to the person who started it
    """A request was refused; says which one and with which code."""


@dataclass
class Teller:
    """Each act has a name; its ids and its idempotency key follow from the name and from `told`,
    so a story that was interrupted goes on where it stopped and nothing happens twice.
    """

    services: Mapping[str, str]
    tokens: Mapping[str, str]
    told: str
    progress: Callable[[str], None]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20.0))
    _latest: str | None = None

    def id_of(self, thing: str) -> str:
        return str(uuid5(_STORY, f"{self.told}/{thing}"))

    def tell(self, who: str, where: str, body: Body, *, at: datetime | None = None) -> str:
        """`where` is `<service>/v1/…`; answers the id of what was made."""
        service, _, path = where.partition("/")
        answer = self._sent(
            f"{self.services[service]}/{path}",
            {**body, **({"occurred_at": instant(at), "zone": ZONE} if at else {})},
            {
                "Authorization": f"Bearer {self.tokens[who]}",
                "Idempotency-Key": f"story/{self.told}/{where}/{self._act(body)}",
            },
        )
        self._latest = answer["consistency"]
        self.progress(f"{who}: {path.removeprefix('v1/')}")
        return str(answer["id"])

    def _act(self, body: Body) -> str:
        return str(uuid5(_STORY, repr(sorted(body.items()))))

    def _sent(self, url: str, body: Body, headers: dict[str, str]) -> dict[str, Any]:
        if self._latest is not None:
            headers["Interlude-After"] = self._latest
        give_up = time.monotonic() + _PATIENCE_S
        while True:
            response = self.http.post(url, json=body, headers=headers)
            if response.status_code in _CREATED:
                answer: dict[str, Any] = response.json()
                return answer
            if not _worth_waiting_for(response) or time.monotonic() > give_up:
                raise StoryStopped(f"{url}: {response.status_code} {_code(response)}")
            # Another service has not yet heard of what this request names.
            time.sleep(min(float(response.headers.get("Retry-After", "1")), 1.0))


def _worth_waiting_for(response: httpx.Response) -> bool:
    late = _code(response) == "not-known-yet"
    # A satisfied token turns *not known yet* into *not found* for the streams that it names only;
    # what the story names besides them may still be on its way.
    missing = response.status_code == httpx.codes.NOT_FOUND
    return late or missing or response.status_code == httpx.codes.SERVICE_UNAVAILABLE


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code"))
    except ValueError:
        return "no-problem-document"
