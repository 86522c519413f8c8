"""A patient is told who looked at their record, page by page; nobody else is."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.audit.looks import Look, Place
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, LEV, MASHA, NOW
from libs.testing.web import client, edge
from tests.component.web.practice import app

pytestmark = pytest.mark.security("audit")

HERS = f"/v1/patients/{MASHA}/looks"


def look(number: int) -> Look:
    return Look(
        place=Place(NOW + timedelta(seconds=number), UUID(int=number)),
        person_id=ANNA,
        role="therapist",
        reason="treatment",
        verb="read",
        action=f"look{number}",
        on_behalf=False,
    )


@pytest.fixture
def audit() -> MemoryAudit:
    kept = MemoryAudit()
    kept.told = [look(number) for number in (5, 4, 3, 2, 1)]
    return kept


async def asked(audit: MemoryAudit, name: str, path: str = HERS, **query: Any) -> httpx.Response:
    async with client(app(edge(audit=audit)), name) as browser:
        return await browser.get(path, params=query)


async def test_the_newest_come_first_and_the_next_page_goes_on(audit: MemoryAudit) -> None:
    first = (await asked(audit, "masha", first=3)).json()
    assert [each["action"] for each in first["looks"]] == ["look5", "look4", "look3"]
    assert first["more"] is True
    after = first["looks"][-1]["cursor"]
    rest = (await asked(audit, "masha", first=3, after=after)).json()
    assert [each["action"] for each in rest["looks"]] == ["look2", "look1"]
    assert rest["more"] is False


async def test_what_is_told_is_who_when_as_what_and_why(audit: MemoryAudit) -> None:
    (told,) = (await asked(audit, "masha", first=1)).json()["looks"]
    assert told.pop("cursor")
    assert datetime.fromisoformat(told.pop("at")) == NOW + timedelta(seconds=5)
    assert told == {
        "person_id": str(ANNA),
        "role": "therapist",
        "reason": "treatment",
        "verb": "read",
        "action": "look5",
        "on_behalf": False,
    }


async def test_to_have_asked_leaves_a_record_like_anything(audit: MemoryAudit) -> None:
    await asked(audit, "masha")
    (record,) = audit.records
    assert (record.verb, record.action) == ("read", "looks")
    assert (record.patients, record.reasons) == ((MASHA,), ("self",))


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("lev", 404, "not-found"), ("anna", 403, "role-not-allowed")],
)
async def test_nobody_else_is_told(name: str, status: int, code: str, audit: MemoryAudit) -> None:
    answer = await asked(audit, name)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert audit.records[-1].reasons == ()


async def test_somebody_elses_is_like_nobodys(audit: MemoryAudit) -> None:
    foreign = (await asked(audit, "masha", f"/v1/patients/{LEV}/looks")).json()
    missing = (await asked(audit, "masha", f"/v1/patients/{UUID(int=9)}/looks")).json()
    assert {**foreign, "trace_id": ""} == {**missing, "trace_id": ""}


@pytest.mark.parametrize(
    "query",
    [
        {"first": "0"},
        {"first": "101"},
        {"first": "many"},
        {"first": "1_0"},
        {"first": "\u0661"},
        {"first": "9" * 5000},
        {"after": "yesterday"},
        {"after": "2026-01-01T00:00:00~" + str(UUID(int=1))},
        {"after": "0001-01-01T00:00:00+14:00~" + str(UUID(int=1))},
    ],
)
async def test_a_page_that_there_cannot_be_is_refused(query: Any, audit: MemoryAudit) -> None:
    answer = await asked(audit, "masha", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "page-malformed")
