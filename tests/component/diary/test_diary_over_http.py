"""The story's Monday: an entry about Larry and the films, and who may read it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.calling import Call
from libs.eventstore.store import EventStore
from libs.eventstore.telling import Actor
from libs.testing.cast import CLINIC, LEV, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.web import Known, edge
from libs.web.service import create_service_app
from services.diary import api, wire
from services.diary.domain.notebook import FileHomework
from services.diary.examples import ASSIGNMENT, ENTRY, NEXT_SESSION, PATIENT, REQUESTS, REVIEW
from tests.component.callers import NAMES, Callers, a_store, desk

MONDAY_NOON = NOW + timedelta(hours=3)
ENTRY_PATH = f"/v1/entries/{ENTRY}"
LARRY: dict[str, Any] = REQUESTS["recordEntry"]


class Diary(Callers):
    def __init__(self, store: EventStore) -> None:
        self.now = MONDAY_NOON
        self.known = Known()
        self.notebooks = desk(wire.notebooks, store)
        here = replace(edge(known=self.known, names=NAMES, clock=self.clock), service="diary")
        super().__init__(
            create_service_app(
                "Diary",
                "What is recorded between sessions.",
                here,
                [api.routes(here, entries=desk(wire.entries, store), notebooks=self.notebooks)],
                statuses=api.STATUSES,
                examples=REQUESTS,
            )
        )

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
async def diary(either: Database | None) -> AsyncIterator[Diary]:
    async with a_store(either, "diary_app") as store:
        yield Diary(store)


async def test_the_patient_records_the_conversation_with_larry(diary: Diary) -> None:
    answer = await diary.done("masha", "/v1/entries", LARRY)
    assert (answer["id"], answer["version"], answer["notices"]) == (str(ENTRY), 1, [])
    seen = await diary.shown("masha", ENTRY_PATH)
    assert seen["answers"]["other_party"]["label"] == "Larry"
    assert (seen["recording_mode"], seen["visibility"], seen["source"]) == (
        "in_the_moment",
        "shared",
        "patient",
    )
    assert seen["experienced_at"]["start"] == "2026-03-02T11:00:00Z"


async def test_recorded_days_later_it_says_so(diary: Diary) -> None:
    diary.now = MONDAY_NOON + timedelta(days=2)
    late = {key: value for key, value in LARRY.items() if key != "occurred_at"}
    await diary.done("masha", "/v1/entries", late)
    assert (await diary.shown("masha", ENTRY_PATH))["recording_mode"] == "retrospective"


async def test_homework_is_shared_with_the_therapist_and_with_nobody_else(diary: Diary) -> None:
    await diary.done("masha", "/v1/entries", LARRY)
    assert (await diary.get("anna", ENTRY_PATH)).status_code == 200
    for name in ("boris", "lev", "stranger"):
        assert (await diary.get(name, ENTRY_PATH)).status_code == 404
    for name in ("admin", "integrator", "analyst"):
        assert (await diary.get(name, ENTRY_PATH)).status_code == 403


async def test_what_the_patient_keeps_private_the_therapist_cannot_find(diary: Diary) -> None:
    await diary.done("masha", "/v1/entries", {**LARRY, "visibility": "private"})
    assert (await diary.get("masha", ENTRY_PATH)).status_code == 200
    assert (await diary.get("anna", ENTRY_PATH)).status_code == 404


async def test_what_the_patient_shares_is_found_until_they_take_it_back(diary: Diary) -> None:
    await diary.done("masha", "/v1/entries", {**LARRY, "visibility": "private"})
    await diary.done("masha", f"{ENTRY_PATH}/sharings", {})
    assert (await diary.shown("anna", ENTRY_PATH))["visibility"] == "shared"
    await diary.done("masha", f"{ENTRY_PATH}/sharing-withdrawals", {})
    assert (await diary.get("anna", ENTRY_PATH)).status_code == 404
    assert (await diary.shown("masha", ENTRY_PATH))["visibility"] == "private"


async def test_what_was_shared_once_is_not_found_by_asking_for_that_day(diary: Diary) -> None:
    shared = await diary.done("masha", "/v1/entries", {**LARRY, "visibility": "shared"})
    await diary.done("masha", f"{ENTRY_PATH}/sharing-withdrawals", {})
    assert shared["version"] == 1
    seen = await diary.get("anna", f"{ENTRY_PATH}?as_of=2100-01-01T00:00:00Z")
    assert seen.status_code == 404


@pytest.mark.parametrize("name", ["anna", "admin", "integrator"])
async def test_nobody_shares_in_the_patients_place(diary: Diary, name: str) -> None:
    await diary.done("masha", "/v1/entries", {**LARRY, "visibility": "private"})
    answer = await diary.post(name, f"{ENTRY_PATH}/sharings", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_a_therapist_may_write_down_what_the_patient_tells(diary: Diary) -> None:
    await diary.done("anna", "/v1/entries", LARRY)
    assert (await diary.shown("masha", ENTRY_PATH))["source"] == "transcribed"


@pytest.mark.parametrize("name", ["lev", "boris", "stranger"])
async def test_nobody_else_writes_in_a_patients_diary(diary: Diary, name: str) -> None:
    answer = await diary.post(name, "/v1/entries", LARRY)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")


async def test_an_entry_ahead_of_time_is_kept_with_a_notice(diary: Diary) -> None:
    ahead = {**LARRY, "experienced_at": {"start": "2026-03-03T11:00:00Z"}}
    answer = await diary.done("masha", "/v1/entries", ahead)
    assert answer["notices"] == [{"code": "time-uncertain", "pointer": "/experienced_at"}]
    assert (await diary.shown("masha", ENTRY_PATH))["time_uncertain"] is True


async def test_the_same_entry_sent_again_is_already_so(diary: Diary) -> None:
    await diary.done("masha", "/v1/entries", LARRY)
    again = await diary.post("masha", "/v1/entries", LARRY)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    other = {**LARRY, "experienced_at": {"start": "2026-03-01T11:00:00Z"}}
    refused = await diary.post("masha", "/v1/entries", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "entry-recorded-otherwise")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"worksheet": "horoscope"}, "invalid-request", "/worksheet"),
        ({"definition_version": "7.0"}, "unknown-worksheet-version", "/definition_version"),
        ({"zone": "Mars/Olympus"}, "invalid-request", "/zone"),
        ({"mood": "blue"}, "invalid-request", ""),
        (
            {
                "experienced_at": {
                    "start": "2026-03-02T11:00:00Z",
                    "end": "2026-03-02T10:00:00Z",
                }
            },
            "experience-ends-before-it-starts",
            "/experienced_at/end",
        ),
        (
            {"assignment_id": None, "occurrence_id": str(ENTRY)},
            "occurrence-without-assignment",
            "/occurrence_id",
        ),
        ({"source": "imported"}, "not-their-way-of-recording", "/source"),
    ],
)
async def test_what_does_not_fit_is_a_coded_422_that_echoes_nothing(
    diary: Diary, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await diary.post("masha", "/v1/entries", {**LARRY, **change})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert pointer in {error["pointer"] for error in problem["errors"]}
    for said in ("horoscope", "7.0", "Mars", "mood", "blue", "Larry"):
        assert said not in answer.text
    assert (await diary.get("masha", ENTRY_PATH)).status_code == 404


async def test_filed_homework_is_read_by_both_and_by_nobody_else(diary: Diary) -> None:
    await diary.notebooks.handle(file_larry())
    seen = await diary.shown("masha", f"/v1/notebooks/{MASHA}")
    assert seen["filed"] == [
        {
            "assignment_id": str(ASSIGNMENT),
            "review_id": str(REVIEW),
            "session_id": str(NEXT_SESSION),
            "filed_at": "2026-03-02T09:00:00Z",
        }
    ]
    assert (await diary.get("anna", f"/v1/notebooks/{MASHA}")).status_code == 200
    for name in ("boris", "lev", "stranger"):
        assert (await diary.get(name, f"/v1/notebooks/{MASHA}")).status_code == 404
    assert (await diary.get("lev", f"/v1/notebooks/{LEV}")).status_code == 404


def file_larry() -> Call[Any, Any]:
    system = Actor(person_id=UUID(int=9), role="system")
    command = FileHomework(
        by=system,
        happened_at=NOW,
        now=NOW,
        patient_id=PATIENT,
        assignment_id=ASSIGNMENT,
        review_id=REVIEW,
        session_id=NEXT_SESSION,
    )
    return Call(
        tenant_id=CLINIC,
        stream_uuid=MASHA,
        command=command,
        actor=system,
        operation="file-homework",
        happened_at=NOW,
        zone="Europe/London",
        now=NOW,
        thing_id=MASHA,
        key="a review, and the reaction's name",
        fingerprint=b"",
        correlation_id=UUID(int=1),
        causation_id=None,
        traceparent="",
        creates=True,
    )
