"""Assignment over HTTP, with the story's people and sessions, and session 1 as it went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.access.relationships import KnownPatient, KnownSession
from libs.testing.audit import MemoryAudit
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA
from libs.testing.web import Known, edge
from libs.web.service import create_service_app
from services.assignment import api, templates_api, wire
from services.assignment.catalogue import Catalogue
from services.assignment.examples import FIRST, REQUESTS, SESSION_1, SESSION_2, SESSION_3
from services.assignment.follow import ClinicSettings
from tests.component.callers import NAMES, Callers, desk

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
        self.audit = MemoryAudit()
        here = replace(
            edge(known=self.known, names=NAMES, clock=lambda: AFTER_IT_ALL, audit=self.audit),
            service="assignment",
        )
        templates = desk(wire.templates, store)
        routes = api.routes(
            here,
            goals=desk(wire.goals, store),
            assignments=desk(wire.assignments, store),
            groupwork=desk(wire.groupworks, store),
            clinics=self.clinics,
            catalogue=Catalogue(templates=templates),
        )
        super().__init__(
            create_service_app(
                "Assignments",
                "Why, what and how of homework.",
                here,
                [routes, templates_api.routes(here, templates)],
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
