"""A service's edge without a network: tokens that are names, relationships that are said, a clock
that stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from libs.access.principal import Principal
from libs.access.relationships import KnownPatient, KnownSession
from libs.audit.keeping import Audit
from libs.eventstore.consistency import Tokens, encode
from libs.eventstore.telling import Role
from libs.privacy.sealing import Sealer
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.sealer import ReadableSealer
from libs.web.edge import Edge
from libs.web.problems import Problem

FINGERPRINT_KEY = b"only-for-tests-only-for-tests-32"
TOKENS = Tokens(b"consistency-only-for-tests-only-")


def _person(person_id: UUID, role: Role, tenant_id: UUID = CLINIC) -> Principal:
    return Principal(tenant_id=tenant_id, person_id=person_id, roles=frozenset({role}))


PEOPLE = {
    "anna": _person(ANNA, "therapist"),
    "boris": _person(BORIS, "therapist"),
    "masha": _person(MASHA, "patient"),
    "lev": _person(LEV, "patient"),
    "stranger": _person(ANNA, "therapist", OTHER_CLINIC),
    "analyst": _person(UUID(int=7), "analyst"),
}


class Names:
    """A bearer token is the name of somebody of the cast."""

    def __init__(self, people: dict[str, Principal] | None = None) -> None:
        self._people = people or PEOPLE

    async def principal(self, token: str) -> Principal:
        if token not in self._people:
            raise Problem("not-authenticated")
        return self._people[token]


@dataclass
class Known:
    """What a service has heard so far."""

    treating: set[tuple[UUID, UUID, UUID]] = field(default_factory=lambda: {(CLINIC, ANNA, MASHA)})
    supervising: set[tuple[UUID, UUID, UUID]] = field(default_factory=set)
    """Clinic, supervisor, and the patient of a therapist in their supervision."""
    facilitating: set[tuple[UUID, UUID, UUID]] = field(default_factory=set)
    """Clinic, therapist, and a group that they lead."""
    left: set[tuple[UUID, UUID]] = field(default_factory=set)
    """Clinic, and whoever worked there once."""
    finishing: set[tuple[UUID, UUID, UUID]] = field(default_factory=set)
    """Clinic, therapist, and a patient whose records they may still finish."""
    treated_until: datetime = NOW
    """When those relationships ended whose records may still be finished."""
    patients: dict[UUID, KnownPatient] = field(
        default_factory=lambda: {MASHA: KnownPatient(patient_id=MASHA, zone="Europe/London")}
    )
    sessions: dict[UUID, KnownSession] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    """Patients who were erased."""

    async def treats(self, tenant_id: UUID, therapist_id: UUID, patient_id: UUID) -> bool:
        return (tenant_id, therapist_id, patient_id) in self.treating

    async def supervises(self, tenant_id: UUID, supervisor_id: UUID, patient_id: UUID) -> bool:
        return (tenant_id, supervisor_id, patient_id) in self.supervising

    async def facilitates(self, tenant_id: UUID, therapist_id: UUID, group_id: UUID) -> bool:
        return (tenant_id, therapist_id, group_id) in self.facilitating

    async def has_left(self, tenant_id: UUID, person_id: UUID) -> bool:
        return (tenant_id, person_id) in self.left

    async def finishes(
        self,
        tenant_id: UUID,
        therapist_id: UUID,
        patient_id: UUID,
        occurred_at: datetime | None = None,
    ) -> bool:
        over = occurred_at is not None and occurred_at > self.treated_until
        return (tenant_id, therapist_id, patient_id) in self.finishing and not over

    async def erased(self, tenant_id: UUID, patient_id: UUID) -> bool:
        return tenant_id == CLINIC and patient_id in self.gone

    async def patient(self, tenant_id: UUID, patient_id: UUID) -> KnownPatient | None:
        return self.patients.get(patient_id) if tenant_id == CLINIC else None

    async def session(self, tenant_id: UUID, session_id: UUID) -> KnownSession | None:
        return self.sessions.get(session_id) if tenant_id == CLINIC else None

    async def next_session(
        self, tenant_id: UUID, patient_id: UUID, therapist_id: UUID, after: datetime
    ) -> KnownSession | None:
        if tenant_id != CLINIC:
            return None
        theirs = [
            each
            for each in self.sessions.values()
            if (each.patient_id, each.therapist_id) == (patient_id, therapist_id)
            and each.starts_at > after
            and not each.off
        ]
        return min(theirs, key=lambda each: each.starts_at, default=None)


@dataclass
class Following:
    """Says whether what one waits for has been applied, and remembers what was asked for."""

    applied: bool = True
    asked: list[Sequence[tuple[str, int]]] = field(default_factory=list)

    async def wait(
        self, tenant_id: UUID, streams: Sequence[tuple[str, int]], *, seconds: float
    ) -> bool:
        del tenant_id, seconds
        self.asked.append(streams)
        return self.applied


class Ids:
    """Ids in order, so that a test can say the next one. They look like UUIDv7."""

    def __init__(self) -> None:
        self._made = 0

    def __call__(self) -> UUID:
        self._made += 1
        return UUID(int=(0x0199_0000_0000_7000_8000 << 48) + self._made)


def edge(
    *,
    known: Known | None = None,
    following: Following | None = None,
    sealer: Sealer | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    names: Names | None = None,
    audit: Audit | None = None,
) -> Edge:
    return Edge(
        service="test",
        clock=clock,
        new_id=Ids(),
        identity=names or Names(),
        known=known or Known(),
        awaiting=following or Following(),
        sealer=sealer or ReadableSealer(),
        fingerprint_key=FINGERPRINT_KEY,
        tokens=TOKENS,
        audit=audit or MemoryAudit(),
    )


def consistency_token(*streams: tuple[str, int], tenant_id: UUID = CLINIC) -> str:
    """As a service's answer would give it in the clinic of the cast."""
    return TOKENS.token(tenant_id, encode(streams))


def client(app: ASGIApp, name: str | None = None) -> httpx.AsyncClient:
    """A browser of somebody of the cast; nobody's without a name."""
    headers = {} if name is None else {"Authorization": f"Bearer {name}"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://test", headers=headers
    )
