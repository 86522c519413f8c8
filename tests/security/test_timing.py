"""How long an answer takes does not say either whether a thing is somebody else's or nobody's."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.issuer import Issuer
from deploy.local.run_info import RunInfo
from libs.eventstore.telling import Role
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
"""Something else may run on the machine for a while; what is ours is there each time. Each round is
judged by its medians.
"""

FOREIGN: tuple[Whose, ...] = ("a colleague's", "another clinic's")

Ask = Callable[[UUID], httpx.Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The medians, in milliseconds."""

    foreign: float
    missing: float

    @property
    def alike(self) -> bool:
        return abs(self.foreign - self.missing) < MOST


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


def consents(clinics: Clinics) -> Ask:
    url = f"{clinics.run.gateway}/v1/patients"
    return lambda it: clinics.http.get(f"{url}/{it}/consents", headers=therapist(clinics))


def case(clinics: Clinics) -> Ask:
    url = f"{clinics.run.gateway}/v1/patients"
    return lambda it: clinics.http.get(f"{url}/{it}/export", headers=therapist(clinics))


def looks(clinics: Clinics) -> Ask:
    url = f"{clinics.run.services['care']}/v1/patients"
    return lambda it: clinics.http.get(f"{url}/{it}/looks", headers=by(clinics, "patient"))


def erasure(clinics: Clinics) -> Ask:
    return lambda it: asked(
        clinics, QUERIES["erasure"], "patient", patient=global_id("Patient", it)
    )


def asked(
    clinics: Clinics, query: str, role: Role = "therapist", **variables: str
) -> httpx.Response:
    return clinics.http.post(
        f"{clinics.run.gateway}/graphql",
        json={"query": query, "variables": variables},
        headers=by(clinics, role),
    )


def therapist(clinics: Clinics) -> dict[str, str]:
    return by(clinics, "therapist")


def by(clinics: Clinics, role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {clinics.tokens[role]}"}


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
    "consents": (consents, "patient"),
    "an export of a case": (case, "patient"),
    "who looked": (looks, "patient"),
    "an erasure": (erasure, "patient"),
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
    """Strictly one after the other, each first as often as the other, so that whatever else goes on
    meets both alike. Nobody asks twice for what is missing.
    """
    took: dict[bool, list[float]] = {True: [], False: []}
    for nth in range(times):
        pair = (foreign, uuid4())
        for it in pair if nth % 2 else reversed(pair):
            began = time.perf_counter()
            ask(it)
            took[it == foreign].append((time.perf_counter() - began) * 1000)
    return Measured(foreign=median(took[True]), missing=median(took[False]))


class Service:
    """It answers after so many milliseconds: of what is there by turns, else always the same."""

    def __init__(self, *there: float, missing: float) -> None:
        self.id = uuid4()
        self._there = cycle(there)
        self._missing = missing

    def ask(self, it: UUID) -> httpx.Response:
        time.sleep((next(self._there) if it == self.id else self._missing) / 1000)
        return httpx.Response(404)


@pytest.mark.parametrize("there", [(3.5,), (1, 5, 5, 5, 5)], ids=["always", "four times of five"])
def test_a_difference_would_be_found(there: tuple[float, ...]) -> None:
    """Of a service that looks a little longer at what is there, also where it does not always."""
    service = Service(*there, missing=1)
    rounds = list(until_alike(service.ask, service.id, times=50))
    assert len(rounds) == ROUNDS
    assert not any(each.alike for each in rounds)
