"""Masha consents to treatment and to sharing, over HTTP; who is concerned sees since when."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from libs.testing.databases import Database
from services.care.examples import REQUESTS, SHARING_CONSENT, TREATMENT_CONSENT
from tests.component.callers import a_store
from tests.component.care.test_care_over_http import Care

TREATMENT = REQUESTS["consentToTreatment"]
SHARING = REQUESTS["consentToSharing"]
HERS = f"/v1/consents/{TREATMENT_CONSENT}"
NINAS = f"/v1/consents/{SHARING_CONSENT}"


@pytest.fixture
async def care(either: Database | None) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        made = Care(store)
        await made.in_care()
        yield made


async def test_she_agrees_withdraws_and_all_of_it_can_be_read(care: Care) -> None:
    answer = await care.done("masha", "/v1/treatment-consents", TREATMENT)
    assert answer["id"] == str(TREATMENT_CONSENT)
    await care.done("masha", f"{HERS}/withdrawals", {"occurred_at": "2026-02-25T10:00:00Z"})
    for name in ("masha", "anna"):
        seen = await care.shown(name, HERS)
        assert (seen["scope"], seen["status"]) == ("treatment", "withdrawn")
        assert [(step["status"], step["by"], step["at"]) for step in seen["history"]] == [
            ("given", "patient", "2026-02-12T16:05:00Z"),
            ("withdrawn", "patient", "2026-02-25T10:00:00Z"),
        ]
        assert seen["history"][0]["text_version"] == "treatment-2026-01"


async def test_her_therapist_attests_what_is_on_paper(care: Care) -> None:
    refused = await care.post("anna", "/v1/treatment-consents", TREATMENT)
    assert (refused.status_code, refused.json()["code"]) == (422, "consent-not-attested")
    await care.done("anna", "/v1/treatment-consents", {**TREATMENT, "attested": "on_paper"})
    seen = await care.shown("masha", HERS)
    assert (seen["given_by"], seen["attested"]) == ("therapist", "on_paper")


async def test_a_text_is_named_by_its_reference_and_not_in_words(care: Care) -> None:
    told = {**TREATMENT, "text_version": "Whatever she wanted"}
    refused = await care.post("masha", "/v1/treatment-consents", told)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "not-a-text-version"


async def test_she_names_her_sister(care: Care) -> None:
    await care.done("masha", "/v1/sharing-consents", SHARING)
    seen = await care.shown("anna", NINAS)
    assert seen["shared_with"] == "My sister Nina"
    assert (seen["relation"], seen["until"]) == ("relative", "2026-12-31")
    await care.done("masha", f"{NINAS}/withdrawals", {})
    assert (await care.shown("masha", NINAS))["status"] == "withdrawn"


async def test_another_name_under_the_same_id_is_another_telling(care: Care) -> None:
    """Names are sealed: they are opened and compared when it seems to be already so."""
    await care.done("masha", "/v1/sharing-consents", SHARING)
    other = {**SHARING, "shared_with": "My brother"}
    refused = await care.post("masha", "/v1/sharing-consents", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "told-otherwise")


async def test_nobody_else_agrees_for_her_or_learns_that_she_did(care: Care) -> None:
    await care.done("masha", "/v1/treatment-consents", TREATMENT)
    await care.done("masha", "/v1/sharing-consents", SHARING)
    for name in ("boris", "lev"):
        for path, body in (
            ("/v1/treatment-consents", {**TREATMENT, "attested": "verbal"}),
            ("/v1/sharing-consents", {**SHARING, "attested": "verbal"}),
        ):
            told = await care.post(name, path, body)
            assert (told.status_code, told.json()["code"]) == (409, "not-known-yet")
        for path in (HERS, NINAS):
            assert (await care.get(name, path)).status_code == 404


async def test_nobody_takes_the_place_of_what_she_has_not_yet_said(care: Care) -> None:
    told = {**SHARING, "id": str(TREATMENT_CONSENT)}
    refused = await care.post("masha", "/v1/sharing-consents", told)
    assert (refused.status_code, refused.json()["code"]) == (422, "consent-id-derived")


async def test_who_schedules_is_told_that_she_has_said_no_to_treatment(care: Care) -> None:
    """Not refused: they may meet to talk about it, and the record stays."""
    told = {name: said for name, said in REQUESTS["scheduleSession"].items() if name != "id"}
    await care.done("masha", "/v1/treatment-consents", TREATMENT)
    assert "treatment-consent-withdrawn" not in codes(await care.done("anna", "/v1/sessions", told))
    await care.done("masha", f"{HERS}/withdrawals", {"occurred_at": "2026-02-13T10:00:00Z"})
    answer = await care.done("anna", "/v1/sessions", told)
    assert codes(answer)["treatment-consent-withdrawn"] == "/patient_id"
    await care.done(
        "masha", "/v1/treatment-consents", {**TREATMENT, "occurred_at": "2026-02-14T10:00:00Z"}
    )
    assert "treatment-consent-withdrawn" not in codes(await care.done("anna", "/v1/sessions", told))


def codes(answer: dict[str, Any]) -> dict[str, str]:
    return {notice["code"]: notice["pointer"] for notice in answer["notices"]}
