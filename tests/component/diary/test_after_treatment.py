"""A diary goes on when treatment is over: it is what prevents relapse."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, CLINIC, MASHA
from libs.testing.databases import Database
from tests.component.callers import a_store
from tests.component.diary.test_diary_over_http import ENTRY_PATH, LARRY, Diary, file_larry

ANOTHER = UUID(int=0x7E)


@pytest.fixture
async def diary(either: Database | None) -> AsyncIterator[Diary]:
    async with a_store(either, "diary_app") as store:
        yield Diary(store)


async def test_a_discharged_patient_reads_and_writes_and_shares_as_before(diary: Diary) -> None:
    await diary.done("masha", "/v1/entries", LARRY)
    diary.known.treating.clear()
    assert (await diary.get("masha", ENTRY_PATH)).status_code == 200
    assert (await diary.get("anna", ENTRY_PATH)).status_code == 404
    mine = {**LARRY, "id": str(ANOTHER), "visibility": "private"}
    await diary.done("masha", "/v1/entries", mine)
    await diary.done("masha", f"/v1/entries/{ANOTHER}/sharings", {})
    await diary.done("masha", f"/v1/entries/{ANOTHER}/sharing-withdrawals", {})
    assert (await diary.shown("masha", f"/v1/entries/{ANOTHER}"))["visibility"] == "private"


async def test_a_discharged_patient_reads_their_notebook(diary: Diary) -> None:
    await diary.notebooks.handle(file_larry())
    diary.known.treating.clear()
    notebook = f"/v1/notebooks/{MASHA}"
    assert (await diary.get("masha", notebook)).status_code == 200
    assert (await diary.get("anna", notebook)).status_code == 404


async def test_whoever_has_left_writes_in_no_diary(diary: Diary) -> None:
    diary.known.left.add((CLINIC, ANNA))
    for answer in (
        await diary.post("anna", "/v1/entries", LARRY),
        await diary.get("anna", ENTRY_PATH),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "staff-left")
