"""Who has left the clinic sees nothing more in GraphQL, although their token lives; a patient whose
treatment is over sees all that is theirs.
"""

from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.access.departed import TRUSTED_FOR
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW
from libs.testing.streams import stream
from services.care.examples import RELATIONSHIP, SUPERVISOR
from services.gateway import live
from services.gateway.graphql import subscriptions
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from services.gateway.graphql.subscriptions import NotAllowed
from tests.component.gateway.asking import Answers, Socket, somebody_waits
from tests.component.gateway.screens import HER, SCREENS
from tests.component.gateway.telling import PEOPLE, Projecting
from tests.component.gateway.test_commands import WITHOUT_NODE, rating
from tests.component.gateway.test_live import WATCH, something_new
from tests.component.gateway.test_live_rights import Watching

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

BACK = ("interlude.care.StaffReturned.v1", {"returned_at": NOW.isoformat()})


@contextmanager
def gone(project: Projecting, person: UUID) -> Iterator[None]:
    """While inside they have left."""
    left = ("interlude.care.StaffLeft.v1", {"person_id": str(person), "left_at": NOW.isoformat()})
    told = stream("departure", person, left, BACK, subject=None)
    project(told[:1])
    try:
        yield
    finally:
        project(told[1:])


@pytest.mark.parametrize(("who", "person"), [("anna", ANNA), ("ruth", SUPERVISOR)])
async def test_who_has_left_finds_nobody_and_nothing(
    ask: Any, project: Projecting, who: str, person: UUID
) -> None:
    before = {name: await ask(who, query) for name, query in SCREENS.items()}
    with gone(project, person):
        for query in SCREENS.values():
            answer = await ask(who, query)
            assert set(map(str, answer["data"].values())) <= {"None", "{'nodes': []}"}
    assert {name: await ask(who, query) for name, query in SCREENS.items()} == before


@pytest.mark.parametrize(("who", "person"), [("anna", ANNA), ("ruth", SUPERVISOR)])
async def test_nobody_is_told_that_who_has_left_has_looked(
    ask: Any, project: Projecting, audit: MemoryAudit, who: str, person: UUID
) -> None:
    with gone(project, person):
        await ask(
            who, "query($id: ID) { diary(patientId: $id, first: 5) { nodes { id } } }", id=HER
        )
    (record,) = audit.records
    assert (record.outcome, record.patients, record.reasons) == ("staff-left", (MASHA,), ())


async def test_who_has_left_is_told_that_they_have_no_role_here(
    ask: Any, project: Projecting
) -> None:
    with gone(project, ANNA):
        me = (await ask("anna", "{ me { roles may } }"))["data"]["me"]
    assert me == {"roles": [], "may": []}
    assert (await ask("anna", "{ me { roles } }"))["data"]["me"]["roles"] == ["THERAPIST"]


@pytest.mark.parametrize("who", ["admin", "anna"])
async def test_the_clinic_itself_is_not_there_for_who_has_left(
    ask: Any, project: Projecting, who: str
) -> None:
    node = f"""{{ node(id: "{to_global("Clinic", CLINIC)}") {{ id }} }}"""
    assert (await ask(who, node))["data"]["node"] is not None
    with gone(project, PEOPLE[who].person_id):
        assert (await ask(who, node))["data"]["node"] is None


async def test_to_who_is_left_elsewhere_nothing_happens(ask: Any, project: Projecting) -> None:
    with gone(project, SUPERVISOR):
        assert (await ask("anna", SCREENS["patient"]))["data"]["patient"] is not None


async def test_a_patient_who_worked_here_keeps_what_is_theirs(
    ask: Any, project: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = replace(PEOPLE["masha"], roles=frozenset({"patient", "therapist"}))
    monkeypatch.setitem(PEOPLE, "masha", both)
    with gone(project, MASHA):
        assert (await ask("masha", SCREENS["patient"]))["data"]["patient"] is not None
        assert (await ask("masha", "{ me { roles } }"))["data"]["me"]["roles"] == ["PATIENT"]


async def test_a_command_goes_on_and_is_refused_by_whoever_owns_the_facts(
    ask: Any, service: Answers, project: Projecting
) -> None:
    """Only there it is known what is a record of theirs to finish."""
    service.status, service.content = 403, {"code": "staff-left", "detail": "…", "errors": []}
    with gone(project, ANNA):
        answer = await ask("anna", WITHOUT_NODE, input=rating())
    assert [each["code"] for each in answer["data"]["rateReadiness"]["userErrors"]] == [
        "staff-left"
    ]
    assert len(service.seen) == 1


async def test_whoever_leaves_is_sent_nothing_more(
    parts: Parts, project: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "BELIEVED", 0.0)
    anna = Watching(parts, "anna")
    async with aclosing(anna.changes()) as changes:
        await anext(changes)
        with gone(project, ANNA), pytest.raises(NotAllowed):
            await anext(changes)
    assert set(anna.closed) == {4403}


async def test_a_socket_that_is_open_is_closed_when_its_owner_leaves(
    socket: Callable[[], Socket],
    project: Projecting,
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is said of the patient meanwhile: it looks by itself."""
    monkeypatch.setattr(subscriptions, "LOOK_ANYWAY", 0.05)
    async with socket() as ruth:
        await ruth.hello("ruth")
        ruth.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        with gone(project, SUPERVISOR):
            assert await ruth.receive() == 4403


def test_it_looks_by_itself_well_within_a_minute() -> None:
    assert live.LOOK_ANYWAY + subscriptions.BELIEVED + TRUSTED_FOR < 30


# --- Discharge. ---


@pytest.fixture
def discharged(project: Projecting) -> Iterator[None]:
    """While inside, nobody treats Masha."""
    at = {"ended_at": NOW.isoformat(), "reason": "therapy_completed"}
    pair = {"patient_id": str(MASHA), "therapist_id": str(ANNA), "began_at": NOW.isoformat()}
    again = ("interlude.care.CareRelationshipBegan.v1", pair)
    ended = ("interlude.care.CareRelationshipEnded.v1", at)
    project(stream("relationship", RELATIONSHIP, ("", {}), ended)[1:])
    yield
    project(stream("relationship", UUID(int=0xD15C), again))


async def test_a_discharged_patient_reads_everything_of_their_own_and_watches_it(
    ask: Any,
    socket: Callable[[], Socket],
    project: Projecting,
    parts: Parts,
    request: pytest.FixtureRequest,
) -> None:
    wanted = {name: query for name, query in SCREENS.items() if name != "caseload"}
    before = {name: await ask("masha", query) for name, query in wanted.items()}
    before["patient"]["data"]["patient"]["therapists"] = []
    told = before.pop("timeline")["data"]["timeline"]["nodes"]
    request.getfixturevalue("discharged")
    after = {name: await ask("masha", query) for name, query in wanted.items()}
    assert len(after.pop("timeline")["data"]["timeline"]["nodes"]) == len(told) + 1
    assert after == before
    assert (await ask("anna", SCREENS["patient"]))["data"]["patient"] is None
    async with socket() as masha:
        await masha.hello("masha")
        masha.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        something_new(project, parts)
        change = (await masha.receive())["payload"]["data"]["patientChanged"]
    assert change["item"] == {"type": "SessionScheduled"}


@pytest.mark.usefixtures("discharged")
async def test_a_discharged_patient_may_send_what_they_could_send_before(ask: Any) -> None:
    may = (await ask("masha", "{ me { roles may } }"))["data"]["me"]
    assert may["roles"] == ["PATIENT"]
    assert "rateReadiness" in may["may"]
