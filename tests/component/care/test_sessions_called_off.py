"""Sessions that are cancelled, missed, reinstated, or held at the same time as another."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.testing.databases import Database
from services.care.examples import REQUESTS
from tests.component.callers import a_store
from tests.component.care.test_care_over_http import Care


@pytest.fixture
async def care(either: Database | None) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        yield Care(store)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_masha_cancels_her_session_and_both_see_who_did_and_why(care: Care) -> None:
    path = await care.scheduled()
    await care.done("masha", f"{path}/cancellations", {"reason": "illness"})
    seen = await care.shown("anna", path)
    assert seen == await care.shown("masha", path)
    assert (seen["status"], seen["cancelled_by"], seen["cancel_reason"]) == (
        "cancelled",
        "patient",
        "illness",
    )


async def test_masha_cancels_in_her_own_name_alone(care: Care) -> None:
    path = await care.scheduled()
    refused = await care.post("masha", f"{path}/cancellations", {"cancelled_by": "therapist"})
    assert code(refused) == (422, "cancelled-by-themselves")
    assert refused.json()["errors"][0]["pointer"] == "/cancelled_by"


async def test_the_desk_cancels_for_the_clinic_or_for_whom_it_names(care: Care) -> None:
    path = await care.scheduled()
    await care.done("integrator", f"{path}/cancellations", {})
    assert (await care.shown("admin", path))["cancelled_by"] == "clinic"


@pytest.mark.parametrize("path", ["cancellations", "no-shows", "reinstatements"])
@pytest.mark.parametrize("name", ["boris", "lev", "stranger", "operator"])
async def test_nobody_else_calls_a_session_off_or_brings_it_back(
    care: Care, name: str, path: str
) -> None:
    session = await care.scheduled()
    answer = await care.post(name, f"{session}/{path}", {})
    assert answer.status_code in {403, 404}
    assert (await care.shown("anna", session))["status"] == "scheduled"


async def test_masha_does_not_say_herself_that_she_missed_it(care: Care) -> None:
    path = await care.scheduled()
    told = REQUESTS["recordNoShow"]
    assert code(await care.post("masha", f"{path}/no-shows", told)) == (403, "role-not-allowed")


async def test_a_missed_session_does_not_start_until_that_is_put_right(care: Care) -> None:
    path = await care.scheduled()
    early = {"occurred_at": "2026-02-25T15:59:00Z"}
    assert code(await care.post("anna", f"{path}/no-shows", early)) == (422, "not-missed-yet")
    await care.done("anna", f"{path}/no-shows", {"occurred_at": "2026-02-25T16:20:00Z"})
    assert (await care.shown("masha", path))["status"] == "no_show"
    late = {"occurred_at": "2026-02-25T16:25:00Z"}
    assert code(await care.post("anna", f"{path}/starts", late)) == (409, "session-off")
    await care.done("anna", f"{path}/reinstatements", late)
    await care.done("anna", f"{path}/starts", late)
    assert (await care.shown("masha", path))["status"] == "started"


async def test_two_sessions_at_once_are_scheduled_and_noticed(care: Care) -> None:
    await care.in_care()
    four = datetime(2026, 2, 25, 16, 0, tzinfo=UTC)
    care.agenda.others.append((four, four.replace(minute=50)))
    answer = await care.done("anna", "/v1/sessions", REQUESTS["scheduleSession"])
    assert {"code": "sessions-overlap", "pointer": "/starts_at"} in answer["notices"]
    path = f"/v1/sessions/{answer['id']}"
    moved = await care.done("anna", f"{path}/reschedulings", REQUESTS["rescheduleSession"])
    assert "sessions-overlap" not in [each["code"] for each in moved["notices"]]
