"""The gateway tells care whom it has forgotten: by a command, for it records no fact of its own.

What the projector and the analytics role removed is written beside what they removed it for, so
whoever of them dies, and however often this is begun again, it goes on until care has said yes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from uuid import UUID

import httpx
import orjson
import structlog
from sqlalchemy import Engine, text

from libs.access.passes import CONFIRMS, signed
from libs.eventstore.trouble import code_of, passes

_LOOK_EVERY = 1.0
"""Seconds."""
_LONGEST_PAUSE = 60.0
_PATIENCE = httpx.Timeout(10.0, connect=2.0)

AT_ONCE = 100
_NOBODY = UUID(int=0)

# Only what both have removed: the analytics role reads care by itself, and may be behind. From the
# last one on and around: whom care refuses, however many they are, keep nobody else waiting.
_UNCONFIRMED = text("""
SELECT e.tenant_id, e.patient_id, e.removed || jsonb_build_object(
    'analytics', (SELECT coalesce(sum(CAST(value AS int)), 0) FROM jsonb_each_text(k.removed)))
  AS removed
FROM erased e JOIN known_erased k USING (tenant_id, patient_id)
WHERE e.confirmed_at IS NULL
ORDER BY (e.tenant_id, e.patient_id) <= (:tenant, :patient), e.tenant_id, e.patient_id
LIMIT :most
""")
_CONFIRMED = text("""
UPDATE erased SET confirmed_at = :now WHERE tenant_id = :tenant AND patient_id = :patient
""")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    tenant_id: UUID
    patient_id: UUID
    removed: Mapping[str, int]


class Confirming:
    """`key` signs the gateway's passes; `client` reaches care."""

    def __init__(
        self, engine: Engine, client: httpx.Client, key: bytes, *, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._client = client
        self._key = key
        self._now = now
        self._last = Forgotten(_NOBODY, _NOBODY, {})

    def run(self, stop: Event) -> None:
        pause = _LOOK_EVERY
        while not stop.wait(pause):
            done = self.once()
            pause = _LOOK_EVERY if done else min(_LONGEST_PAUSE, pause * 2)

    def once(self) -> bool:
        """Whether all went well. What did not is tried again, less often the longer it lasts."""
        try:
            told = [self._next(each) for each in self.unconfirmed()]
        except Exception as error:
            if not passes(error):
                raise
            log.warning("not-confirmed", error=code_of(error))
            return False
        return all(told)

    def unconfirmed(self) -> Sequence[Forgotten]:
        with self._engine.connect() as db:
            last = {"tenant": self._last.tenant_id, "patient": self._last.patient_id}
            return [
                Forgotten(row.tenant_id, row.patient_id, row.removed)
                for row in db.execute(_UNCONFIRMED, {**last, "most": AT_ONCE})
            ]

    def _next(self, whom: Forgotten) -> bool:
        self._last = whom
        return self._tell(whom)

    def _tell(self, whom: Forgotten) -> bool:
        try:
            answer = self._client.post(
                f"/v1/erasures/{whom.patient_id}/confirmations",
                content=orjson.dumps({"removed": _counts(whom.removed)}),
                headers={
                    "Authorization": f"Bearer {self._pass(whom)}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"gateway-{whom.patient_id}",
                },
            )
        except httpx.HTTPError as unreachable:
            log.warning("not-confirmed", error=code_of(unreachable))
            return False
        if not answer.is_success:
            log.warning("not-confirmed", status=answer.status_code)
            return False
        with self._engine.begin() as db:
            who = {"tenant": whom.tenant_id, "patient": whom.patient_id}
            db.execute(_CONFIRMED, {**who, "now": self._now()})
        return True

    def _pass(self, whom: Forgotten) -> str:
        return signed(self._key, whom.tenant_id, CONFIRMS, now=self._now().timestamp())


def reaching(care_url: str) -> httpx.Client:
    """Redirects are never followed: they would take the pass along."""
    return httpx.Client(base_url=care_url, timeout=_PATIENCE)


def _counts(removed: Mapping[str, int]) -> Sequence[Mapping[str, object]]:
    return [{"what": what, "count": count} for what, count in sorted(removed.items())]
