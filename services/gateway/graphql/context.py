"""What one request carries through its resolvers, and what all requests of a process share."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import strawberry

from libs.access.departed import Departed
from libs.access.principal import Principal
from libs.audit.keeping import Audit
from libs.eventstore.consistency import BadToken, Tokens
from libs.eventstore.store import StoreUnavailable
from libs.eventstore.telling import Role
from libs.privacy.sealing import KeyringUnavailable
from libs.web.headers import Trace
from libs.web.limits import Doors
from libs.web.problems import Problem
from services.gateway.clients import Clients
from services.gateway.graphql.cursors import Cursors
from services.gateway.graphql.errors import (
    BadRequest,
    Overloaded,
    StaleRead,
    Unauthenticated,
    Unavailable,
)
from services.gateway.graphql.looking import now_looking
from services.gateway.graphql.streams import Streams
from services.gateway.graphql.texts import Opener, open_texts
from services.gateway.graphql.trusted import NONE_NAMED, TrustedDocuments
from services.gateway.live import Live
from services.gateway.queries.reading import Json, ReadModels
from services.gateway.queries.visible import Asker, asker

_NEVER_STAFF: frozenset[Role] = frozenset({"patient"})


class Verifier(Protocol):
    async def principal(self, token: str) -> Principal:
        """Raises `Problem`."""


class Awaiting(Protocol):
    async def wait(
        self, tenant_id: UUID, streams: Sequence[tuple[str, int]], *, seconds: float
    ) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`patience`: how many seconds a query waits to be no older than its token."""

    identity: Verifier
    departed: Departed
    models: ReadModels
    sealer: Opener
    awaiting: Awaiting
    tokens: Tokens
    cursors: Cursors
    clients: Clients
    live: Live
    streams: Streams
    audit: Audit
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    trusted: TrustedDocuments = NONE_NAMED
    patience: float = 0.5

    async def present(self, principal: Principal) -> Principal:
        """Them, and whether they still work here. Raises `StoreUnavailable`."""
        if principal.roles <= _NEVER_STAFF:
            return principal
        left = await self.departed.has_left(principal.tenant_id, principal.person_id)
        return replace(principal, left=True) if left else principal


@dataclass(slots=True)
class Freshness:
    """Of one operation. `satisfied` is None as long as it did not ask for consistency, `waited`
    says by token what came of it; `unreadable` counts texts that could not be opened.
    """

    satisfied: bool | None = None
    waited: dict[str, bool] = field(default_factory=dict)
    unreadable: int = 0


freshness: ContextVar[Freshness] = ContextVar("freshness")
"""A WebSocket carries many operations in one context, at once and for as long as it is open, so
this is kept apart: what was late for one of them is there for the next.
"""


@dataclass(slots=True, kw_only=True)
class Context:
    """Of one request or WebSocket. `doors` are for the operations of a stream, which are admitted
    one by one; on a WebSocket each `counts` like a request, too.
    """

    parts: Parts
    headers: Mapping[str, str]
    trace: Trace
    doors: Doors | None = None
    counts: bool = False
    token: str | None = None
    known: Principal | None = None
    connection_params: Any = None
    closing: Callable[[int, str], Awaitable[None]] | None = None

    @property
    def expired(self) -> bool:
        return self.known is None or self.known.expires_at <= self.parts.clock().timestamp()

    @property
    def principal(self) -> Principal:
        if self.known is None or self.expired:
            raise Unauthenticated
        return self.known

    @property
    def forwarded(self) -> Mapping[str, str]:
        """With what a service is asked on behalf of the caller: their own token, and the trace."""
        return {
            "Authorization": f"Bearer {self.token}",
            "X-Correlation-Id": str(self.trace.correlation_id),
            "traceparent": self.trace.traceparent,
        }

    async def present(self) -> Principal:
        """Who is calling, and whether they still work here."""
        try:
            return await self.parts.present(self.principal)
        except StoreUnavailable:
            raise Overloaded from None

    async def close(self, code: int, reason: str) -> None:
        """Closes the WebSocket that this came by, if it came by one."""
        if self.closing is not None:
            await self.closing(code, reason)

    @property
    def asker(self) -> Asker:
        return asker(self.principal, self.parts.clock())

    async def identify(self) -> None:
        """Who is calling, if their token is good; a missing or bad one is told by who needs it.

        Raises `Problem` (429) for somebody who asks for too much.
        """
        self.known = None  # a second token that is not good does not leave the first one's person
        if self.token is None:
            return
        try:
            self.known = await self.parts.identity.principal(self.token)
        except Problem as refused:
            if refused.code == "too-many-requests":
                raise
            if refused.code != "not-authenticated":
                raise Unavailable("IDENTITY_UNAVAILABLE") from refused

    async def count(self) -> None:
        """One more operation. Raises `Problem` (429) for somebody who asks for too much; whether
        their token is good at all is said by who needs it.
        """
        if not self.counts or self.token is None:
            return
        try:
            await self.parts.identity.principal(self.token)
        except Problem as refused:
            if refused.code == "too-many-requests":
                raise

    async def fresh(self, token: str | None, *, strict: bool = False) -> bool:
        """Waits for what this query must not be older than: its argument, else the header.

        False when the time was up.
        """
        named = token or self.headers.get("interlude-after")
        if not named:
            return True
        asked = freshness.get()
        if named not in asked.waited:
            asked.waited[named] = await self._wait(named)
        asked.satisfied = asked.satisfied is not False and asked.waited[named]
        if strict and not asked.waited[named]:
            raise StaleRead
        return asked.waited[named]

    async def _wait(self, token: str) -> bool:
        try:
            streams = self.parts.tokens.streams(self.principal.tenant_id, token)
        except BadToken:
            raise BadRequest("BAD_CONSISTENCY_TOKEN") from None
        tenant, patience = self.principal.tenant_id, self.parts.patience
        try:
            return await self.parts.awaiting.wait(tenant, streams, seconds=patience)
        except StoreUnavailable:
            raise Overloaded from None

    def place_of(self, patient_id: UUID, number: int) -> str:
        """The cursor of a number in the patient's feed, for the one who asks."""
        return self.parts.cursors.to_cursor(self.asker, patient_id, number)

    async def rows(self, sql: str, *arguments: object) -> list[Json]:
        """Rows of a statement with their texts opened."""
        try:
            asks = asker(await self.present(), self.parts.clock())
            rows = list(await self.parts.models.rows(asks, sql, *arguments))
            unreadable = await open_texts(rows, self.parts.sealer, self.principal.tenant_id)
        except StoreUnavailable:
            raise Overloaded from None
        except KeyringUnavailable:
            raise Unavailable("KEYRING_UNAVAILABLE") from None
        now_looking().saw(rows)
        if asked := freshness.get(None):
            asked.unreadable += unreadable
        return rows

    async def row(self, sql: str, *arguments: object) -> Json | None:
        found = await self.rows(sql, *arguments)
        return found[0] if found else None


Info = strawberry.Info[Context, None]
