"""Every operation of every service, asked in every role about whose thing one likes: the answer is
what `openapi/access.md` says.
"""

from collections.abc import Iterator

import httpx
import pytest

from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.asking import SERVICES, Asked, may, operations
from tests.security.clinics import Clinics

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

OF_ALL = [asked for service in SERVICES for asked in operations(service)]


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("code", "")) if answer.content else ""


def is_let_in(answer: httpx.Response) -> bool:
    """Whatever the rules of the domain then say about the example."""
    return answer.status_code not in {401, 403, 404} and code(answer) != "not-known-yet"


@pytest.mark.parametrize("asked", OF_ALL, ids=lambda asked: f"{asked.service}.{asked.name}")
def test_who_may_is_let_in_and_nobody_else(asked: Asked, clinics: Clinics) -> None:
    wrong = [
        f"{role} of {whose}: {answer.status_code} {code(answer)}"
        for role, whose, answer in everybody(asked, clinics)
        if is_let_in(answer) != may(asked, role, whose)
    ]
    assert wrong == []


def everybody(asked: Asked, clinics: Clinics) -> Iterator[tuple[Role, Whose, httpx.Response]]:
    for role in access.ROLES:
        for whose in EVERYBODYS:
            yield role, whose, asked.send(clinics, role, whose)
