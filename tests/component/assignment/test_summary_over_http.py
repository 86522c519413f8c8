"""The written summary over HTTP (C17): issued, viewed, and read in three forms."""

from hashlib import sha256
from typing import Any

import pytest

from libs.access.relationships import KnownPatient
from libs.testing.cast import ANNA, MASHA
from services.assignment.examples import REQUESTS
from tests.component.assignment.homework import HERE, Homework

SUMMARY = f"{HERE}/summary"


async def issued(homework: Homework, name: str = "anna", **said: Any) -> Any:
    answer = await homework.post(name, f"{HERE}/summaries", said)
    assert answer.is_success, answer.text
    return answer


async def test_c17_it_is_issued_in_the_patients_language(homework: Homework) -> None:
    await homework.active()
    homework.known.patients[MASHA] = KnownPatient(
        patient_id=MASHA, zone="Europe/London", locale="es-ES"
    )
    await issued(homework)
    shown = await homework.shown("masha", SUMMARY)
    assert (shown["locale"], shown["summary_version"], shown["outdated"]) == ("es", 1, False)
    assert "## Por qué" in shown["body_markdown"]
    assert (
        "I want to have decent relationships with the people around me." in (shown["body_markdown"])
    )
    assert shown["sha256"] == sha256(shown["body_markdown"].encode()).hexdigest()
    await issued(homework, locale="en-GB")
    assert "## Why" in (await homework.shown("masha", SUMMARY))["body_markdown"]


async def test_c17_asked_for_again_it_is_the_same_until_the_plan_is_another(
    homework: Homework,
) -> None:
    await homework.active()
    assert (await issued(homework)).status_code == 201
    assert (await issued(homework, name="masha")).status_code == 200
    plan = {**REQUESTS["specifyPlan"], "duration_min": 20}
    await homework.done("anna", f"{HERE}/plans", plan)
    assert (await homework.shown("masha", SUMMARY))["outdated"]
    assert (await issued(homework)).status_code == 201
    shown = await homework.shown("masha", SUMMARY)
    assert (shown["summary_version"], shown["outdated"]) == (2, False)
    assert [each["plan_version"] for each in shown["versions"]] == [1, 2]
    assert "20 minutes" in shown["body_markdown"]


async def test_c17_the_patient_says_that_they_have_seen_it(homework: Homework) -> None:
    await homework.active()
    await issued(homework)
    views = f"{HERE}/summary-views"
    assert await homework.code("masha", views, {"summary_version": 2}) == (422, "summary-unknown")
    assert await homework.code("anna", views, {"summary_version": 1}) == (403, "role-not-allowed")
    assert (await homework.shown("anna", SUMMARY))["viewed_at"] is None
    await homework.done("masha", views, {"summary_version": 1})
    shown = await homework.shown("anna", SUMMARY)
    assert shown["viewed_at"] == shown["versions"][0]["viewed_at"] is not None
    assert (await homework.post("masha", views, {"summary_version": 1})).status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html;q=0.3, text/markdown;q=0.9", "text/markdown; charset=utf-8"),
        ("*/*", "application/json"),
        ("text/html;q=0", "application/json"),
        ("image/png, nonsense", "application/json"),
    ],
)
async def test_c17_it_is_read_in_the_form_that_is_asked_for(
    homework: Homework, accept: str, kind: str
) -> None:
    await homework.active()
    await issued(homework)
    answer = await homework.get("masha", SUMMARY, Accept=accept)
    assert answer.headers["content-type"] == kind
    assert (answer.headers["vary"], answer.headers["cache-control"]) == ("accept", "no-store")
    assert "decent relationships begin" in answer.text


async def test_c17_the_page_runs_nothing(homework: Homework) -> None:
    await homework.active()
    await issued(homework)
    answer = await homework.get("masha", SUMMARY, Accept="text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; sandbox")
    assert "<script" not in answer.text


async def test_the_markdown_is_what_was_signed_for(homework: Homework) -> None:
    await homework.active()
    await issued(homework)
    shown = await homework.shown("masha", SUMMARY)
    answer = await homework.get("masha", SUMMARY, Accept="text/markdown")
    assert answer.text == shown["body_markdown"]


async def test_where_none_was_issued_there_is_nothing_to_read(homework: Homework) -> None:
    await homework.active()
    assert (await homework.get("masha", SUMMARY)).status_code == 404
    await issued(homework)
    early = await homework.get("masha", f"{SUMMARY}?as_of=2020-01-01T00:00:00Z")
    assert early.status_code == 404


@pytest.mark.parametrize("accept", ["application/json", "text/markdown", "text/html"])
async def test_others_find_nothing_in_any_form(homework: Homework, accept: str) -> None:
    await homework.active()
    await issued(homework)
    for name in ("boris", "lev"):
        answer = await homework.get(name, SUMMARY, Accept=accept)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert await homework.code(name, f"{HERE}/summaries", {}) == (404, "not-found")


@pytest.mark.parametrize("accept", ["application/json", "text/markdown", "text/html"])
async def test_every_read_leaves_its_record(homework: Homework, accept: str) -> None:
    await homework.active()
    await issued(homework)
    await homework.get("anna", SUMMARY, Accept=accept)
    record = homework.audit.records[-1]
    assert (record.action, record.verb, record.outcome) == ("summary", "read", "done")
    assert (record.person_id, record.patients, record.reasons) == (ANNA, (MASHA,), ("treatment",))
