"""A patient takes their record away, and a therapist a case: whole, of one moment, and theirs."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.testing.cast import ANNA, LEV, MASHA
from libs.testing.streams import stream
from libs.testing.web import Following, client, consistency_token
from libs.web.allowances import of_rate
from services.care.examples import CONSENT, SUPERVISION, SUPERVISOR
from services.diary.examples import ENTRY
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from tests.component.gateway.exporting import (
    HER_CASE,
    HERS,
    ONLY_FOR_HERSELF,
    PRIVATE_ENTRY,
    asked,
    keeps_something_to_herself,
    record_of,
)
from tests.component.gateway.screens import HER
from tests.component.gateway.telling import ASSIGNMENT, LATER, NEXT_SESSION, Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told", "hers_alone")]


@pytest.fixture
async def hers_alone(told: None, project: Projecting, story: Story) -> None:
    del told
    await keeps_something_to_herself(project, story)


def by_id(items: list[Any]) -> dict[str, Any]:
    return {item["id"]: item for item in items}


async def test_masha_takes_everything_away_that_is_recorded_about_her(app: FastAPI) -> None:
    record = await record_of(app, "masha")
    assert (record["format"], record["kind"]) == ("interlude.record.v1", "record")
    assert record["exported_at"] == LATER.isoformat()
    assert record["person"]["name"] == "Masha Orlova"
    assert record["clinic"] == {"name": "Riverside Psychology", "zone": "Europe/London"}
    (anna,) = [each["therapist"] for each in record["relationships"]]
    assert anna == {"role": "therapist", "name": "Anna Keller"}
    assert len(record["sessions"]) == 2
    assert record["goals"][0]["statement"]
    (homework,) = record["homework"]
    assert homework["id"] == str(ASSIGNMENT)
    assert homework["plans"][0]["timing"]
    assert homework["readiness_ratings"][0]["by"] == "therapist"
    assert homework["obstacles"][0]["text"]
    (review,) = record["reviews"]
    assert review["skills"][0]["label"] == "Starting a conversation"
    assert review["learnings"]
    assert record["notebook"][0]["assignment_id"] == str(ASSIGNMENT)
    assert by_id(record["consents"])[str(CONSENT)]["status"] == "withdrawn"
    entries = by_id(record["entries"])
    assert entries[str(ENTRY)]["answers"]["other_party"]["label"] == "Larry"
    assert entries[str(PRIVATE_ENTRY)]["notes"] == ONLY_FOR_HERSELF
    assert record["counts"] == {
        name: len(items) for name, items in record.items() if isinstance(items, list)
    }


async def test_a_therapist_takes_a_case_away_without_what_is_the_patients_alone(
    app: FastAPI,
) -> None:
    hers, case = await record_of(app, "masha"), await record_of(app, "anna", HER_CASE)
    assert case["kind"] == "case"
    assert ONLY_FOR_HERSELF not in str(case)
    assert str(PRIVATE_ENTRY) not in str(case)
    assert len(case["history"]) == len(hers["history"]) - 1
    assert len(case["entries"]) == len(hers["entries"]) - 1
    same = set(hers) - {"kind", "entries", "history", "counts", "up_to"}
    assert {name: case[name] for name in same} == {name: hers[name] for name in same}


async def test_nobody_elses_ids_are_in_it(app: FastAPI) -> None:
    for who, path in (("masha", HERS), ("anna", HER_CASE)):
        text = (await asked(app, who, path)).text
        for other in (ANNA, LEV, SUPERVISOR, SUPERVISION):
            assert str(other) not in text, (who, other)


async def test_somebody_elses_homework_that_a_review_names_is_not_told(
    app: FastAPI, project: Projecting
) -> None:
    """Anna treats both; review keeps no account of whose homework is named there."""
    others = UUID(int=91)
    created = {
        "patient_id": str(LEV),
        "therapist_id": str(ANNA),
        "title": "Somebody else's",
        "created_at": LATER.isoformat(),
    }
    project(
        stream(
            "assignment",
            others,
            ("interlude.assignment.AssignmentCreated.v1", created),
            subject=LEV,
        )
    )
    opened = {
        "review_id": str(UUID(int=92)),
        "assignment_id": str(others),
        "session_id": str(NEXT_SESSION),
        "patient_id": str(MASHA),
        "therapist_id": str(ANNA),
    }
    project(stream("review", UUID(int=92), ("interlude.review.ReviewOpened.v1", opened)))
    text = str(await record_of(app, "masha"))
    assert str(UUID(int=92)) in text
    assert str(others) not in text
    assert "Somebody else's" not in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("boris", 404), ("stranger", 404), ("ruth as a therapist", 404), ("anna", 200)],
)
async def test_a_case_is_for_who_treats_the_patient(app: FastAPI, who: str, status: int) -> None:
    assert (await asked(app, who, HER_CASE)).status_code == status


@pytest.mark.parametrize("who", ["masha", "lev", "ruth", "admin", "analyst"])
async def test_a_case_is_for_no_other_role(app: FastAPI, who: str) -> None:
    answer = await asked(app, who, HER_CASE)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


@pytest.mark.parametrize("who", ["anna", "ruth", "admin", "analyst"])
async def test_a_record_is_for_patients(app: FastAPI, who: str) -> None:
    answer = await asked(app, who)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_a_foreign_case_is_answered_like_one_that_does_not_exist(app: FastAPI) -> None:
    foreign = await asked(app, "boris", HER_CASE)
    for missing in (f"/v1/patients/{uuid4()}/export", "/v1/patients/nobody/export"):
        nobodys = await asked(app, "boris", missing)
        assert nobodys.status_code == foreign.status_code == 404
        left_out = {"trace_id": ""}
        assert nobodys.json() | left_out == foreign.json() | left_out


async def test_without_a_token_there_is_nothing(app: FastAPI) -> None:
    answer = await asked(app, "nobody we know")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")


async def test_a_patient_who_is_discharged_still_has_their_record(
    app: FastAPI, project: Projecting
) -> None:
    of_lev = UUID(int=93)
    pair = {"patient_id": str(LEV), "therapist_id": str(ANNA), "began_at": LATER.isoformat()}
    told = stream(
        "relationship",
        of_lev,
        ("interlude.care.CareRelationshipBegan.v1", pair),
        ("interlude.care.CareRelationshipEnded.v1", {"ended_at": LATER.isoformat()}),
        subject=LEV,
    )
    registered = {"patient_id": str(LEV), "zone": "Europe/London", "locale": "en-GB"}
    lev = stream("patient", LEV, ("interlude.care.PatientRegistered.v1", registered), subject=LEV)
    project(lev, told)
    record = await record_of(app, "lev")
    assert record["relationships"][0]["ended_at"]
    assert (await asked(app, "anna", f"/v1/patients/{LEV}/export")).status_code == 404


async def test_asked_twice_it_is_the_same_to_the_byte(app: FastAPI) -> None:
    first, second = await asked(app, "masha"), await asked(app, "masha")
    assert first.content == second.content
    assert len(first.content) > 10_000


async def test_it_is_kept_by_nobody_on_the_way(app: FastAPI) -> None:
    answer = await asked(app, "masha")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="interlude-record-2026-03-06.json"'
    )
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_other_methods_are_refused(app: FastAPI) -> None:
    async with client(app, "masha") as browser:
        answer = await browser.post(HERS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_one_finds_in_it_what_one_has_just_written(
    app: FastAPI, following: Following
) -> None:
    token = consistency_token((f"goal-{MASHA}", 3))
    await asked(app, "masha", **{"Interlude-After": token})
    assert following.asked == [[(f"goal-{MASHA}", 3)]]
    refused = await asked(app, "masha", **{"Interlude-After": "of somebody else"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-consistency-token")


async def test_changes_go_on_from_where_it_ends(app: FastAPI, ask: Any) -> None:
    record = await record_of(app, "masha")
    screen = await ask("masha", "query($id: ID!) { patient(id: $id) { liveCursor } }", id=HER)
    assert record["up_to"]["live_cursor"] == screen["data"]["patient"]["liveCursor"]
    assert record["up_to"]["recorded_at"] == max(each["recorded_at"] for each in record["history"])


async def test_exports_have_a_small_allowance_of_their_own(schema: Schema, parts: Parts) -> None:
    exports = of_rate(1 / 600, 2, monotonic=lambda: 0.0)
    app = create_app(schema, parts, Readiness(), exports=exports)
    assert [(await asked(app, "masha")).status_code for _ in range(3)] == [200, 200, 429]
    refused = await asked(app, "masha")
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too-many-requests", "600")
    assert (await asked(app, "anna", HER_CASE)).status_code == 200


async def test_what_is_refused_anyway_costs_no_allowance(schema: Schema, parts: Parts) -> None:
    exports = of_rate(1 / 600, 1, monotonic=lambda: 0.0)
    app = create_app(schema, parts, Readiness(), exports=exports)
    elsewhere = f"/v1/patients/{LEV}/export"
    assert [(await asked(app, "anna", elsewhere)).status_code for _ in range(2)] == [404, 404]
    assert (await asked(app, "anna", HER_CASE)).status_code == 200
