"""Session 1 of the source's story, Monday, and what was given in session 2, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.access.relationships import KnownPatient, KnownSession
from libs.eventstore.memory import InMemoryEventStore
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA
from libs.testing.web import Known, consistency_token, edge
from libs.web.service import create_service_app
from services.assignment import api, wire
from services.assignment.examples import (
    FIRST,
    GOAL,
    REQUESTS,
    SECOND,
    SESSION_1,
    SESSION_2,
    SESSION_3,
    TO_PRIYA,
    TO_TOM,
)
from services.assignment.follow import ClinicSettings
from tests.component.callers import NAMES, Callers, a_store, desk

AFTER_IT_ALL = datetime(2026, 3, 5, 17, tzinfo=UTC)
HERE = f"/v1/assignments/{FIRST}"

IN_SESSION_1 = (
    ("anna", "options", "offerOptions"),
    ("masha", "choices", "chooseOption"),
    ("anna", "components", "addComponent"),
    ("masha", "first-components", "chooseFirstComponent"),
    ("anna", "rationales", "giveRationale"),
    ("anna", "practice-offers", "offerPractice"),
    ("masha", "practice-requests", "requestPractice"),
    ("anna", "practices", "recordPractice"),
    ("masha", "situations", "conceptualiseSituation"),
    ("anna", "experiences", "recordExperience"),
    ("masha", "predictions", "statePrediction"),
    ("masha", "obstacles", "reportObstacle"),
    ("masha", "obstacle-responses", "planObstacleResponse"),
    ("anna", "plans", "specifyPlan"),
    ("anna", "dues", "setDue"),
    ("masha", "understandings", "checkUnderstanding"),
    ("masha", "readiness-ratings", "rateReadiness"),
    ("masha", "task-ratings", "rateTask"),
    ("masha", "commitments", "stateCommitment"),
    ("anna", "proposals", "proposeAssignment"),
    ("anna", "agreements", "agreeAssignment"),
    ("anna", "activations", "activateAssignment"),
)


def session(uuid: str, day: int, **more: bool) -> KnownSession:
    starts_at = datetime(2026, 2, 26, 16, tzinfo=UTC) + timedelta(days=day)
    return KnownSession(
        session_id=UUID(uuid),
        patient_id=MASHA,
        therapist_id=ANNA,
        starts_at=starts_at,
        zone="Europe/London",
        **more,
    )


class Settings:
    def __init__(self) -> None:
        self.here = ClinicSettings()

    async def settings(self, tenant_id: UUID) -> ClinicSettings:
        return self.here if tenant_id == CLINIC else ClinicSettings()


class Homework(Callers):
    def __init__(self, store: Any) -> None:
        zone = "Europe/London"
        self.known = Known(
            treating={(CLINIC, ANNA, MASHA), (CLINIC, BORIS, LEV)},
            patients={each: KnownPatient(patient_id=each, zone=zone) for each in (MASHA, LEV)},
            sessions={
                UUID(each): session(each, 7 * week)
                for week, each in enumerate((SESSION_1, SESSION_2, SESSION_3))
            },
        )
        self.clinics = Settings()
        here = replace(
            edge(known=self.known, names=NAMES, clock=lambda: AFTER_IT_ALL), service="assignment"
        )
        routes = api.routes(
            here,
            goals=desk(wire.goals, store),
            assignments=desk(wire.assignments, store),
            clinics=self.clinics,
        )
        super().__init__(
            create_service_app(
                "Assignments",
                "Why, what and how of homework.",
                here,
                [routes],
                statuses=api.STATUSES,
                examples=REQUESTS,
            )
        )

    async def told(
        self, name: str, path: str, operation: str, at: str, **instead: Any
    ) -> dict[str, Any]:
        body = {**REQUESTS[operation], **instead, "occurred_at": at}
        answer: dict[str, Any] = await self.done(name, path, body)
        return answer

    async def created(self) -> None:
        await self.told("anna", "/v1/goals", "setGoal", "2026-02-26T16:05:00Z")
        await self.told("anna", "/v1/assignments", "createAssignment", "2026-02-26T16:06:00Z")

    async def active(self) -> None:
        await self.created()
        for minute, (name, path, operation) in enumerate(IN_SESSION_1, start=10):
            await self.told(name, f"{HERE}/{path}", operation, f"2026-02-26T16:{minute}:00Z")

    async def code(self, name: str, path: str, body: dict[str, Any], **headers: str) -> Any:
        answer = await self.post(name, path, body, **headers)
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def homework() -> Homework:
    return Homework(InMemoryEventStore())


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
async def anywhere(request: pytest.FixtureRequest) -> AsyncIterator[Homework]:
    """The story is told on either store."""
    real = request.param == "postgres"
    database = request.getfixturevalue("own_database") if real else None
    async with a_store(database, "assignment_app") as store:
        yield Homework(store)


async def test_session_1_ends_with_active_homework(anywhere: Homework) -> None:
    await anywhere.active()
    seen = await anywhere.shown("masha", HERE)
    assert seen["status"] == "active"
    assert seen["title"] == "Conversations with 4 people about what I did over the weekend"
    assert [each["label"] for each in seen["options"]] == [
        "Speaking to Larry about the films",
        "Asking Priya about her weekend",
    ]
    assert seen["components"][0]["contact"]["label"] == "Larry"
    assert seen["rationales"][0]["goal_ids"] == [GOAL]
    assert seen["practices"][0]["imagery_anchor"]["place"] == "At my desk"
    assert seen["plans"][0]["specificity_score"] == 1.0
    assert seen["obstacle_responses"][0]["then_text"] == "I ask him when he has his break."
    assert seen["due"]["due_at"] == "2026-03-05T15:00:00Z"
    assert [each["agreed_by"] for each in seen["agreements"]] == ["therapist"]
    (monday,) = seen["occurrences"]
    assert (monday["local_date"], monday["slot"], monday["status"]) == (
        "2026-03-02",
        "11:00",
        "scheduled",
    )
    assert [each["role"] for each in seen["history"]][:3] == ["therapist", "therapist", "therapist"]


async def test_on_monday_the_patient_completes_it(anywhere: Homework) -> None:
    await anywhere.active()
    done = await anywhere.told(
        "masha", f"{HERE}/completions", "completeHomework", "2026-03-02T11:25:00Z"
    )
    assert done["id"] == REQUESTS["completeHomework"]["id"]
    again = await anywhere.post("anna", f"{HERE}/completions", {"quantity": 100})
    assert again.status_code == 200, "already so"
    seen = await anywhere.shown("anna", HERE)
    assert (seen["status"], seen["completion"]["completed_by"]) == ("completed", "patient_report")
    assert [each["status"] for each in seen["occurrences"]] == ["completed"]


async def test_what_a_therapist_writes_down_for_the_patient_is_the_patients(
    homework: Homework,
) -> None:
    await homework.active()
    seen = await homework.shown("anna", HERE)
    told = next(each for each in seen["history"] if "ExperienceRecorded" in each["type"])
    assert (told["role"], told["on_behalf_of"]) == ("therapist", str(MASHA))
    assert seen["experiences"][0]["told_by"] == "patient"


async def test_p1_low_confidence_is_a_notice_and_a_suggestion(homework: Homework) -> None:
    await homework.created()
    path = f"{HERE}/readiness-ratings"
    answer = await homework.told("masha", path, "rateReadiness", "2026-02-26T16:30:00Z")
    assert answer["notices"] == [{"code": "low-confidence", "pointer": "/confidence"}]
    seen = await homework.shown("anna", HERE)
    assert seen["adjustments_suggested"][0]["suggestions"] == [
        "grade_components",
        "reduce_frequency",
    ]


async def test_p1_the_clinic_says_what_is_low(homework: Homework) -> None:
    await homework.created()
    homework.clinics.here = ClinicSettings(low_confidence_below=0.5)
    path = f"{HERE}/readiness-ratings"
    answer = await homework.told("masha", path, "rateReadiness", "2026-02-26T16:30:00Z")
    assert answer["notices"] == []


async def test_homework_is_given_in_one_request(anywhere: Homework) -> None:
    await anywhere.active()
    answer = await anywhere.told("anna", "/v1/homework", "giveHomework", "2026-03-05T16:30:00Z")
    assert answer["id"] == SECOND
    assert answer["notices"] == [{"code": "low-confidence", "pointer": "/ratings/confidence"}]
    graded = await anywhere.post(
        "anna", f"/v1/assignments/{SECOND}/gradings", REQUESTS["gradeComponents"]
    )
    assert graded.status_code == 201, graded.text
    seen = await anywhere.shown("masha", f"/v1/assignments/{SECOND}")
    assert (seen["status"], seen["continues_from"]) == ("active", FIRST)
    assert seen["due"]["session_id"] == SESSION_3
    assert [each["component_id"] for each in seen["gradings"][0]["components"]] == [
        TO_TOM,
        TO_PRIYA,
    ]
    assert [each["slot"] for each in seen["occurrences"]] == ["1", "2", "3"]


async def test_only_patient_and_title_are_ever_required(homework: Homework) -> None:
    body = {"patient_id": str(MASHA), "title": "Notice what you enjoy"}
    answer = await homework.post("anna", "/v1/homework", body)
    assert answer.status_code == 201, answer.text
    assert [each["code"] for each in answer.json()["notices"]] == ["no-rationale", "no-goal"]
    assert answer.headers["location"] == f"/v1/assignments/{answer.json()['id']}"


async def test_a_clinic_may_insist_on_a_rationale(homework: Homework) -> None:
    homework.clinics.here = ClinicSettings(rationale_gate=True)
    body = {"patient_id": str(MASHA), "title": "Notice what you enjoy"}
    assert await homework.code("anna", "/v1/homework", body) == (409, "rationale-missing")


async def test_what_a_request_names_must_be_known_and_the_patients(homework: Homework) -> None:
    await homework.created()
    body = {"patient_id": str(MASHA), "title": "More of it"}
    unknown = str(uuid4())
    for named in (
        {"continues_from": unknown},
        {"created_in_session_id": unknown},
        {"due": {"kind": "session", "session_id": unknown}},
        {"patient_id": str(LEV)},
        {"patient_id": unknown},
    ):
        assert await homework.code("anna", "/v1/assignments", {**body, **named}) == (
            409,
            "not-known-yet",
        )
    rationale = {"text": "It helps.", "goal_ids": [unknown]}
    late = await homework.post("anna", f"{HERE}/rationales", rationale)
    assert (late.status_code, late.headers["retry-after"]) == (409, "1")


async def test_an_obstacle_is_told_in_a_session_of_the_same_patient(homework: Homework) -> None:
    await homework.created()
    levs = str(uuid4())
    homework.known.sessions[UUID(levs)] = replace(session(levs, 3), patient_id=LEV)
    obstacle = {"category": "environment", "text": "He was on the phone."}
    here = f"{HERE}/obstacles"
    for named in (levs, str(uuid4())):
        told = {**obstacle, "session_id": named}
        assert await homework.code("masha", here, told) == (409, "not-known-yet")
        late = {"Interlude_After": consistency_token((f"session-{named}", 1))}
        assert await homework.code("masha", here, told, **late) == (404, "not-found")
    await homework.done("masha", here, {**obstacle, "session_id": SESSION_2})


async def test_homework_of_another_patient_is_not_continued(homework: Homework) -> None:
    await homework.created()
    body = {"patient_id": str(LEV), "title": "More of it", "continues_from": FIRST}
    assert await homework.code("boris", "/v1/assignments", body) == (409, "not-known-yet")


async def test_strangers_find_nothing(homework: Homework) -> None:
    await homework.created()
    for name in ("boris", "lev", "stranger"):
        assert (await homework.get(name, HERE)).status_code == 404
        assert await homework.code(name, f"{HERE}/practice-requests", {}) == (404, "not-found")
    assert (await homework.get("lev", f"/v1/goals/{GOAL}")).status_code == 404


async def test_the_goal_is_seen_in_the_patients_words(homework: Homework) -> None:
    await homework.created()
    seen = await homework.shown("masha", f"/v1/goals/{GOAL}")
    assert seen["statement"] == REQUESTS["setGoal"]["statement"]
    assert (seen["lifecycle"], seen["achievement"]) == ("active", "in_progress")


async def test_homework_created_just_before_its_session_is_due_before_the_next(
    homework: Homework,
) -> None:
    at = "2026-02-26T15:58:00Z"
    await homework.told("anna", "/v1/assignments", "createAssignment", at)
    seen = await homework.shown("anna", HERE)
    assert seen["due"]["session_id"] == SESSION_2


async def test_due_before_a_session_that_is_off_means_the_one_after_it(homework: Homework) -> None:
    await homework.created()
    homework.known.sessions[UUID(SESSION_2)] = session(SESSION_2, 7, off=True)
    await homework.told("anna", f"{HERE}/dues", "setDue", "2026-02-27T10:00:00Z")
    seen = await homework.shown("anna", HERE)
    assert seen["due"]["session_id"] == SESSION_3


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("readiness-ratings", {}, "nothing-rated"),
        (
            "readiness-ratings",
            {"confidence": {"value": 3, "scale": {"min": 0, "max": 5}}},
            "not-a-readiness-scale",
        ),
        ("plans", {"timing": {"rule": "as_it_happens"}}, "trigger-missing"),
        ("dues", {"rule": {"kind": "session"}}, "session-missing"),
        ("experiences", {"phase": "at_review", "experience": {}}, "nothing-experienced"),
    ],
)
async def test_content_that_says_nothing_is_422_with_its_own_code(
    homework: Homework, path: str, body: dict[str, Any], code: str
) -> None:
    await homework.created()
    assert await homework.code("anna", f"{HERE}/{path}", body) == (422, code)


async def test_a_zone_that_is_none_is_refused_where_it_stands(homework: Homework) -> None:
    await homework.created()
    body = {"timing": {"rule": "all_day", "zone": "Mars/Olympus"}}
    answer = await homework.post("anna", f"{HERE}/plans", body)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/timing/zone"]
    assert "Olympus" not in answer.text
