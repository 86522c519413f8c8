"""A patient asks the gateway who looked: all services answer, as one list in the order of time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.audit.looks import Look, Place
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, BORIS, MASHA
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from tests.component.gateway.asking import Asking
from tests.component.gateway.telling import PEOPLE

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.security("audit"),
    pytest.mark.usefixtures("told"),
]

QUERY = """query($first: Int, $after: String, $id: ID) {
    whoLooked(first: $first, after: $after, patientId: $id) {
        edges { cursor node {
            personId therapist { name } role reason kind service action onBehalf at } }
        pageInfo { hasNextPage endCursor }
    }
}"""
NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)


def look(minute: int, who: UUID, action: str) -> Look:
    return Look(
        place=Place(NINE + timedelta(minutes=minute), UUID(int=minute)),
        person_id=who,
        role="therapist",
        reason="treatment",
        verb="read",
        action=action,
        on_behalf=False,
    )


class Service:
    """Answers as `libs.web.looks` does, from what it knows, and remembers what it was asked."""

    def __init__(self, *looks: Look) -> None:
        self.looks = looks
        self.seen: list[httpx.Request] = []
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.status != httpx.codes.OK:
            return httpx.Response(self.status, json={"code": "store-unavailable"})
        first, after = int(request.url.params["first"]), request.url.params.get("after")
        older = [each for each in self.looks if not after or each.place < Place.of(after)]
        told = [
            {
                "cursor": each.place.cursor,
                "at": each.place.at.isoformat(),
                "person_id": str(each.person_id),
                "role": each.role,
                "reason": each.reason,
                "verb": each.verb,
                "action": each.action,
                "on_behalf": each.on_behalf,
            }
            for each in older[:first]
        ]
        return httpx.Response(200, json={"looks": told, "more": len(older) > first})


@pytest.fixture
def services(parts: Parts, audit: MemoryAudit) -> dict[str, Service]:
    found = {
        "care": Service(look(50, ANNA, "patient"), look(10, BORIS, "session")),
        "assignment": Service(look(40, ANNA, "rateReadiness"), look(20, ANNA, "assignment")),
    }
    audit.told = [look(30, ANNA, "caseload")]
    clients: Any = parts.clients
    clients.clear()
    for name, service in found.items():
        transport = httpx.MockTransport(service)
        clients[name] = httpx.AsyncClient(transport=transport, base_url="http://service")
    return found


async def pages(ask: Asking, first: int) -> list[Any]:
    after, found = None, []
    while True:
        page = (await ask("masha", QUERY, first=first, after=after))["data"]["whoLooked"]
        assert len(page["edges"]) <= first
        found += [each["node"] for each in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("first", [1, 2, 3, 100])
async def test_it_is_one_list_by_pages_of_any_size(
    first: int, ask: Asking, services: dict[str, Service]
) -> None:
    assert services
    assert [(each["service"], each["action"]) for each in await pages(ask, first)] == [
        ("care", "patient"),
        ("assignment", "rateReadiness"),
        ("gateway", "caseload"),
        ("assignment", "assignment"),
        ("care", "session"),
    ]


async def test_therapists_whom_one_knows_have_their_names(
    ask: Asking, services: dict[str, Service]
) -> None:
    assert services
    by_person = {each["personId"]: each for each in await pages(ask, 100)}
    assert by_person[str(ANNA)]["therapist"]["name"]
    assert by_person[str(BORIS)]["therapist"] is None
    assert by_person[str(ANNA)]["role"] == "THERAPIST"
    assert by_person[str(ANNA)]["reason"] == "TREATMENT"


async def test_services_are_asked_as_the_patient_about_the_patient(
    ask: Asking, services: dict[str, Service], audit: MemoryAudit
) -> None:
    await ask("masha", QUERY, first=2)
    (sent,) = services["care"].seen
    assert sent.url.path == f"/v1/patients/{MASHA}/looks"
    assert sent.headers["authorization"] == "Bearer masha"
    (record,) = audit.records
    assert sent.headers["x-correlation-id"] == str(record.correlation_id)
    assert (record.action, record.patients, record.reasons) == ("whoLooked", (MASHA,), ("self",))


async def test_a_service_that_cannot_be_asked_is_not_left_out(
    ask: Asking, services: dict[str, Service]
) -> None:
    services["assignment"].status = 503
    answer = await ask("masha", QUERY, first=2)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "OVERLOADED"


@pytest.mark.parametrize("who", sorted(set(PEOPLE) - {"masha"}))
async def test_nobody_else_is_told_and_no_service_asked(
    who: str, ask: Asking, services: dict[str, Service]
) -> None:
    answer = await ask(who, QUERY, first=2, id=to_global("Patient", MASHA))
    assert answer["data"]["whoLooked"]["edges"] == []
    assert all(each.seen == [] for each in services.values())


async def test_a_cursor_of_another_list_is_refused(
    ask: Asking, services: dict[str, Service]
) -> None:
    assert services
    answer = await ask("masha", QUERY, first=2, after="x")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
