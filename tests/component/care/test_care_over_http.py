"""The story's care: a clinic, its people, a relationship, three sessions, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from libs.access.identifying import Identifiers
from libs.audit.keeping import Audit
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.identifiers import MemoryIdentifiers
from libs.testing.keyring import MemoryKeyring
from libs.testing.web import Known, edge
from libs.web.service import create_service_app
from services.care import api, wire
from services.care.erasing_api import Erasing
from services.care.examples import REQUESTS
from tests.component.callers import NAMES, Callers, a_store, desk
from tests.component.care.kept_agenda import HeardOf


class Care(Callers):
    """Nobody treats anybody until this service has heard of it (`known`)."""

    def __init__(
        self, store: Any, audit: Audit | None = None, identifiers: Identifiers | None = None
    ) -> None:
        self.known = Known(treating=set())
        self.keyring = MemoryKeyring()
        self.agenda = HeardOf()
        here = replace(edge(known=self.known, names=NAMES, audit=audit), service="care")
        routes = api.routes(
            here,
            clinics=desk(wire.clinics, store),
            therapists=desk(wire.therapists, store),
            patients=desk(wire.patients, store),
            relationships=desk(wire.relationships, store),
            supervisions=desk(wire.supervisions, store),
            sessions=desk(wire.sessions, store),
            series=desk(wire.series, store),
            agenda=self.agenda,
            groups=desk(wire.groups, store),
            consents=desk(wire.consents, store),
            departures=desk(wire.departures, store),
            records_windows=desk(wire.records_windows, store),
            erasing=Erasing(
                policies=desk(wire.policies, store),
                erasures=desk(wire.erasures, store),
                private_texts=desk(wire.private_texts, store),
            ),
            identifiers=identifiers or MemoryIdentifiers(),
            keyring=self.keyring,
        )
        super().__init__(
            create_service_app(
                "Care",
                "Who works with whom.",
                here,
                [routes],
                statuses=api.STATUSES,
                examples=REQUESTS,
            )
        )

    async def opened(self) -> None:
        await self.done("operator", "/v1/clinics", REQUESTS["registerClinic"])
        await self.done("admin", "/v1/therapists", REQUESTS["registerTherapist"])
        await self.done("admin", "/v1/patients", REQUESTS["registerPatient"])

    async def in_care(self) -> None:
        await self.opened()
        await self.done("admin", "/v1/care-relationships", REQUESTS["beginCareRelationship"])
        self.known.treating.add((CLINIC, ANNA, MASHA))

    async def scheduled(self) -> str:
        await self.in_care()
        answer = await self.done("anna", "/v1/sessions", REQUESTS["scheduleSession"])
        return f"/v1/sessions/{answer['id']}"


@pytest.fixture
async def care(either: Database | None) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        yield Care(store)


async def test_an_operator_opens_the_clinic_that_the_token_names(care: Care) -> None:
    answer = await care.done("operator", "/v1/clinics", REQUESTS["registerClinic"])
    assert answer["id"] == str(CLINIC)
    seen = await care.shown("masha", f"/v1/clinics/{CLINIC}")
    assert (seen["zone"], seen["session_length_min"]) == ("Europe/London", 50)


async def test_an_operator_opens_no_other_clinic(care: Care) -> None:
    answer = await care.post(
        "operator", "/v1/clinics", {**REQUESTS["registerClinic"], "id": str(OTHER_CLINIC)}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "not-this-tokens-clinic")


async def test_nobody_is_registered_before_the_clinic(care: Care) -> None:
    answer = await care.post("admin", "/v1/patients", REQUESTS["registerPatient"])
    assert (answer.status_code, answer.json()["code"]) == (409, "clinic-not-registered")


async def test_people_get_keys_before_their_names_are_sealed(care: Care) -> None:
    await care.opened()
    keys = await care.keyring.find(list(care.keyring._keys))
    assert {name.subject_id for name in keys} == {ANNA, MASHA}
    assert (await care.shown("masha", f"/v1/patients/{MASHA}"))["name"] == "Masha Orlova"


async def test_a_patient_lives_where_the_clinic_is_unless_told(care: Care) -> None:
    await care.opened()
    await care.done("integrator", "/v1/patients", {"id": str(LEV), "name": "Lev"})
    assert (await care.shown("lev", f"/v1/patients/{LEV}"))["zone"] == "Europe/London"


async def test_registering_again_is_already_so_and_otherwise_is_refused(care: Care) -> None:
    await care.opened()
    again = await care.post("admin", "/v1/patients", REQUESTS["registerPatient"])
    assert (again.status_code, again.json()["version"]) == (200, 1)
    moved = {**REQUESTS["registerPatient"], "zone": "America/Lima"}
    refused = await care.post("admin", "/v1/patients", moved)
    assert (refused.status_code, refused.json()["code"]) == (409, "patient-registered-otherwise")


async def test_nobody_is_registered_under_the_id_of_somebody_else(care: Care) -> None:
    """A patient would be taken for a therapist, and go missing from every screen."""
    await care.opened()
    keys = dict(care.keyring._keys)
    as_therapist = {"id": str(MASHA), "name": "Somebody else"}
    refused = await care.post("admin", "/v1/therapists", as_therapist)
    assert (refused.status_code, refused.json()["code"]) == (409, "registered-as-patient")
    as_patient = {"id": str(ANNA), "name": "Somebody else"}
    refused = await care.post("integrator", "/v1/patients", as_patient)
    assert (refused.status_code, refused.json()["code"]) == (409, "registered-as-therapist")
    assert refused.json()["errors"][0]["pointer"] == "/id"
    assert care.keyring._keys == keys


async def test_a_relationship_needs_two_people_who_are_known(care: Care) -> None:
    await care.opened()
    unknown = {**REQUESTS["beginCareRelationship"], "therapist_id": str(BORIS)}
    answer = await care.post("admin", "/v1/care-relationships", unknown)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")
    assert answer.headers["retry-after"] == "1"


async def test_no_therapist_gives_themselves_a_patient(care: Care) -> None:
    await care.opened()
    answer = await care.post("anna", "/v1/care-relationships", REQUESTS["beginCareRelationship"])
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_a_session_is_scheduled_moved_held_and_seen_by_both(care: Care) -> None:
    path = await care.scheduled()
    await care.done("anna", f"{path}/reschedulings", REQUESTS["rescheduleSession"])
    await care.done("anna", f"{path}/starts", REQUESTS["startSession"])
    await care.done("anna", f"{path}/ends", REQUESTS["endSession"])
    seen = await care.shown("masha", path)
    assert seen == await care.shown("anna", path)
    assert (seen["status"], seen["starts_at"], seen["duration_min"]) == (
        "ended",
        "2026-02-26T16:00:00Z",
        50,
    )
    assert (seen["started_at"], seen["ended_at"]) == (
        "2026-02-26T16:02:00Z",
        "2026-02-26T16:51:00Z",
    )


async def test_a_session_that_is_told_late_is_noticed(care: Care) -> None:
    await care.in_care()
    answer = await care.done("anna", "/v1/sessions", REQUESTS["scheduleSession"])
    assert answer["notices"] == [{"code": "session-in-the-past", "pointer": "/starts_at"}]


async def test_a_relationship_ends_and_says_when_and_why(care: Care) -> None:
    await care.in_care()
    begun = REQUESTS["beginCareRelationship"]["id"]
    now = {"reason": "handed_over"}
    await care.done("admin", f"/v1/care-relationships/{begun}/ends", now)
    seen = await care.shown("admin", f"/v1/care-relationships/{begun}")
    assert (seen["end_reason"], seen["ended_at"] > seen["began_at"]) == ("handed_over", True)


async def test_an_end_whose_answer_was_lost_is_answered_again(care: Care) -> None:
    """Whoever ends it must still be allowed to ask what became of that."""
    await care.in_care()
    begun = REQUESTS["beginCareRelationship"]["id"]
    told = f"/v1/care-relationships/{begun}/ends", {"reason": "handed_over"}
    first = await care.post("admin", *told, Idempotency_Key="end")
    care.known.treating.clear()
    again = await care.post("admin", *told, Idempotency_Key="end")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"


async def test_who_began_no_relationship_ends_none(care: Care) -> None:
    await care.in_care()
    begun = REQUESTS["beginCareRelationship"]["id"]
    for name in ("anna", "boris", "masha"):
        answer = await care.post(
            name, f"/v1/care-relationships/{begun}/ends", {"reason": "handed_over"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_a_relationship_does_not_end_before_it_began(care: Care) -> None:
    await care.in_care()
    begun = REQUESTS["beginCareRelationship"]["id"]
    early = {"reason": "other", "occurred_at": "2026-02-12T15:59:59Z"}
    answer = await care.post("admin", f"/v1/care-relationships/{begun}/ends", early)
    code = "relationship-ends-before-it-began"
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_supervision_begins_and_ends(care: Care) -> None:
    await care.opened()
    await care.done("admin", "/v1/supervisions", REQUESTS["beginSupervision"])
    begun = f"/v1/supervisions/{REQUESTS['beginSupervision']['id']}"
    assert (await care.shown("anna", begun))["ended_at"] is None
    await care.done("admin", f"{begun}/ends", {})
    assert (await care.shown("admin", begun))["ended_at"] is not None


async def test_supervision_is_of_a_therapist_who_is_known(care: Care) -> None:
    await care.opened()
    unknown = {**REQUESTS["beginSupervision"], "therapist_id": str(BORIS)}
    answer = await care.post("admin", "/v1/supervisions", unknown)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")


async def test_nobody_appoints_themselves(care: Care) -> None:
    await care.opened()
    answer = await care.post("anna", "/v1/supervisions", REQUESTS["beginSupervision"])
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_who_supervises_whom_is_theirs_to_know(care: Care) -> None:
    await care.opened()
    await care.done("admin", "/v1/supervisions", REQUESTS["beginSupervision"])
    begun = f"/v1/supervisions/{REQUESTS['beginSupervision']['id']}"
    assert (await care.get("boris", begun)).status_code == 404
    assert (await care.get("masha", begun)).json()["code"] == "role-not-allowed"


async def test_a_session_needs_a_care_relationship(care: Care) -> None:
    await care.opened()
    for name in ("anna", "admin"):
        answer = await care.post(name, "/v1/sessions", REQUESTS["scheduleSession"])
        assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")


async def test_whose_session_it_is_must_be_said_by_others(care: Care) -> None:
    await care.in_care()
    body = {k: v for k, v in REQUESTS["scheduleSession"].items() if k != "therapist_id"}
    refused = await care.post("admin", "/v1/sessions", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "therapist-needed")
    await care.done("anna", "/v1/sessions", body)


@pytest.mark.parametrize("name", ["boris", "lev", "stranger"])
async def test_strangers_see_nothing_and_move_nothing(care: Care, name: str) -> None:
    path = await care.scheduled()
    missing = await care.get(name, f"/v1/sessions/{uuid4()}")
    for seen in (path, f"/v1/patients/{MASHA}"):
        answer = await care.get(name, seen)
        assert answer.status_code == 404
        assert _told(answer.json()) == _told(missing.json())
    moved = await care.post(name, f"{path}/reschedulings", REQUESTS["rescheduleSession"])
    assert moved.status_code in {403, 404}


async def test_what_has_begun_does_not_move(care: Care) -> None:
    path = await care.scheduled()
    await care.done("anna", f"{path}/starts", {})
    answer = await care.post("anna", f"{path}/reschedulings", REQUESTS["rescheduleSession"])
    assert (answer.status_code, answer.json()["code"]) == (409, "session-begun")


async def test_masha_consents_withdraws_and_sees_both(care: Care) -> None:
    await care.in_care()
    answer = await care.done("masha", "/v1/consents", REQUESTS["giveConsent"])
    path = f"/v1/consents/{answer['id']}"
    assert (await care.shown("anna", path))["status"] == "given"
    await care.done("masha", f"{path}/withdrawals", {})
    seen = await care.shown("masha", path)
    assert (seen["status"], seen["scope"], seen["given_by"]) == (
        "withdrawn",
        "analytics",
        "patient",
    )


async def test_her_therapist_tells_her_consent_only_by_attesting_it(care: Care) -> None:
    await care.in_care()
    refused = await care.post("anna", "/v1/consents", REQUESTS["giveConsent"])
    assert (refused.status_code, refused.json()["code"]) == (422, "consent-not-attested")
    attested = {**REQUESTS["giveConsent"], "attested": True}
    answer = await care.done("anna", "/v1/consents", attested)
    assert (await care.shown("masha", f"/v1/consents/{answer['id']}"))["given_by"] == "therapist"


async def test_nobody_else_consents_for_her_or_learns_whether_she_did(care: Care) -> None:
    await care.in_care()
    answer = await care.done("masha", "/v1/consents", REQUESTS["giveConsent"])
    for name in ("boris", "lev"):
        told = await care.post(name, "/v1/consents", {**REQUESTS["giveConsent"], "attested": True})
        assert (told.status_code, told.json()["code"]) == (409, "not-known-yet")
        assert (await care.get(name, f"/v1/consents/{answer['id']}")).status_code == 404
    told = await care.post("admin", "/v1/consents", REQUESTS["giveConsent"])
    assert (told.status_code, told.json()["code"]) == (403, "role-not-allowed")


def _told(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "trace_id"}
