"""Those who use Interlude from outside, each with the token of their own that run.json holds."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.run_info import RunInfo


@dataclass(frozen=True)
class Person:
    run: RunInfo
    name: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.run.tokens[self.name]}"}

    def asks(self, query: str, **variables: Any) -> Any:
        """The whole GraphQL answer."""
        return self.sends_graphql(query, variables).json()

    def sees(self, query: str, **variables: Any) -> Any:
        """The data of a GraphQL answer without errors."""
        answer = self.asks(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def sends_graphql(
        self, query: str, variables: Mapping[str, Any], **headers: str
    ) -> httpx.Response:
        return httpx.post(
            f"{self.run.gateway}/graphql",
            json={"query": query, "variables": variables},
            headers={**self.bearer, **headers},
            timeout=20,
        )

    def tells(
        self, where: str, body: Mapping[str, Any], key: str | None = None, **headers: str
    ) -> httpx.Response:
        """`where` is `<service>/v1/…`; a header is named with underscores."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(
            self._url(where),
            json=body,
            headers={**self.bearer, "Idempotency-Key": key or str(uuid4()), **told},
            timeout=20,
        )

    def reads(self, where: str, **headers: str) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(self._url(where), headers={**self.bearer, **told}, timeout=20)

    def _url(self, where: str) -> str:
        service, _, path = where.partition("/")
        return f"{self.run.services[service]}/{path}"


def global_id(kind: str, uuid: object) -> str:
    """What GraphQL calls a thing that REST calls by its UUID."""
    return urlsafe_b64encode(f"{kind}:{uuid}".encode()).decode().rstrip("=")


def uuid_of(named: str) -> UUID:
    """The other way round, whatever kind of thing it is."""
    padded = named + "=" * (-len(named) % 4)
    return UUID(urlsafe_b64decode(padded).decode().partition(":")[2])
