"""What all operations of a service share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from libs.access.passes import is_pass
from libs.access.principal import Principal
from libs.access.relationships import Relationships
from libs.audit.keeping import Audit
from libs.eventstore.consistency import BadToken, Tokens
from libs.eventstore.telling import Role
from libs.privacy.sealing import Sealer
from libs.web.headers import Headers, bearer
from libs.web.problems import Problem

_NEVER_STAFF: frozenset[Role] = frozenset({"patient"})


class Verifier(Protocol):
    async def principal(self, token: str) -> Principal:
        """Raises `Problem`."""


class Awaiting(Protocol):
    async def wait(
        self, tenant_id: UUID, streams: Sequence[tuple[str, int]], *, seconds: float
    ) -> bool:
        """True once all that this service follows was applied; False when the time is up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`patience` is how many seconds a request waits to be no older than its `Interlude-After`."""

    service: str
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    identity: Verifier
    known: Relationships
    awaiting: Awaiting
    sealer: Sealer
    fingerprint_key: bytes
    tokens: Tokens
    audit: Audit
    patience: float = 0.5

    async def caller(self, given: Headers) -> Principal:
        """Who calls, and whether they still work here. Raises `Problem`."""
        token = bearer(given)
        principal = await self.identity.principal(token)
        # Nor does a process of ours leave a clinic, whatever is recorded under its id.
        if principal.roles <= _NEVER_STAFF or is_pass(token):
            return principal
        left = await self.known.has_left(principal.tenant_id, principal.person_id)
        return replace(principal, left=True) if left else principal

    async def waited(self, tenant_id: UUID, token: str | None) -> bool:
        """Whether what is known here is as new as the caller asked for."""
        if token is None:
            return False
        try:
            streams = self.tokens.streams(tenant_id, token)
        except BadToken:
            raise Problem("bad-consistency-token") from None
        return await self.awaiting.wait(tenant_id, streams, seconds=self.patience)
