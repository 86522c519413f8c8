"""Whoever is let in leaves one record of each operation, whatever comes of it; without it they get
no answer.
"""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.audit.record import Record
from libs.eventstore.store import StoreUnavailable
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA
from libs.testing.web import client, edge
from tests.component.web.practice import GIVE, RATE, app

pytestmark = pytest.mark.security("audit")

MADE = "01990000-0000-7000-8000-0000000000aa"
CORRELATION = "01990000-0000-7000-8000-0000000000cc"


class Desk:
    """A service whose audit can be looked at."""

    def __init__(self) -> None:
        self.audit = MemoryAudit()
        self.app = app(edge(audit=self.audit))

    async def post(self, name: str | None, path: str, body: Any, key: str = "k1") -> httpx.Response:
        told = {"Idempotency-Key": key, "X-Correlation-Id": CORRELATION}
        async with client(self.app, name) as browser:
            return await browser.post(path, json=body, headers=told)

    async def get(self, name: str | None, path: str) -> httpx.Response:
        async with client(self.app, name) as browser:
            return await browser.get(path, headers={"X-Correlation-Id": CORRELATION})

    @property
    def last(self) -> Record:
        return self.audit.records[-1]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def given(desk: Desk) -> None:
    answer = await desk.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    assert answer.status_code == 201
    desk.audit.records.clear()


async def test_a_command_says_who_did_what_for_whom_and_why(desk: Desk) -> None:
    await desk.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    assert desk.audit.records == [
        Record(
            tenant_id=CLINIC,
            person_id=ANNA,
            role="therapist",
            on_behalf_of=None,
            verb="write",
            action="givePractice",
            thing_id=UUID(MADE),
            patients=(MASHA,),
            reasons=("treatment",),
            outcome="done",
            client="",
            correlation_id=UUID(CORRELATION),
        )
    ]


async def test_what_a_therapist_tells_for_a_patient_says_so(desk: Desk) -> None:
    await given(desk)
    await desk.post("anna", f"/v1/practices/{MADE}/ratings", RATE)
    assert (desk.last.action, desk.last.on_behalf_of) == ("ratePractice", MASHA)


async def test_a_look_at_it_leaves_a_record_too(desk: Desk) -> None:
    await given(desk)
    await desk.get("masha", f"/v1/practices/{MADE}")
    (record,) = desk.audit.records
    assert (record.verb, record.action, record.person_id) == ("read", "practice", MASHA)
    assert (record.patients, record.reasons) == ((MASHA,), ("self",))


async def test_who_is_refused_is_found_under_the_patient_and_with_no_reason(desk: Desk) -> None:
    await given(desk)
    assert (await desk.get("boris", f"/v1/practices/{MADE}")).status_code == 404
    (record,) = desk.audit.records
    assert (record.person_id, record.patients, record.reasons) == (BORIS, (MASHA,), ())
    assert record.outcome == "not-found"


@pytest.mark.parametrize(
    ("name", "path", "body", "outcome"),
    [
        ("analyst", "/v1/practices", GIVE, "role-not-allowed"),
        ("anna", "/v1/practices", {**GIVE, "patient_id": str(LEV)}, "not-known-yet"),
        ("anna", "/v1/practices", {}, "invalid-request"),
        ("anna", f"/v1/practices/{MADE}/endings", {}, "precondition-required"),
    ],
)
async def test_a_refusal_is_told_by_its_code(
    desk: Desk, name: str, path: str, body: Any, outcome: str
) -> None:
    await given(desk)
    assert (await desk.post(name, path, body, "k2")).status_code >= 400
    assert [each.outcome for each in desk.audit.records] == [outcome]


async def test_who_is_not_known_leaves_none(desk: Desk) -> None:
    await given(desk)
    assert (await desk.get(None, f"/v1/practices/{MADE}")).status_code == 401
    assert (await desk.get("nobody", f"/v1/practices/{MADE}")).status_code == 401
    assert desk.audit.records == []


async def test_of_a_batch_each_command_leaves_its_own(desk: Desk) -> None:
    commands = [
        {"operation": "givePractice", "idempotency_key": "g1", "body": {**GIVE, "id": MADE}},
        {"operation": "ratePractice", "id": MADE, "idempotency_key": "r1", "body": RATE},
        {"operation": "I picked a stupid film", "idempotency_key": "u1", "body": {}},
    ]
    assert (await desk.post("anna", "/v1/commands", {"commands": commands})).status_code == 200
    assert [(each.action, each.outcome) for each in desk.audit.records] == [
        ("givePractice", "done"),
        ("ratePractice", "done"),
        ("sendCommands", "unknown-operation"),
    ]


async def test_a_batch_that_is_refused_as_a_whole_leaves_one(desk: Desk) -> None:
    assert (await desk.post("anna", "/v1/commands", {"commands": []})).status_code == 422
    assert [each.action for each in desk.audit.records] == ["sendCommands"]


async def test_without_a_record_nothing_is_shown(desk: Desk) -> None:
    await given(desk)
    desk.audit.down = True
    answer = await desk.get("masha", f"/v1/practices/{MADE}")
    assert answer.status_code == 503
    assert answer.json()["code"] == "audit-unavailable"
    assert str(GIVE["title"]) not in answer.text
    assert "retry-after" in answer.headers


async def test_a_command_that_was_done_is_told_once_it_can_be_written_down(desk: Desk) -> None:
    desk.audit.down = True
    lost = await desk.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    assert (lost.status_code, lost.json()["code"]) == (503, "audit-unavailable")
    assert desk.audit.records == []
    desk.audit.down = False
    again = await desk.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    assert again.headers["idempotency-replayed"] == "true"
    assert [each.outcome for each in desk.audit.records] == ["replayed"]


async def test_nor_is_a_batch_answered_without_its_records(desk: Desk) -> None:
    desk.audit.down = True
    command = {"operation": "givePractice", "idempotency_key": "g1", "body": {**GIVE, "id": MADE}}
    answer = await desk.post("anna", "/v1/commands", {"commands": [command]})
    assert (answer.status_code, answer.json()["code"]) == (503, "audit-unavailable")


async def test_what_failed_may_be_said_to_have_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells nothing of anybody, and its own code says what a client is to do."""
    await given(desk)

    async def away(*_arguments: object, **_named: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(MemoryAudit, "looks", away)
    path = f"/v1/patients/{MASHA}/looks"
    assert (await desk.get("masha", path)).json()["code"] == "store-unavailable"
    assert [each.outcome for each in desk.audit.records] == ["store-unavailable"]
    desk.audit.down = True
    assert (await desk.get("masha", path)).json()["code"] == "store-unavailable"
