"""Each scope against each operation: a program does what its scopes say, and is told where they
end.
"""

import time
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from deploy.contracts.openapi import on_paper
from deploy.local.issuer import Issuer
from deploy.local.people import SCOPES, Person
from libs.access.passes import CONFIRMS
from libs.access.principal import Principal
from libs.testing.cast import CLINIC
from libs.testing.web import Names, client
from tests.component.callers import ADMIN
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.asking import SERVICES, Asked, Manner, may, operations
from tests.security.clinics import Clinics
from tests.security.table import Tried
from tests.security.test_services import is_let_in

pytestmark = pytest.mark.security("who may do what")

ALL_SCOPES = sorted(set(access.scopes().values()))
OF_ALL = [asked for service in SERVICES for asked in operations(service)]
OF_INTEGRATORS = [
    asked
    for asked in OF_ALL
    if "integrator" in access.of(f"REST: {asked.service}")[asked.name].relations
]


def program(*scopes: str) -> Principal:
    return Principal(
        tenant_id=CLINIC,
        person_id=ADMIN,
        roles=frozenset({"integrator"}),
        scopes=frozenset(scopes),
    )


PROGRAMS = {scope: program(scope) for scope in ALL_SCOPES} | {
    "none": program(),
    "all": program(*ALL_SCOPES),
    "of old": program(*SERVICES),
    "wide": program("care/*.write", "care/patients.*", "*", "diary/*.*"),
}
"""Called by what their token carries."""


def test_integrators_can_be_given_what_the_table_opens_to_them_and_no_more() -> None:
    """What the gateway's own pass is for is nobody's to be given."""
    opened = {access.scopes()[asked.name] for asked in OF_INTEGRATORS}
    assert set(SCOPES) == opened - {CONFIRMS}
    assert CONFIRMS in opened


@pytest.mark.parametrize("asked", OF_ALL, ids=lambda asked: f"{asked.service}.{asked.name}")
async def test_a_scope_opens_its_resource_and_verb_and_no_other(asked: Asked, tried: Tried) -> None:
    tried(len(PROGRAMS))
    app = on_paper(asked.service, Names(PROGRAMS))
    wrong = {
        carried: refused
        for carried, each in PROGRAMS.items()
        if (refused := await refusal(app, asked, carried)) != expected(asked, each)
    }
    assert wrong == {}


async def refusal(app: FastAPI, asked: Asked, carried: str) -> str:
    """Whatever comes after it, of an app that knows of nothing, is no refusal."""
    async with client(app, carried) as http:
        answer = await http.request(
            asked.method,
            asked.path.replace("{id}", str(uuid4())),
            json=asked.example,
            headers={"Idempotency-Key": str(uuid4())},
        )
    if answer.status_code != httpx.codes.FORBIDDEN:
        return ""
    if answer.json()["code"] == "scope-not-granted":
        assert f'scope="{access.scopes()[asked.name]}"' in answer.headers["www-authenticate"]
    return str(answer.json()["code"])


def expected(asked: Asked, each: Principal) -> str:
    if asked not in OF_INTEGRATORS:
        return "role-not-allowed"
    return "" if access.scopes()[asked.name] in each.scopes else "scope-not-granted"


@pytest.mark.system
@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(400)
@pytest.mark.parametrize("whose", EVERYBODYS)
def test_with_one_scope_a_program_is_let_in_by_it_alone_and_in_its_own_clinic(
    clinics: Clinics, issuer: Issuer, whose: Whose, tried: Tried
) -> None:
    tried(len(OF_INTEGRATORS) * len(SCOPES))
    wrong = [
        f"{asked.name} with {scope}: {answer.status_code}"
        for scope in SCOPES
        for asked in OF_INTEGRATORS
        if is_let_in(answer := _sent(asked, clinics, issuer, whose, scope))
        != (scope == access.scopes()[asked.name] and may(asked, "integrator", whose))
    ]
    assert wrong == []


def _sent(
    asked: Asked, clinics: Clinics, issuer: Issuer, whose: Whose, scope: str
) -> httpx.Response:
    person = Person(id=ADMIN, role="integrator", scope=scope)
    token = issuer.token_for(person, clinics.things["mine"]["clinic"], now=time.time())
    manner = Manner(headers={"Authorization": f"Bearer {token}"})
    return asked.send(clinics, "integrator", whose, manner)
