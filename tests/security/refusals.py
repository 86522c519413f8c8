"""The same words where they are refused: of a wrong kind, too long, too late, in the wrong place,
by the wrong person, to a service and to the gateway.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.security.asking import SERVICES, Asked, operations
from tests.security.clinics import Clinic, Things
from tests.security.sowing import who_may
from tests.security.texts import Planting, commands, texts
from tests.system.watching import PROTOCOL

TOO_LONG = 30_000
"""Characters: longer than any text may be, shorter than any body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """Whoever may do all of this, in a case that is over and done with."""

    clinic: Clinic
    things: Things
    planting: Planting
    http: httpx.Client

    def answers(self) -> Iterator[tuple[str, httpx.Response]]:
        """With what was wrong about each."""
        known = [each for service in SERVICES for each in operations(service)]
        for asked in known:
            if any(name == asked.name for name, _ in texts()):
                yield from self._by_a_service(asked)
        yield from self._by_the_gateway()
        yield from self._anywhere()

    def _by_a_service(self, asked: Asked) -> Iterator[tuple[str, httpx.Response]]:
        body = self.planting.planted(commands()[asked.name], asked.body(self.things))
        word = self.planting.word(asked.name, "refused")
        token = self.clinic.token(who_may(asked))
        key = str(uuid4())
        tried: tuple[tuple[str, bytes, Mapping[str, str]], ...] = (
            ("of a wrong kind", orjson.dumps(body), {"Content-Type": "text/plain"}),
            ("broken off", orjson.dumps(body)[:-1], {}),
            ("too long", orjson.dumps(_everywhere(body, word * (TOO_LONG // len(word)))), {}),
            ("with a field too many", orjson.dumps({**body, word: word}), {}),
            ("of another shape", orjson.dumps(_everywhere(body, {word: [word]})), {}),
            ("with a character too many", orjson.dumps(_everywhere(body, f"{word}\0")), {}),
            ("on a version that is gone", orjson.dumps(body), {"If-Match": '"999999"'}),
            ("once more", orjson.dumps(body), {"Idempotency-Key": key}),
            ("under a used key", orjson.dumps({**body, "zone": word}), {"Idempotency-Key": key}),
            ("after a place of no kind", orjson.dumps(body), {"Interlude-After": word}),
            ("with a token of no kind", orjson.dumps(body), {"Authorization": f"Bearer {word}"}),
        )
        for why, content, headers in tried:
            yield why, self._post(asked, token, content, headers)
        for role in ("analyst", "supervisor", "operator"):
            yield f"by an {role}", self._post(asked, self.clinic.token(role), orjson.dumps(body))

    def _post(
        self, asked: Asked, token: str, content: bytes, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return self.http.post(
            f"{self.clinic.run.services[asked.service]}{asked.path_of(self.things)}",
            content=content,
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": str(uuid4()),
                **(headers or {}),
            },
        )

    def _by_the_gateway(self) -> Iterator[tuple[str, httpx.Response]]:
        word = self.planting.word("gateway", "document")
        goal = "mutation($i: SetGoalInput!) { setGoal(input: $i) { userErrors { message } } }"
        documents: tuple[tuple[str, dict[str, Any]], ...] = (
            (f'{{ patient(id: "{word}") {{ id }} }}', {}),
            (f"{{ {word} }}", {}),
            (f'{{ patient(id: "{word}', {}),
            (f'{{ goals(first: "{word}") {{ nodes {{ id }} }} }}', {}),
            (f"query {word} {{ me {{ {word} }} }}", {}),
            (f"# {word}\n{{ me {{ roles }} }} query", {}),
            (f'{{ me {{ roles @include(if: "{word}") }} }}', {}),
            (goal, {"i": {"patientId": word, "statement": word}}),
            (goal, {"i": {"patientId": str(uuid4()), "statement": word * 3000}}),
            (goal, {"i": {"patientId": str(uuid4()), "statement": [word]}}),
            (goal, {"i": {"patientId": str(uuid4()), word: word}}),
            (goal, {word: word}),
            (goal, {"i": {"patientId": str(self.things["patient"]), "statement": word}}),
        )
        url = f"{self.clinic.run.gateway}/graphql"
        headers = {"Authorization": f"Bearer {self.clinic.token('therapist')}"}
        for query, variables in documents:
            told = {"query": query, "variables": variables}
            yield "a document", self.http.post(url, json=told, headers=headers)
        yield "of a wrong kind", self.http.post(url, content=word, headers=headers)
        yield "as events", self.http.post(f"{url}/stream", json={"query": word}, headers=headers)
        yield (
            "named so",
            self.http.post(
                url, json={"query": "{ me { roles } }", "operationName": word}, headers=headers
            ),
        )

    def _anywhere(self) -> Iterator[tuple[str, httpx.Response]]:
        """Where nobody should write what they think, and somebody will."""
        word = self.planting.word("anything", "address")
        headers = {"Authorization": f"Bearer {self.clinic.token('therapist')}"}
        for url in (*self.clinic.run.services.values(), self.clinic.run.gateway):
            yield "a query", self.http.get(f"{url}/readyz?{word}={word}", headers=headers)
            yield (
                "a header",
                self.http.get(
                    f"{url}/livez",
                    headers={**headers, "X-Correlation-Id": word, "traceparent": word, word: word},
                ),
            )

    def over_a_socket(self) -> Iterator[object]:
        """What the gateway says to messages that are none, and the reasons that it closes with."""
        word = self.planting.word("gateway", "message")
        url = f"{self.clinic.run.gateway.replace('http', 'ws', 1)}/graphql"
        bearer = {"Authorization": f"Bearer {self.clinic.token('therapist')}"}
        for payload in ({"query": word}, {"query": f"subscription {{ {word} }}"}, {word: word}):
            with connect(url, subprotocols=[PROTOCOL]) as socket:
                socket.send(orjson.dumps({"type": "connection_init", "payload": bearer}).decode())
                told = {"type": "subscribe", "id": word, "payload": payload}
                yield socket.recv(timeout=10)
                socket.send(orjson.dumps(told).decode())
                try:
                    yield str(socket.recv(timeout=10)).replace(f'"id":"{word}"', "")
                except ConnectionClosed as closed:
                    yield str(closed)


def _everywhere(body: Any, instead: Any) -> dict[str, Any]:
    """In place of each text at the top of a body; there is one in every command that has texts."""
    told: dict[str, Any] = {name: instead if isinstance(value, str) and " " not in value else value
                            for name, value in body.items()}  # fmt: skip
    return told
