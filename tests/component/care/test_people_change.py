"""A clinic's settings, people's details, discharge, death and hand-over, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.databases import Database
from services.care.examples import RELATIONSHIP, REQUESTS
from tests.component.callers import a_store
from tests.component.care.test_care_over_http import Care

HERE = f"/v1/clinics/{CLINIC}"
HER = f"/v1/patients/{MASHA}"
THEIRS = f"/v1/care-relationships/{RELATIONSHIP}"
TOMORROW = {"starts_at": {"local": "2026-03-03T16:00:00", "zone": "Europe/London"}}
HELD = {"starts_at": {"local": "2026-02-20T16:00:00", "zone": "Europe/London"}}


@pytest.fixture
async def care(either: Database | None) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        yield Care(store)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def meeting(when: dict[str, Any]) -> dict[str, Any]:
    return {"patient_id": str(MASHA), "therapist_id": str(ANNA), **when}


# --- The clinic. ---


async def test_everybody_of_a_clinic_sees_what_it_changed(care: Care) -> None:
    await care.opened()
    change = REQUESTS["changeClinicSettings"]
    await care.done("admin", f"{HERE}/settings", change)
    seen = await care.shown("masha", HERE)
    assert {name: seen[name] for name in change} == change
    assert (seen["zone"], seen["session_length_min"]) == ("Europe/London", 50)


async def test_two_admins_do_not_overwrite_each_other(care: Care) -> None:
    await care.opened()
    path, shorter = f"{HERE}/settings", {"session_length_min": 45}
    assert (await care.post("admin", path, shorter, If_Match='"1"')).status_code == 201
    late = await care.post("admin", path, {"session_length_min": 60}, If_Match='"1"')
    assert late.status_code == 412
    assert (await care.shown("admin", HERE))["session_length_min"] == 45


async def test_a_session_lasts_as_long_as_the_clinic_says_by_now(care: Care) -> None:
    await care.in_care()
    await care.done("admin", f"{HERE}/settings", {"session_length_min": 45})
    answer = await care.done("anna", "/v1/sessions", meeting(TOMORROW))
    assert (await care.shown("anna", f"/v1/sessions/{answer['id']}"))["duration_min"] == 45


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"low_confidence_threshold": 1.1}, "invalid-request"),
        ({"session_length_min": 5}, "invalid-request"),
        ({"zone": "Mars/Olympus"}, "invalid-request"),
        ({"response_expectation": " "}, "invalid-request"),
        ({"crisis_texts": [{"locale": "en-GB", "text": "x" * 1001}]}, "invalid-request"),
        ({"crisis_texts": [{"locale": "en-GB", "text": "Call."}] * 2}, "crisis-text-twice"),
    ],
)
async def test_a_clinic_cannot_agree_on_anything(
    care: Care, change: dict[str, Any], expected: str
) -> None:
    await care.opened()
    assert code(await care.post("admin", f"{HERE}/settings", change)) == (422, expected)


async def test_nobody_but_its_admin_changes_a_clinic(care: Care) -> None:
    await care.opened()
    for name in ("anna", "masha", "integrator", "operator"):
        answer = await care.post(name, f"{HERE}/settings", {"rationale_gate": True})
        assert code(answer) == (403, "role-not-allowed")
    other = await care.post("admin", f"/v1/clinics/{OTHER_CLINIC}/settings", {})
    assert code(other) == (404, "not-found")


async def test_who_was_registered_before_a_clinic_moved_is_registered_still(care: Care) -> None:
    await care.opened()
    lev = {"id": str(LEV), "name": "Lev"}
    await care.done("admin", "/v1/patients", lev)
    await care.done("admin", f"{HERE}/settings", {"zone": "Europe/Dublin", "locale": "en-IE"})
    again = await care.post("admin", "/v1/patients", lev)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert (await care.shown("lev", f"/v1/patients/{LEV}"))["zone"] == "Europe/London"
    moved = await care.post("admin", "/v1/patients", {**lev, "zone": "America/Lima"})
    assert code(moved) == (409, "patient-registered-otherwise")


# --- People. ---


async def test_a_patient_has_a_name_and_a_language_of_their_own(care: Care) -> None:
    await care.opened()
    await care.done("masha", f"{HER}/details", REQUESTS["changePatientDetails"])
    seen = await care.shown("masha", HER)
    assert (seen["name"], seen["locale"]) == ("Masha Orlova-Reid", "es-ES")


async def test_where_a_patient_has_lived_stays_known(care: Care) -> None:
    await care.in_care()
    away = {"zone": "Europe/Madrid", "reason": "travelling", "occurred_at": "2026-02-01T08:00:00Z"}
    await care.done("masha", f"{HER}/zones", away)
    back = {"zone": "Europe/London", "reason": "travelling", "occurred_at": "2026-02-09T08:00:00Z"}
    await care.done("anna", f"{HER}/zones", back)
    seen = await care.shown("masha", HER)
    assert [each["zone"] for each in seen["zones"]] == [
        *("Europe/London", "Europe/Madrid", "Europe/London")
    ]
    assert (seen["zone"], seen["zones"][1]["since"]) == ("Europe/London", "2026-02-01T08:00:00Z")
    late = await care.post("masha", f"{HER}/zones", {**away, "zone": "Asia/Tokyo"})
    assert code(late) == (422, "zone-changed-since")


async def test_a_therapist_goes_by_another_name(care: Care) -> None:
    await care.opened()
    path = f"/v1/therapists/{ANNA}"
    await care.done("admin", f"{path}/details", REQUESTS["changeTherapistDetails"])
    assert (await care.shown("boris", path))["name"] == "Anna Keller-Brandt"


async def test_nobody_changes_a_patient_whom_they_do_not_treat(care: Care) -> None:
    await care.in_care()
    for path, body in (
        ("details", {"locale": "es-ES"}),
        ("zones", {"zone": "Asia/Tokyo", "reason": "moved"}),
        ("discharges", {"reason": "other"}),
        ("deaths", {"died_on": "2026-02-20"}),
    ):
        assert code(await care.post("boris", f"{HER}/{path}", body)) == (404, "not-found")


# --- Discharge and death. ---


async def test_who_is_discharged_keeps_what_is_theirs(care: Care) -> None:
    path = await care.scheduled()
    larry = {"assignment_id": str(UUID(int=1)), "outcome": "self_directed"}
    body = {"reason": "therapy_completed", "occurred_at": "2026-03-01T12:00:00Z"}
    await care.done("anna", f"{HER}/discharges", body)
    await care.done("anna", f"{HER}/discharges", {**body, "assignments": [larry]})
    discharge = {
        "discharged_at": "2026-03-01T12:00:00Z",
        "reason": "therapy_completed",
        "assignments": [larry],
    }
    assert (await care.shown("masha", HER))["discharge"] == discharge
    assert (await care.shown("masha", path))["status"] == "scheduled"
    await care.done("anna", f"{HER}/readmissions", {})
    assert (await care.shown("masha", HER))["discharge"] is None


async def test_nobody_meets_a_patient_who_has_died_until_that_is_corrected(care: Care) -> None:
    await care.in_care()
    await care.done("anna", f"{HER}/deaths", {"died_on": "2026-02-27"})
    assert (await care.shown("admin", HER))["died_on"] == "2026-02-27"
    refused = await care.post("anna", "/v1/sessions", meeting(TOMORROW))
    assert code(refused) == (409, "patient-has-died")
    await care.done("anna", "/v1/sessions", meeting(HELD))
    await care.done("anna", f"{HER}/death-corrections", {})
    assert (await care.shown("masha", HER))["died_on"] is None
    await care.done("anna", "/v1/sessions", meeting(TOMORROW))


# --- Hand-over. ---


async def with_boris(care: Care) -> None:
    await care.in_care()
    await care.done("admin", "/v1/therapists", {"id": str(BORIS), "name": "Boris Weil"})


def to(therapist: UUID, relationship: int = 2) -> dict[str, Any]:
    named = {"to_relationship_id": str(UUID(int=relationship)), "to_therapist_id": str(therapist)}
    return {**named, "reason": "therapist_left", "occurred_at": "2026-03-01T12:00:00Z"}


async def test_care_is_handed_over_and_says_who_goes_on(care: Care) -> None:
    await with_boris(care)
    answer = await care.done("admin", f"{THEIRS}/hand-overs", to(BORIS))
    assert answer["id"] == str(UUID(int=2)), "what can be read next"
    seen = await care.shown("admin", THEIRS)
    assert (seen["ended_at"], seen["end_reason"]) == ("2026-03-01T12:00:00Z", "handed_over")
    assert seen["handed_over_to"] == {
        "relationship_id": str(UUID(int=2)),
        "therapist_id": str(BORIS),
        "reason": "therapist_left",
    }


async def test_care_is_handed_over_only_to_somebody_who_works_here(care: Care) -> None:
    await with_boris(care)
    path = f"{THEIRS}/hand-overs"
    assert code(await care.post("admin", path, to(UUID(int=7)))) == (409, "not-known-yet")
    assert code(await care.post("admin", path, to(ANNA))) == (422, "handed-over-to-themselves")
    await care.done("admin", "/v1/departures", {"person_id": str(BORIS)})
    assert code(await care.post("admin", path, to(BORIS))) == (409, "successor-has-left")


async def test_nobody_goes_on_under_an_id_that_is_taken(care: Care) -> None:
    """Else the relationship of whoever goes on could never begin."""
    await with_boris(care)
    taken = {**to(BORIS), "to_relationship_id": str(RELATIONSHIP)}
    answer = await care.post("admin", f"{THEIRS}/hand-overs", taken)
    assert code(answer) == (409, "successor-begun-otherwise")
    assert answer.json()["errors"][0]["pointer"] == "/to_relationship_id"


async def test_no_therapist_hands_patients_over_by_themselves(care: Care) -> None:
    await with_boris(care)
    answer = await care.post("anna", f"{THEIRS}/hand-overs", to(BORIS))
    assert code(answer) == (403, "role-not-allowed")
