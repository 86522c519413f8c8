"""Every operation of every service, asked in every role about whose thing one likes: the answer is
what `openapi/access.md` says, and what one may not see is as if it were not there.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.local.run_info import RunInfo
from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.asking import SERVICES, Asked, may, operations, refusal
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


def without_what_differs_each_time(answer: httpx.Response) -> Any:
    return {**answer.json(), "trace_id": ""}


@pytest.mark.parametrize("asked", OF_ALL, ids=lambda asked: f"{asked.service}.{asked.name}")
def test_who_may_is_let_in_and_nobody_else(asked: Asked, run: RunInfo, clinics: Clinics) -> None:
    wrong = [
        f"{role} of {whose}: {answer.status_code} {code(answer)}"
        for role, whose, answer in _everybody(asked, run, clinics)
        if is_let_in(answer) != may(asked, role, whose)
    ]
    assert wrong == []


@pytest.mark.parametrize("asked", OF_ALL, ids=lambda asked: f"{asked.service}.{asked.name}")
def test_who_may_not_learns_nothing(asked: Asked, run: RunInfo, clinics: Clinics) -> None:
    """Without a cell, that the role has none; else the very answer that there is about nobody."""
    for role in access.ROLES:
        told = [
            without_what_differs_each_time(answer)
            for whose, answer in _of(asked, run, clinics, role)
            if not may(asked, role, whose)
        ]
        assert all(each == told[0] for each in told), role
        if told:
            assert told[0]["code"] == refusal(asked, role)


def _everybody(
    asked: Asked, run: RunInfo, clinics: Clinics
) -> Iterator[tuple[Role, Whose, httpx.Response]]:
    for role in access.ROLES:
        for whose, answer in _of(asked, run, clinics, role):
            yield role, whose, answer


def _of(
    asked: Asked, run: RunInfo, clinics: Clinics, role: Role
) -> Iterator[tuple[Whose, httpx.Response]]:
    for whose in EVERYBODYS:
        answer = asked.send(
            run.services[asked.service], clinics.tokens[role], clinics.things[whose]
        )
        yield whose, answer
