"""Whether a token is believed, by every process that serves."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from uuid import uuid4

import httpx

from deploy.local.run_info import RunInfo

_THINGS = {
    "care": "patients",
    "assignment": "assignments",
    "diary": "entries",
    "review": "reviews",
}
_SERVED_WITHIN = 30.0
"""Seconds in which a process that is full takes a request after all."""


def statuses(run: RunInfo, token: str | None) -> Mapping[str, int]:
    """What each process answers to somebody with this token: a service, who asks for something
    that is not there; the gateway, who asks who they are.
    """
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}

    def nothing(service: str) -> httpx.Response:
        url = f"{run.services[service]}/v1/{_THINGS[service]}/{uuid4()}"
        return httpx.get(url, headers=bearer, timeout=20)

    def me() -> httpx.Response:
        asked = {"query": "{ me { roles } }"}
        return httpx.post(f"{run.gateway}/graphql", json=asked, headers=bearer, timeout=20)

    services = {name: _served(partial(nothing, name)) for name in _THINGS}
    return {**services, "gateway": _served(me)}


def believed(run: RunInfo, token: str) -> bool:
    """By all."""
    return statuses(run, token) == {**dict.fromkeys(_THINGS, httpx.codes.NOT_FOUND), "gateway": 200}


def refused(run: RunInfo, token: str | None) -> bool:
    """By all."""
    return set(statuses(run, token).values()) == {httpx.codes.UNAUTHORIZED}


def _served(ask: Callable[[], httpx.Response]) -> int:
    deadline = time.monotonic() + _SERVED_WITHIN
    while True:
        status = ask().status_code
        if status != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
            return status
        time.sleep(0.2)
