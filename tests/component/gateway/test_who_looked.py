"""A query leaves one record, of all whose rows it showed and why; a command leaves none here."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest

from libs.access.principal import Principal
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA
from services.care.examples import SUPERVISOR
from services.gateway.graphql.ids import to_global
from services.gateway.graphql.nodes import NODES
from services.gateway.queries.owners import OWNERS
from tests.component.gateway.asking import Answers, Asking, Socket
from tests.component.gateway.telling import ASSIGNMENT, EXPIRES, PEOPLE
from tests.component.gateway.test_commands import RATE, done, rating

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.security("audit"),
    pytest.mark.usefixtures("told"),
]

HERS = to_global("Patient", MASHA)
HOMEWORK = to_global("Assignment", ASSIGNMENT)
DIARY = "query($id: ID) { diary(patientId: $id, first: 5) { nodes { id } } }"
WATCH = "subscription($id: ID!) { patientChanged(patientId: $id) { cursor } }"

PEOPLE["ruth in both roles"] = Principal(
    tenant_id=CLINIC,
    person_id=SUPERVISOR,
    roles=frozenset({"therapist", "supervisor"}),
    expires_at=EXPIRES,
)

QUERIES = {
    "caseload": "{ caseload(first: 5) { nodes { since } } }",
    "patient": f'{{ patient(id: "{HERS}") {{ name }} }}',
    "assignment": f'{{ assignment(id: "{HOMEWORK}") {{ title }} }}',
    "node": f'{{ node(id: "{HOMEWORK}") {{ id }} }}',
    "assignments": f'{{ assignments(first: 5, patientId: "{HERS}") {{ nodes {{ id }} }} }}',
    "today": f'{{ today(patientId: "{HERS}") {{ localDate }} }}',
    "progress": f'{{ progress(patientId: "{HERS}") {{ completions }} }}',
    "timeline": f'{{ timeline(first: 5, patientId: "{HERS}") {{ nodes {{ type }} }} }}',
    "notebook": f'{{ notebook(first: 5, patientId: "{HERS}") {{ nodes {{ id }} }} }}',
    "goals": f'{{ goals(first: 5, patientId: "{HERS}") {{ nodes {{ id }} }} }}',
    "diary": f'{{ diary(first: 5, patientId: "{HERS}") {{ nodes {{ id }} }} }}',
}


@pytest.mark.parametrize("name", QUERIES)
async def test_each_query_says_whose_rows_it_has_shown(
    name: str, ask: Asking, audit: MemoryAudit
) -> None:
    assert "errors" not in await ask("anna", QUERIES[name])
    (record,) = audit.records
    assert (record.verb, record.action, record.outcome) == ("read", name, "done")
    assert (record.person_id, record.role) == (ANNA, "therapist")
    assert (record.patients, record.reasons) == ((MASHA,), ("treatment",))


async def test_several_questions_in_one_document_are_one_operation(
    ask: Asking, audit: MemoryAudit
) -> None:
    query = (
        "fragment Own on Query { goals(first: 5) { nodes { id } } } { ...Own mine: me { name } }"
    )
    await ask("masha", query)
    (record,) = audit.records
    assert record.action == "goals+me"
    assert (record.role, record.patients, record.reasons) == ("patient", (MASHA,), ("self",))


@pytest.mark.parametrize(
    ("who", "role", "reason"),
    [
        ("anna", "therapist", "treatment"),
        ("masha", "patient", "self"),
        ("ruth", "supervisor", "supervision"),
        ("ruth in both roles", "supervisor", "supervision"),
    ],
)
async def test_why_is_the_relation_in_which_they_stand(
    who: str, role: str, reason: str, ask: Asking, audit: MemoryAudit
) -> None:
    await ask(who, DIARY, id=HERS)
    (record,) = audit.records
    assert (record.role, record.patients, record.reasons) == (role, (MASHA,), (reason,))


async def test_who_may_not_is_found_under_the_patient_and_was_let_for_no_reason(
    ask: Asking, audit: MemoryAudit
) -> None:
    await ask("boris", DIARY, id=HERS)
    await ask("boris", QUERIES["assignment"])
    by_patient, by_thing = audit.records
    assert (by_patient.person_id, by_patient.outcome) == (BORIS, "not-found")
    assert (by_patient.patients, by_patient.reasons) == ((MASHA,), ())
    assert (by_thing.thing_id, by_thing.outcome) == (ASSIGNMENT, "not-found")
    assert (by_thing.patients, by_thing.reasons) == ((MASHA,), ())


async def test_what_is_not_there_is_nobodys(ask: Asking, audit: MemoryAudit) -> None:
    nothing = to_global("Assignment", UUID(int=9))
    await ask("boris", "query($id: ID!) { assignment(id: $id) { id } }", id=nothing)
    (record,) = audit.records
    assert (record.thing_id, record.outcome, record.patients) == (UUID(int=9), "not-found", ())


@pytest.mark.parametrize(
    ("who", "query", "role"),
    [
        ("admin", "{ me { roles } }", "clinic_admin"),
        ("boris", "{ caseload(first: 5) { nodes { since } } }", "therapist"),
    ],
)
async def test_what_is_about_no_patient_has_a_reason_too(
    who: str, query: str, role: str, ask: Asking, audit: MemoryAudit
) -> None:
    assert "errors" not in await ask(who, query)
    (record,) = audit.records
    assert (record.role, record.outcome) == (role, "done")
    assert (record.patients, record.reasons) == ((), ("clinic",))


async def test_whoever_treats_somebody_does_not_see_who_else_looked(
    ask: Asking, audit: MemoryAudit
) -> None:
    asked = "query($id: ID) { whoLooked(patientId: $id, first: 5) { nodes { at } } }"
    assert (await ask("anna", asked, id=HERS))["data"]["whoLooked"]["nodes"] == []
    (record,) = audit.records
    assert (record.outcome, record.patients, record.reasons) == ("not-found", (MASHA,), ())


def test_of_every_kind_of_thing_it_is_known_whose_it_is() -> None:
    assert set(OWNERS) == set(NODES) - {"Patient", "Therapist", "Clinic", "Template"}


async def test_an_empty_page_of_ones_own_is_a_look_all_the_same(
    ask: Asking, audit: MemoryAudit
) -> None:
    await ask("lev", "{ diary(first: 5) { nodes { id } } }")
    (record,) = audit.records
    assert (record.outcome, record.patients, record.reasons) == ("done", (LEV,), ("self",))


async def test_what_was_asked_wrongly_is_told_by_its_code(ask: Asking, audit: MemoryAudit) -> None:
    await ask("anna", "{ caseload { nodes { since } } }")
    assert [each.outcome for each in audit.records] == ["page-size"]


@pytest.mark.parametrize("who", ["anna", None])
async def test_the_schema_is_nobodys(who: str | None, ask: Asking, audit: MemoryAudit) -> None:
    await ask(who, "{ __typename __schema { queryType { name } } }")
    assert audit.records == []


async def test_who_is_not_known_leaves_none(ask: Asking, audit: MemoryAudit) -> None:
    await ask(None, QUERIES["patient"])
    await ask("nobody", QUERIES["patient"])
    assert audit.records == []


async def test_a_command_is_written_down_by_its_service(
    ask: Asking, audit: MemoryAudit, service: Answers
) -> None:
    done(service)
    answer = await ask("masha", RATE, input=rating())
    assert answer["data"]["rateReadiness"]["assignment"]
    assert audit.records == []


async def test_without_a_record_nothing_is_shown(ask: Asking, audit: MemoryAudit) -> None:
    audit.down = True
    answer = await ask.post("anna", b'{"query": "{ caseload(first: 5) { nodes { since } } }"}')
    told = answer.json()
    assert (answer.status_code, told["data"]) == (503, None)
    assert [each["extensions"]["code"] for each in told["errors"]] == ["AUDIT_UNAVAILABLE"]


async def test_nor_by_a_websocket(socket: Callable[[], Socket], audit: MemoryAudit) -> None:
    async with socket() as client:
        await client.hello("anna")
        client.subscribe(QUERIES["patient"])
        assert (await client.receive())["payload"]["data"]["patient"]
        assert (await client.receive())["type"] == "complete"
        assert [each.patients for each in audit.records] == [(MASHA,)]
        audit.down = True
        client.subscribe(QUERIES["patient"])
        told = (await client.receive())["payload"]
    assert told["data"] is None
    assert told["errors"][0]["extensions"]["code"] == "AUDIT_UNAVAILABLE"


async def test_who_begins_to_watch_is_written_down_once(
    socket: Callable[[], Socket], audit: MemoryAudit
) -> None:
    async with socket() as client:
        await client.hello("anna")
        client.subscribe(WATCH, id=HERS)
        await written(audit)
    (record,) = audit.records
    assert (record.verb, record.action, record.outcome) == ("watch", "patientChanged", "done")
    assert (record.role, record.patients, record.reasons) == ("therapist", (MASHA,), ("treatment",))


async def test_who_may_not_watch_is_too(socket: Callable[[], Socket], audit: MemoryAudit) -> None:
    async with socket() as client:
        await client.hello("boris")
        client.subscribe(WATCH, id=HERS)
        await client.receive()
    (record,) = audit.records
    assert (record.outcome, record.patients, record.reasons) == ("forbidden", (MASHA,), ())


async def test_who_cannot_be_written_down_does_not_watch(
    socket: Callable[[], Socket], audit: MemoryAudit
) -> None:
    audit.down = True
    async with socket() as client:
        await client.hello("anna")
        client.subscribe(WATCH, id=HERS)
        told = await client.receive()
    assert told["payload"]["errors"][0]["extensions"]["code"] == "AUDIT_UNAVAILABLE"


async def written(audit: MemoryAudit) -> None:
    for _ in range(500):
        if audit.records:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was written down")
