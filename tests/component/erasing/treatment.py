"""What Anna, Masha and Lev tell the four services before anybody wants to be erased."""

from typing import Any
from uuid import UUID, uuid5

from libs.testing.cast import ANNA, CLINIC, LEV, MASHA
from services.assignment.examples import REQUESTS as HOMEWORK
from services.care.examples import REQUESTS as CARE
from services.diary.examples import REQUESTS as DIARY
from tests.component.erasing.world import World

WORDS = ("stupid film", "decent relationships", "by the window", "Orlova", "for myself alone")
"""Somebody wrote each of these."""


def of(patient: UUID, what: str) -> str:
    return str(uuid5(patient, what))


async def begun(world: World) -> None:
    await world.done("operator", "care", "/v1/clinics", CARE["registerClinic"])
    await world.done("admin", "care", "/v1/therapists", {"id": str(ANNA), "name": "Anna Keller"})
    for patient, name in ((MASHA, "Masha Orlova"), (LEV, "Lev Orlova")):
        await _in_care(world, patient, name)
    await world.all_hear()
    for who, patient in (("masha", MASHA), ("lev", LEV)):
        await _treated(world, who, patient)
    await world.all_hear()


async def _in_care(world: World, patient: UUID, name: str) -> None:
    await world.done("admin", "care", "/v1/patients", {"id": str(patient), "name": name})
    pair = {"id": of(patient, "pair"), "patient_id": str(patient), "therapist_id": str(ANNA)}
    await world.done("admin", "care", "/v1/care-relationships", pair)


async def _treated(world: World, who: str, patient: UUID) -> None:
    session = {
        **CARE["scheduleSession"],
        "id": of(patient, "session"),
        "patient_id": str(patient),
    }
    await world.done("anna", "care", "/v1/sessions", session)
    await world.all_hear()
    goal = {**HOMEWORK["setGoal"], "id": of(patient, "goal"), "patient_id": str(patient)}
    await world.done("anna", "assignment", "/v1/goals", goal)
    homework = {
        **HOMEWORK["createAssignment"],
        "id": of(patient, "homework"),
        "patient_id": str(patient),
        "created_in_session_id": of(patient, "session"),
    }
    await world.done("anna", "assignment", "/v1/assignments", homework)
    await world.done(who, "diary", "/v1/entries", entry(patient, "shared", "shared"))
    await world.done(who, "diary", "/v1/entries", entry(patient, "private", "private"))
    consent = {"patient_id": str(patient), "scope": "analytics", "purpose": "service_evaluation"}
    await world.done(who, "care", "/v1/consents", consent)
    await world.all_hear()
    review = {"assignment_id": of(patient, "homework"), "session_id": of(patient, "session")}
    await world.done("anna", "review", "/v1/reviews", review)


def entry(patient: UUID, what: str, visibility: str) -> dict[str, Any]:
    told = {key: value for key, value in DIARY["recordEntry"].items() if key != "occurred_at"}
    return {
        **told,
        "id": of(patient, what),
        "patient_id": str(patient),
        "assignment_id": of(patient, "homework"),
        "experienced_at": {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:10:00Z"},
        "visibility": visibility,
        "notes": "This is for myself alone." if visibility == "private" else "To look at together.",
    }


CLINIC_ID = str(CLINIC)
