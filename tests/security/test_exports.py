"""Every export, asked for in every role about whose record one likes."""

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

PATHS = {"exportRecord": "/v1/export", "exportCase": "/v1/patients/{patient}/export"}


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
    return answer.status_code, told.get("code") or told["kind"]


def expected(name: str, role: Role, whose: Whose) -> tuple[int, str]:
    row = access.of("REST: gateway")[name]
    if role not in row.relations:
        return 403, "role-not-allowed"
    if row.opens(role, whose):
        return 200, "record" if name == "exportRecord" else "case"
    return 404, "not-found"


def test_a_case_goes_to_who_treats_the_patient_and_to_nobody_else(
    clinics: Clinics, tried: Tried
) -> None:
    tried(len(access.ROLES) * len(EVERYBODYS))
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if outcome(asked(clinics, "exportCase", role, whose)) != expected("exportCase", role, whose)
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
