"""One attempt of one request, and what can be said of its outcome: ok, refused, or unknown."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.ask import Ask
from tests.faults.clinic import Clinic
from tests.faults.history import Attempt, Outcome
from tests.faults.world import World
from tests.system.people import global_id

_TIMEOUT = httpx.Timeout(14.0, connect=3.0)
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=32)
_TLS = ssl.create_default_context()
"""Made once: a client would make its own, which takes longer than a hundred requests."""

_NOT_SURE = {"outcome-unknown", "audit-unavailable"}
_NOT_SURE_OF_THE_GATEWAY = {"OVERLOADED", "UNAVAILABLE", "INTERNAL"}
"""The gateway cannot know what became of a request whose answer was lost behind it."""

_MUTATIONS = {
    "rateReadiness": "mutation($input: RateReadinessInput!) { rateReadiness(input: $input)"
    " { id version userErrors { code } } }",
    "setGoal": "mutation($input: SetGoalInput!) { setGoal(input: $input)"
    " { id version userErrors { code } } }",
}


@dataclass
class Sender:
    """`began` is when the run did, on the monotonic clock. `bodies` collects what refusals said."""

    world: World
    clinic: Clinic
    began: float
    bodies: set[str] = field(default_factory=set)
    http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, verify=_TLS)
    )

    async def send(self, ask: Ask, key: str, correlation: str, expected: int | None) -> Attempt:
        sent = time.monotonic() - self.began
        headers = {
            "Authorization": f"Bearer {self.clinic.tokens[ask.who]}",
            "X-Correlation-Id": correlation,
        }
        try:
            if ask.mutation:
                answer = await self._mutation(ask, key, headers)
                return self._of_gateway(sent, ask, answer)
            answer = await self._command(ask, key, headers, expected)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return self._attempt(sent, "refused", code="no-connection")
        except httpx.TransportError:
            return self._attempt(sent, "unknown", code="no-answer")
        return self._of_service(sent, answer)

    async def _command(
        self, ask: Ask, key: str, headers: dict[str, str], expected: int | None
    ) -> httpx.Response:
        return await self.http.post(
            f"{self.world.url(ask.service)}{ask.path}",
            json=ask.body,
            headers={
                **headers,
                "Idempotency-Key": key,
                **({} if expected is None else {"If-Match": f'"{expected}"'}),
            },
        )

    async def _mutation(self, ask: Ask, key: str, headers: dict[str, str]) -> httpx.Response:
        given = {**_camelled(ask.body), "idempotencyKey": key}
        if ask.operation == "rateReadiness" and ask.stream is not None:
            given["assignmentId"] = global_id("Assignment", ask.stream.removeprefix("assignment-"))
        if ask.operation == "setGoal":
            given["patientId"] = global_id("Patient", given["patientId"])
        return await self.http.post(
            f"{self.world.url('gateway')}/graphql",
            json={"query": _MUTATIONS[ask.operation], "variables": {"input": given}},
            headers=headers,
        )

    def _of_service(self, sent: float, answer: httpx.Response) -> Attempt:
        told = _json(answer)
        if answer.is_success:
            return self._attempt(sent, "ok", answer, id=told["id"], version=told["version"])
        self.bodies.add(f"{answer.text} {dict(answer.headers)}")
        code = str(told.get("code"))
        refused = answer.status_code < 500 or answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        sure = refused and code not in _NOT_SURE
        return self._attempt(sent, "refused" if sure else "unknown", answer, code=code)

    def _of_gateway(self, sent: float, ask: Ask, answer: httpx.Response) -> Attempt:
        told = _json(answer)
        if errors := told.get("errors"):
            self.bodies.add(answer.text)
            code = str((errors[0].get("extensions") or {}).get("code"))
            sure = code not in _NOT_SURE_OF_THE_GATEWAY
            return self._attempt(sent, "refused" if sure else "unknown", answer, code=code)
        payload = (told.get("data") or {}).get(ask.operation)
        if payload is None:
            return self._attempt(sent, "unknown", answer, code="no-data")
        if payload["userErrors"]:
            self.bodies.add(answer.text)
            return self._attempt(sent, "refused", answer, code=payload["userErrors"][0]["code"])
        made = str(ask.body["id"])
        return self._attempt(sent, "ok", answer, id=made, version=payload["version"])

    def _attempt(
        self,
        sent: float,
        outcome: Outcome,
        answer: httpx.Response | None = None,
        *,
        code: str | None = None,
        id: str | None = None,  # noqa: A002 - as the answer calls it
        version: int | None = None,
    ) -> Attempt:
        headers = {} if answer is None else answer.headers
        return Attempt(
            began=sent,
            ended=time.monotonic() - self.began,
            outcome=outcome,
            status=None if answer is None else answer.status_code,
            code=code,
            retry_after="retry-after" in headers,
            replayed="idempotency-replayed" in headers,
            id=id,
            version=version,
        )


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _camelled(body: Mapping[str, Any]) -> dict[str, Any]:
    return {_camel(name): value for name, value in body.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
