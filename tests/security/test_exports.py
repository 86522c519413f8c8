"""Everything that the gateway gives by REST, asked for in every role about whom one likes."""

import httpx
import pytest

from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.clinics import Clinics
from tests.security.table import Tried

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

PATHS = {
    "exportRecord": "/v1/export",
    "exportCase": "/v1/patients/{patient}/export",
    "patientConsents": "/v1/patients/{patient}/consents",
}
SHOWN = {"exportRecord": "record", "exportCase": "case", "patientConsents": "a list"}


def asked(clinics: Clinics, name: str, role: Role, whose: Whose) -> httpx.Response:
    path = PATHS[name].format(patient=clinics.things[whose]["patient"])
    return clinics.http.get(
        f"{clinics.run.gateway}{path}",
        headers={
            "Authorization": f"Bearer {clinics.tokens[role]}",
            "Interlude-After": clinics.latest,
        },
    )


def outcome(answer: httpx.Response) -> tuple[int, str]:
    told = answer.json()
    return answer.status_code, told.get("code") or told.get("kind") or "a list"


def expected(name: str, role: Role, whose: Whose) -> tuple[int, str]:
    row = access.of("REST: gateway")[name]
    if role not in row.relations:
        return 403, "role-not-allowed"
    if row.opens(role, whose):
        return 200, SHOWN[name]
    return 404, "not-found"


@pytest.mark.parametrize("name", ["exportCase", "patientConsents"])
def test_what_names_a_patient_goes_to_whom_it_concerns_and_to_nobody_else(
    name: str, clinics: Clinics, tried: Tried
) -> None:
    tried(len(access.ROLES) * len(EVERYBODYS))
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if outcome(asked(clinics, name, role, whose)) != expected(name, role, whose)
    ]
    assert wrong == []


def test_a_record_goes_to_the_patient_whose_it_is(clinics: Clinics, tried: Tried) -> None:
    """It names nobody: whoever asks means themselves."""
    tried(len(access.ROLES))
    for role in access.ROLES:
        answer = asked(clinics, "exportRecord", role, "mine")
        assert outcome(answer) == expected("exportRecord", role, "mine"), role
        if answer.is_success:
            person = answer.json()["person"]["id"]
            assert person == str(clinics.things["mine"]["patient"])


def test_every_row_is_tried() -> None:
    assert set(PATHS) == set(access.of("REST: gateway"))
