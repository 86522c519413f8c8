"""The clinic of one run: its people with their tokens, and what there is before the load begins."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx

from deploy.local.people import Person
from tests.faults.world import World

ZONE = "Europe/London"
CANARY = "Larry hummed"
"""Begins whatever these people write, so that it can be looked for where it must not be."""

ANALYTICS = {"scope": "analytics", "purpose": "service_evaluation"}
"""What a patient consents to."""

PATIENTS = 4
HOMEWORK = 3
"""Of each patient at the beginning."""

_PATIENCE = 30.0


@dataclass(kw_only=True)
class Clinic:
    """`hot` is one assignment that everybody writes to. Ids of what exists are added as it does."""

    tenant: UUID
    therapist: UUID
    patients: tuple[UUID, ...]
    tokens: Mapping[str, str]
    sessions: dict[UUID, UUID] = field(default_factory=dict)
    """The next session of each patient."""
    past: dict[UUID, UUID] = field(default_factory=dict)
    """The one that has ended, in which homework can be reviewed."""
    assignments: dict[UUID, UUID] = field(default_factory=dict)
    """Whose each is."""
    reviews: list[UUID] = field(default_factory=list)
    hot: UUID | None = None
    consents: dict[UUID, UUID] = field(default_factory=dict)
    """To analytics, by who has given one at some time."""


def uuid(chance: Random) -> UUID:
    """As a client makes one: version 7, of a time that does not matter."""
    number = chance.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=number | 0x7 << 76 | 0x2 << 62)


def opened(world: World, chance: Random) -> Clinic:
    """Registered, known everywhere, with homework given and sessions planned."""
    clinic = _people(world, chance)
    with httpx.Client(timeout=20) as http:
        _Opening(world, clinic, http, chance).all()
    return clinic


def _people(world: World, chance: Random) -> Clinic:
    tenant, therapist = uuid(chance), uuid(chance)
    patients = tuple(uuid(chance) for _ in range(PATIENTS))
    issuer, now = world.ground.issuer, time.time()
    everybody = {
        "operator": Person(id=uuid(chance), role="operator"),
        "clinic_admin": Person(id=uuid(chance), role="clinic_admin"),
        "therapist": Person(id=therapist, role="therapist"),
        "stranger": Person(id=uuid(chance), role="therapist"),
        **{str(patient): Person(id=patient, role="patient") for patient in patients},
    }
    tokens = {name: issuer.token_for(who, tenant, now=now) for name, who in everybody.items()}
    return Clinic(tenant=tenant, therapist=therapist, patients=patients, tokens=tokens)


@dataclass
class _Opening:
    world: World
    clinic: Clinic
    http: httpx.Client
    chance: Random
    latest: str | None = None

    def all(self) -> None:
        clinic = self.clinic
        self.tell(
            "operator",
            "care/v1/clinics",
            {"id": clinic.tenant, "name": "Riverside", "zone": ZONE, "locale": "en-GB"},
        )
        self.tell(
            "clinic_admin",
            "care/v1/therapists",
            {"id": clinic.therapist, "name": f"{CANARY} Anna"},
        )
        for patient in clinic.patients:
            self.patient(patient)
        clinic.hot = next(iter(clinic.assignments))
        self.consent(clinic.patients[0])

    def patient(self, patient: UUID) -> None:
        clinic = self.clinic
        self.tell(
            "clinic_admin",
            "care/v1/patients",
            {"id": patient, "name": f"{CANARY} Masha", "zone": ZONE, "locale": "en-GB"},
        )
        self.tell(
            "clinic_admin",
            "care/v1/care-relationships",
            {"patient_id": patient, "therapist_id": clinic.therapist, "occurred_at": ago(40)},
        )
        clinic.past[patient] = self.session(patient, -7)
        clinic.sessions[patient] = self.session(patient, 7)
        for _ in range(HOMEWORK):
            given = self.tell(
                "therapist",
                "assignment/v1/homework",
                {"id": uuid(self.chance), "patient_id": patient, "title": f"{CANARY} on Monday"},
            )
            clinic.assignments[given] = patient

    def consent(self, patient: UUID) -> None:
        """One has consented before the load begins, whatever it asks for."""
        told = {"patient_id": patient, **ANALYTICS}
        self.clinic.consents[patient] = self.tell(str(patient), "care/v1/consents", told)

    def session(self, patient: UUID, days: int) -> UUID:
        return self.tell(
            "therapist",
            "care/v1/sessions",
            {"patient_id": patient, "starts_at": in_days(days), "duration_min": 50},
        )

    def tell(self, who: str, where: str, body: Mapping[str, Any]) -> UUID:
        service, _, path = where.partition("/")
        headers = {
            "Authorization": f"Bearer {self.clinic.tokens[who]}",
            "Idempotency-Key": str(uuid(self.chance)),
            **({"Interlude-After": self.latest} if self.latest else {}),
        }
        give_up = time.monotonic() + _PATIENCE
        while True:
            answer = self.http.post(
                f"{self.world.url(service)}/{path}", json=plain(body), headers=headers
            )
            if answer.is_success:
                self.latest = answer.json()["consistency"]
                return UUID(answer.json()["id"])
            assert time.monotonic() < give_up, f"{where}: {answer.status_code} {answer.text}"
            time.sleep(0.1)


def plain(body: Any) -> Any:
    """Ids as JSON has them."""
    if isinstance(body, Mapping):
        return {name: plain(value) for name, value in body.items()}
    return str(body) if isinstance(body, UUID) else body


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def in_days(days: float, minute: int = 0) -> dict[str, str]:
    day = datetime.now(UTC) + timedelta(days=days)
    return {"local": day.strftime(f"%Y-%m-%dT14:{minute:02}:00"), "zone": ZONE}
