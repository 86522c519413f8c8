"""Whether a token is believed, by every process that serves."""

from collections.abc import Mapping
from uuid import uuid4

import httpx

from deploy.local.run_info import RunInfo

REFUSED = httpx.codes.UNAUTHORIZED


def statuses(run: RunInfo, token: str | None) -> Mapping[str, int]:
    """What each process that serves answers to somebody with this token who asks for something
    that is not there.
    """
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    nothing = {
        "care": "patients",
        "assignment": "assignments",
        "diary": "entries",
        "review": "reviews",
    }
    asked = {
        name: httpx.get(f"{run.services[name]}/v1/{things}/{uuid4()}", headers=bearer, timeout=20)
        for name, things in nothing.items()
    }
    me = httpx.post(
        f"{run.gateway}/graphql", json={"query": "{ me { roles } }"}, headers=bearer, timeout=20
    )
    return {name: answer.status_code for name, answer in {**asked, "gateway": me}.items()}


def believed(run: RunInfo, token: str) -> bool:
    return REFUSED not in statuses(run, token).values()


def refused(run: RunInfo, token: str | None) -> bool:
    return set(statuses(run, token).values()) == {REFUSED}
