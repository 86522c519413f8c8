"""How long an answer takes does not say either whether a thing is somebody else's or nobody's."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from uuid import UUID, uuid4

import httpx
import pytest

from tests.security.access import Whose
from tests.security.clinics import Clinics
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
    """Milliseconds."""

    foreign: float
    missing: float

    @property
    def apart(self) -> float:
        return abs(self.foreign - self.missing)


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
    foreign = clinics.things[whose][kind]
    rounds = _until_alike(asking(clinics), foreign)
    measured = list(rounds)
    assert measured[-1].apart < MOST, measured


def _until_alike(ask: Ask, foreign: UUID) -> Iterator[Measured]:
    for _ in range(ROUNDS):
        found = measure(ask, foreign)
        yield found
        if found.apart < MOST:
            return


def measure(ask: Ask, foreign: UUID) -> Measured:
    """Strictly one after the other, so that whatever else goes on meets both alike. Nobody asks
    twice for what is missing.
    """
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        for kept, it in zip(took, (foreign, uuid4()), strict=True):
            began = time.perf_counter()
            ask(it)
            kept.append((time.perf_counter() - began) * 1000)
    return Measured(foreign=median(took[0]), missing=median(took[1]))


def test_a_difference_would_be_found() -> None:
    """Of a service that looks a little longer at what is there."""
    there = uuid4()

    def ask(it: UUID) -> httpx.Response:
        time.sleep(0.0035 if it == there else 0.001)
        return httpx.Response(404)

    rounds = list(_until_alike(ask, there))
    assert len(rounds) == ROUNDS
    assert all(each.apart > MOST for each in rounds)
