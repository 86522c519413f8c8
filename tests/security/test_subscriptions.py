"""Every subscription, asked for in every role about whosoever one likes, on both transports: who
may watch sees what happens, and who may not is told what would be told about nobody.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.run_info import RunInfo
from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, ROLES, Whose
from tests.security.clinics import Clinics
from tests.system.people import Person, global_id
from tests.system.watching import events, live_cursor, socket

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

Receive = Callable[[], Any]
"""The next that comes, whatever the transport wraps it in."""


@contextmanager
def over_a_socket(who: Person, patient: str, after: str | None) -> Iterator[Receive]:
    with socket(who) as watching:
        watching.watch(patient, after)
        yield lambda: watching.receive()["payload"]


@contextmanager
def as_events(who: Person, patient: str, after: str | None) -> Iterator[Receive]:
    with events(who, patient, after) as contents:
        yield lambda: next(contents)


NOT_MINE: tuple[Whose, ...] = tuple(whose for whose in EVERYBODYS if whose != "mine")
TRANSPORTS = {"socket": over_a_socket, "events": as_events}


@pytest.fixture(scope="module")
def people(run: RunInfo, clinics: Clinics) -> Mapping[Role, Person]:
    """The first clinic's, by role."""
    tokens = {str(role): token for role, token in clinics.tokens.items()}
    here = replace(run, tokens=tokens)
    return {role: Person(here, role) for role in ROLES}


@pytest.fixture(scope="module")
def patients(clinics: Clinics) -> Mapping[Whose, str]:
    return {
        whose: global_id("Patient", things["patient"]) for whose, things in clinics.things.items()
    }


def may_watch(role: Role, whose: Whose) -> bool:
    return access.of("GraphQL: subscriptions")["patientChanged"].opens(role, whose)


def test_who_may_sees_a_change_on_either_transport(
    people: Mapping[Role, Person], patients: Mapping[Whose, str]
) -> None:
    her = patients["mine"]
    watchers = [role for role in ROLES if may_watch(role, "mine")]
    assert len(watchers) == 3
    with ExitStack() as open_ones:
        waiting = [
            open_ones.enter_context(transport(people[role], her, live_cursor(people[role], her)))
            for role in watchers
            for transport in TRANSPORTS.values()
        ]
        said = f"Something about {uuid4()}"
        people["therapist"].sees(
            "mutation($input: SetGoalInput!) { setGoal(input: $input) { userErrors { code } } }",
            input={"patientId": her, "statement": said},
        )
        seen = [receive()["data"]["patientChanged"]["item"] for receive in waiting]
    assert seen == [{"type": "GoalSet", "excerpt": said}] * 6


@pytest.mark.parametrize("transport", TRANSPORTS.values(), ids=TRANSPORTS)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_is_told_what_is_told_about_nobody(
    role: Role,
    transport: Callable[[Person, str, str | None], Any],
    people: Mapping[Role, Person],
    patients: Mapping[Whose, str],
) -> None:
    told = {}
    for whose in EVERYBODYS:
        if not may_watch(role, whose):
            with transport(people[role], patients[whose], None) as receive:
                told[whose] = receive()
    assert set(told) >= set(NOT_MINE)
    for whose, answer in told.items():
        assert answer == told["nobody's"], whose
    (error,) = told["nobody's"]["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN"}
    assert not told["nobody's"].get("data")


@pytest.mark.parametrize("transport", TRANSPORTS.values(), ids=TRANSPORTS)
def test_a_place_in_somebodys_feed_tells_nothing_of_them(
    transport: Callable[[Person, str, str | None], Any],
    people: Mapping[Role, Person],
    patients: Mapping[Whose, str],
) -> None:
    """Who was shown a cursor cannot find out by it whether there is another patient."""
    told = []
    shown = live_cursor(people["therapist"], patients["mine"])
    for whose in NOT_MINE:
        with transport(people["therapist"], patients[whose], shown) as receive:
            told.append(receive())
    assert told == [told[0]] * 3
    assert told[0]["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


def test_every_row_is_tried() -> None:
    assert set(access.of("GraphQL: subscriptions")) == {"patientChanged"}
