"""Every mutation, sent in every role about whose thing one likes: what `openapi/access.md` says of
the command of the same name holds for it as well.
"""

from collections.abc import Mapping

import pytest

from libs.access.passes import RESERVED
from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, ROLES, Whose
from tests.security.asking import SERVICES, Asked, may, operations, refusal
from tests.security.clinics import Clinics
from tests.security.mutating import Refusals, mutations, sent
from tests.security.table import Tried

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

COMMANDS = [each for service in SERVICES for each in operations(service) if each.aggregate]
TURNED_AWAY = {"role-not-allowed", "scope-not-granted", "forbidden", "not-found", "not-known-yet"}

Told = Mapping[Whose, Mapping[str, Refusals]]


@pytest.fixture(scope="module", params=ROLES)
def role(request: pytest.FixtureRequest) -> Role:
    found: Role = request.param
    return found


@pytest.fixture(scope="module")
def told(role: Role, clinics: Clinics) -> Told:
    """What somebody of this role was answered, by whose things it was about, and by mutation."""
    return {whose: sent(clinics, role, whose, COMMANDS) for whose in EVERYBODYS}


def sends(asked: Asked, role: Role, whose: Whose) -> bool:
    """No token has the scope of what only a pass of ours may, and no pass asks in GraphQL."""
    return not is_reserved(asked) and may(asked, role, whose)


def is_reserved(asked: Asked) -> bool:
    return access.scopes().get(asked.name) in RESERVED


def test_who_may_is_let_in_and_nobody_else(role: Role, told: Told, tried: Tried) -> None:
    """Whatever the rules of the domain then say about the example."""
    tried(len(COMMANDS) * len(EVERYBODYS))
    wrong = [
        f"{asked.name} of {whose}: {told[whose][asked.name].errors}"
        for asked in COMMANDS
        for whose in EVERYBODYS
        if told[whose][asked.name].codes.isdisjoint(TURNED_AWAY) != sends(asked, role, whose)
    ]
    assert wrong == []


def test_who_may_not_is_told_what_the_service_would_tell(role: Role, told: Told) -> None:
    """And that alone, whether it is somebody's or nobody's."""
    for asked in COMMANDS:
        away = [
            told[whose][asked.name].errors for whose in EVERYBODYS if not sends(asked, role, whose)
        ]
        assert all(each == away[0] for each in away), asked.name
        if away:
            assert [error["code"] for error in away[0]] == [told_to(asked, role)], asked.name


def told_to(asked: Asked, role: Role) -> str:
    unscoped = role == "integrator" and is_reserved(asked)
    return "scope-not-granted" if unscoped else refusal(asked, role)


def test_every_mutation_is_tried() -> None:
    assert {each.name for each in COMMANDS} == set(mutations())
