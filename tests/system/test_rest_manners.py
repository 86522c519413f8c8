"""How the services answer integrators, with all processes between them: late, repeated, stale,
foreign.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.system.people import Person

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

TEXTS = "Somebody said something about marmalade"


@pytest.fixture(scope="module")
def admin(person: Callable[[str], Person]) -> Person:
    return person("clinic_admin")


@pytest.fixture(scope="module")
def lev(admin: Person, therapist: Person, story: Mapping[str, str]) -> str:
    """A second patient of the same therapist, so that the story stays as it is."""
    patient = registered(admin)
    began = admin.tells(
        "care/v1/care-relationships",
        {"patient_id": patient, "therapist_id": story["therapist"]},
    )
    known = eventually(lambda: set_goal(therapist, patient, after=began), 201)
    assert known.status_code == 201
    return patient


def registered(admin: Person) -> str:
    patient = str(uuid4())
    body = {"id": patient, "name": TEXTS, "zone": "Europe/London", "locale": "en-GB"}
    assert admin.tells("care/v1/patients", body).status_code == 201
    return patient


def set_goal(
    therapist: Person, patient: str, after: httpx.Response | None = None, key: str | None = None
) -> httpx.Response:
    headers = {} if after is None else {"Interlude_After": after.json()["consistency"]}
    body = {"patient_id": patient, "statement": TEXTS}
    return therapist.tells("assignment/v1/goals", body, key, **headers)


def eventually(
    ask: Callable[[], httpx.Response], status: int, seconds: float = 10.0
) -> httpx.Response:
    until = time.monotonic() + seconds
    while (answer := ask()).status_code != status and time.monotonic() < until:
        time.sleep(0.05)
    return answer


def given(therapist: Person, patient: str) -> tuple[str, httpx.Response]:
    body = {
        "patient_id": patient,
        "title": TEXTS,
        "category": "behavioral_intervention",
        "technique": "interpersonal_skills",
    }
    answer = therapist.tells("assignment/v1/assignments", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_stale_if_match_is_told_the_version_that_holds(therapist: Person, lev: str) -> None:
    homework, created = given(therapist, lev)
    here = f"assignment/v1/assignments/{homework}"
    seen = therapist.reads(here).headers["etag"]
    assert seen == created.headers["etag"]
    component = {"label": TEXTS}
    first = therapist.tells(f"{here}/components", component, If_Match=seen)
    assert first.status_code == 201
    stale = therapist.tells(f"{here}/components", component, If_Match=seen)
    assert problem(stale) == (412, "stale-version")
    assert stale.headers["etag"] == first.headers["etag"]
    assert therapist.reads(here).headers["etag"] == first.headers["etag"]


def test_what_has_not_changed_is_not_sent_again(therapist: Person, lev: str) -> None:
    homework, created = given(therapist, lev)
    again = therapist.reads(
        f"assignment/v1/assignments/{homework}", If_None_Match=created.headers["etag"]
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_repeated_request_is_done_once_and_answered_alike(therapist: Person, lev: str) -> None:
    key = str(uuid4())
    first, again = (set_goal(therapist, lev, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_key_used_for_another_request_is_refused(therapist: Person, lev: str) -> None:
    key = str(uuid4())
    assert set_goal(therapist, lev, key=key).status_code == 201
    other = {"patient_id": lev, "statement": f"{TEXTS}, and more"}
    answer = therapist.tells("assignment/v1/goals", other, key)
    assert problem(answer) == (422, "idempotency-key-reused")


def test_who_names_a_patient_too_early_is_asked_to_come_again(therapist: Person) -> None:
    nobody = str(uuid4())
    answer = set_goal(therapist, nobody)
    assert problem(answer) == (409, "not-known-yet")
    assert float(answer.headers["retry-after"]) > 0


def test_with_the_relationship_s_token_nobody_has_to_come_again(
    admin: Person, therapist: Person, story: Mapping[str, str]
) -> None:
    """The assignment service waits until it has heard of what care has just answered."""
    for _ in range(5):
        patient = registered(admin)
        began = admin.tells(
            "care/v1/care-relationships",
            {"patient_id": patient, "therapist_id": story["therapist"]},
        )
        assert set_goal(therapist, patient, after=began).status_code == 201


def test_foreign_and_missing_are_the_same_to_the_byte(
    person: Callable[[str], Person], lev: str, therapist: Person
) -> None:
    homework, _ = given(therapist, lev)
    other = person("other_therapist")
    answers = [
        other.reads(f"assignment/v1/assignments/{homework}"),
        other.reads(f"assignment/v1/assignments/{uuid4()}"),
    ]
    assert [problem(each) for each in answers] == [(404, "not-found")] * 2
    foreign, missing = (re.sub(r'"trace_id":"[^"]*"', "", each.text) for each in answers)
    assert foreign == missing
    commands = [
        other.tells(f"assignment/v1/assignments/{each}/proposals", {})
        for each in (homework, uuid4())
    ]
    assert [problem(each) for each in commands] == [(404, "not-found")] * 2


def test_what_was_queued_offline_is_done_in_order_each_by_itself(
    therapist: Person, lev: str
) -> None:
    homework = str(uuid4())
    queued: list[dict[str, Any]] = [
        {
            "operation": "createAssignment",
            "body": {
                "id": homework,
                "patient_id": lev,
                "title": TEXTS,
                "category": "behavioral_intervention",
                "technique": "interpersonal_skills",
            },
        },
        {"operation": "addComponent", "id": homework, "body": {"label": TEXTS}},
        {"operation": "addComponent", "id": str(uuid4()), "body": {"label": TEXTS}},
        {"operation": "addComponent", "id": homework, "body": {"label": TEXTS, "colour": "red"}},
        {"operation": "addComponent", "id": homework, "body": {"label": TEXTS}},
    ]
    commands = [{**each, "idempotency_key": str(uuid4())} for each in queued]
    first, again = (
        therapist.tells("assignment/v1/commands", {"commands": commands}) for _ in range(2)
    )
    assert first.status_code == 200, first.text
    answers = first.json()["answers"]
    assert [each["status"] for each in answers] == [201, 201, 404, 422, 201]
    assert answers[-1]["body"]["version"] == answers[1]["body"]["version"] + 1
    replayed = [each["headers"].get("idempotency-replayed") for each in again.json()["answers"]]
    assert replayed == ["true", "true", None, None, "true"]


def test_an_act_that_is_already_so_says_so(therapist: Person, story: Mapping[str, str]) -> None:
    here = f"care/v1/sessions/{story['session_1']}"
    before = therapist.reads(here)
    ended = before.json()["ended_at"]
    answer = therapist.tells(f"{here}/ends", {"occurred_at": ended})
    assert answer.status_code == 200
    assert therapist.reads(here).headers["etag"] == before.headers["etag"]
