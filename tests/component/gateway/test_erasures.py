"""Where an erasure stands is asked of care, under the caller's own token."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.testing.audit import MemoryAudit
from libs.testing.cast import MASHA
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from tests.component.gateway.asking import Answers, Asking

pytestmark = pytest.mark.postgres

ASKED = """query($of: ID) { erasure(patientId: $of) {
  status requestedBy because notBefore holds { reason until countedFrom }
  confirmations { where removed { what count } } certifiedAt } }"""

TOLD: dict[str, Any] = {
    "id": str(MASHA),
    "status": "announced",
    "requested_by": "patient",
    "because": "patients_wish",
    "requested_at": "2026-07-03T08:05:00Z",
    "announced_at": "2026-07-06T09:00:00Z",
    "not_before": "2026-08-05T09:00:00Z",
    "holds": [
        {
            "reason": "retention",
            "until": "2036-07-02T17:00:00Z",
            "counted_from": "majority",
            "held_at": "2026-07-06T09:01:00Z",
        }
    ],
    "confirmations": [
        {
            "where": "diary",
            "confirmed_at": "2036-08-02T10:00:03Z",
            "removed": [{"what": "known_people", "count": 1}],
        }
    ],
    "destroyed": [],
    "certified_at": None,
}


@pytest.fixture
def care() -> Answers:
    return Answers(status=200, content=TOLD)


@pytest.fixture
def app(schema: Schema, parts: Parts, care: Answers) -> FastAPI:
    client = httpx.AsyncClient(transport=httpx.MockTransport(care), base_url="http://care")
    parts.clients["care"] = client  # type: ignore[index]  # a dictionary of the fixture's own
    return create_app(schema, parts, Readiness())


async def test_a_patient_sees_where_their_erasure_stands(ask: Asking, care: Answers) -> None:
    answer = await ask("masha", ASKED)
    assert answer["data"]["erasure"] == {
        "status": "ANNOUNCED",
        "requestedBy": "PATIENT",
        "because": "PATIENTS_WISH",
        "notBefore": "2026-08-05T09:00:00+00:00",
        "holds": [
            {
                "reason": "RETENTION",
                "until": "2036-07-02T17:00:00+00:00",
                "countedFrom": "MAJORITY",
            }
        ],
        "confirmations": [{"where": "DIARY", "removed": [{"what": "known_people", "count": 1}]}],
        "certifiedAt": None,
    }
    (asked,) = care.seen
    assert (asked.method, asked.url.path) == ("GET", f"/v1/erasures/{MASHA}")
    assert asked.headers["authorization"] == "Bearer masha"


@pytest.mark.parametrize("status", [403, 404])
async def test_what_care_does_not_show_is_not_there(
    ask: Asking, care: Answers, audit: MemoryAudit, status: int
) -> None:
    care.status, care.content = status, {"code": "not-found"}
    assert (await ask("anna", ASKED, of=str(MASHA)))["data"] == {"erasure": None}
    (record,) = audit.records
    assert (record.outcome, record.patients, record.reasons) == ("not-found", (MASHA,), ())


@pytest.mark.security("audit")
@pytest.mark.parametrize(
    ("who", "role", "reason"),
    [("masha", "patient", "self"), ("admin", "clinic_admin", "administration")],
)
async def test_who_is_shown_it_is_written_down_with_why(
    ask: Asking, audit: MemoryAudit, who: str, role: str, reason: str
) -> None:
    await ask(who, ASKED, of=str(MASHA))
    (record,) = audit.records
    assert (record.role, record.outcome) == (role, "done")
    assert (record.patients, record.reasons) == ((MASHA,), (reason,))


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "UNAUTHENTICATED"), (429, "OVERLOADED"), (503, "OVERLOADED"), (500, "UNAVAILABLE")],
)
async def test_what_care_cannot_answer_is_an_error_with_a_code(
    ask: Asking, care: Answers, status: int, code: str
) -> None:
    care.status, care.content = status, {}
    answer = await ask("masha", ASKED)
    assert answer["data"] == {"erasure": None}
    assert answer["errors"][0]["extensions"]["code"] == code


async def test_what_is_no_answer_of_cares_is_an_error_too(ask: Asking, care: Answers) -> None:
    care.content = {"status": "something else"}
    answer = await ask("masha", ASKED)
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    care.broken = True
    answer = await ask("masha", ASKED)
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_what_is_no_patients_id_names_nobody(ask: Asking, care: Answers) -> None:
    assert (await ask("masha", ASKED, of="nobody"))["data"] == {"erasure": None}
    assert care.seen == []
    assert (await ask(None, ASKED))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
