"""How long an answer takes does not say either whether a thing is somebody else's or nobody's."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.issuer import Issuer
from deploy.local.run_info import RunInfo
from tests.security.access import Whose
from tests.security.clinics import Clinic, Clinics
from tests.security.test_gateway import NODE, QUERIES
from tests.system.people import global_id

pytestmark = [
    pytest.mark.security("foreign like missing"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(600),
]

TIMES = 500
MOST = 1.0
"""Milliseconds between the medians."""

ROUNDS = 3
"""Something else may run on the machine for a while; what is ours is there each time."""

FOREIGN: tuple[Whose, ...] = ("a colleague's", "another clinic's")

Ask = Callable[[UUID], httpx.Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Milliseconds: the medians, and how far apart the quickest tenths are. On a busy machine most
    requests wait for the processor, and wait longer the longer they work; the quickest do not. A
    service that looks longer at what is there is slower in both.
    """

    foreign: float
    missing: float
    apart_at_best: float

    @property
    def alike(self) -> bool:
        return min(abs(self.foreign - self.missing), self.apart_at_best) < MOST


def read(clinics: Clinics) -> Ask:
    url = f"{clinics.run.services['assignment']}/v1/assignments"
    return lambda it: clinics.http.get(f"{url}/{it}", headers=therapist(clinics))


def command(clinics: Clinics) -> Ask:
    url = f"{clinics.run.services['assignment']}/v1/assignments"
    return lambda it: clinics.http.post(
        f"{url}/{it}/components",
        json={"label": "Talk to Larry"},
        headers={**therapist(clinics), "Idempotency-Key": str(uuid4())},
    )


def creation(clinics: Clinics) -> Ask:
    url = f"{clinics.run.services['assignment']}/v1/goals"
    return lambda it: clinics.http.post(
        url,
        json={"patient_id": str(it), "statement": "I talk to people."},
        headers={**therapist(clinics), "Idempotency-Key": str(uuid4())},
    )


def patient(clinics: Clinics) -> Ask:
    return lambda it: asked(clinics, QUERIES["patient"], patient=global_id("Patient", it))


def node(clinics: Clinics) -> Ask:
    return lambda it: asked(clinics, NODE, id=global_id("Assignment", it))


def asked(clinics: Clinics, query: str, **variables: str) -> httpx.Response:
    return clinics.http.post(
        f"{clinics.run.gateway}/graphql",
        json={"query": query, "variables": variables},
        headers=therapist(clinics),
    )


def therapist(clinics: Clinics) -> dict[str, str]:
    return {"Authorization": f"Bearer {clinics.tokens['therapist']}"}


MANY = 100
RATED = {
    name: {"value": 5, "scale": {"min": 0, "max": 10}}
    for name in ("readiness", "confidence", "importance")
}

OPERATIONS = {
    "a read": (read, "assignment"),
    "a command": (command, "assignment"),
    "a creation": (creation, "patient"),
    "a patient": (patient, "patient"),
    "a node": (node, "assignment"),
}
"""With the kind of thing that each names."""


@pytest.mark.parametrize("whose", FOREIGN)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_foreign_and_missing_take_equally_long(
    operation: str, whose: Whose, clinics: Clinics
) -> None:
    asking, kind = OPERATIONS[operation]
    ask, foreign = asking(clinics), clinics.things[whose][kind]
    assert ask(foreign).status_code == ask(uuid4()).status_code
    measured = list(until_alike(ask, foreign))
    assert measured[-1].alike, measured


def test_nor_does_a_long_record_take_longer(run: RunInfo, issuer: Issuer, clinics: Clinics) -> None:
    clinic = Clinic(run, issuer)
    homework = clinic.patient("patient", "therapist", "supervisor")["assignment"]
    for _ in range(MANY):
        clinic.tell("patient", f"assignment/v1/assignments/{homework}/readiness-ratings", **RATED)
    url = f"{run.services['assignment']}/v1/assignments"
    colleague = {"Authorization": f"Bearer {clinic.token('another therapist')}"}
    measured = list(
        until_alike(lambda it: clinics.http.get(f"{url}/{it}", headers=colleague), homework)
    )
    assert measured[-1].alike, measured


def until_alike(ask: Ask, foreign: UUID, times: int = TIMES) -> Iterator[Measured]:
    for _ in range(ROUNDS):
        found = measure(ask, foreign, times)
        yield found
        if found.alike:
            return


def measure(ask: Ask, foreign: UUID, times: int) -> Measured:
    """Strictly one after the other, so that whatever else goes on meets both alike. Nobody asks
    twice for what is missing.
    """
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for kept, it in zip(took, (foreign, uuid4()), strict=True):
            began = time.perf_counter()
            ask(it)
            kept.append((time.perf_counter() - began) * 1000)
    foreign_took, missing_took = took
    return Measured(
        foreign=median(foreign_took),
        missing=median(missing_took),
        apart_at_best=abs(quickest(foreign_took) - quickest(missing_took)),
    )


def quickest(took: list[float]) -> float:
    """What nine of ten take longer than."""
    return quantiles(took, n=10)[0]


def test_a_difference_would_be_found() -> None:
    """Of a service that looks a little longer at what is there."""
    there = uuid4()

    def ask(it: UUID) -> httpx.Response:
        time.sleep(0.0035 if it == there else 0.001)
        return httpx.Response(404)

    rounds = list(until_alike(ask, there, times=50))
    assert len(rounds) == ROUNDS
    assert not any(each.alike for each in rounds)
