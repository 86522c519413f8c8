"""The clinic's catalogue over HTTP: who keeps it, who reads it, and what homework takes from it."""

from typing import Any
from uuid import uuid4

import pytest

from libs.access.relationships import KnownPatient
from libs.testing.cast import MASHA
from services.assignment.examples import INTERPERSONAL_SKILLS, REQUESTS
from tests.component.assignment.homework import Homework

TEMPLATE = REQUESTS["publishTemplate"]["id"]
HERE = f"/v1/templates/{TEMPLATE}"
GIVEN = {"patient_id": str(MASHA)}


async def published(homework: Homework) -> None:
    await homework.told("anna", "/v1/templates", "publishTemplate", "2026-02-20T09:00:00Z")


async def revised(homework: Homework) -> None:
    await homework.told("anna", f"{HERE}/revisions", "reviseTemplate", "2026-02-21T09:00:00Z")


async def made_from(homework: Homework, version: int = 1, **said: Any) -> Any:
    body = {**GIVEN, "template_ref": {"id": TEMPLATE, "version": version}, **said}
    answer = await homework.done("anna", "/v1/homework", body)
    return await homework.shown("anna", f"/v1/assignments/{answer['id']}")


async def test_a_clinics_template_is_read_with_all_its_versions(homework: Homework) -> None:
    await published(homework)
    await revised(homework)
    shown = await homework.shown("admin", HERE)
    assert (shown["version"], shown["status"], shown["built_in"]) == (2, "published", False)
    assert [each["version"] for each in shown["versions"]] == [1, 2]
    assert [each["locale"] for each in shown["texts"]] == ["en-GB", "es"]
    assert shown["versions"][0]["default_plan"] is None
    assert shown["default_plan"]["obstacles"][0]["category"] == "motivation"
    await homework.told("admin", f"{HERE}/retirements", "retireTemplate", "2026-02-22T09:00:00Z")
    retired = await homework.shown("integrator", HERE)
    assert (retired["status"], retired["retired_at"]) == ("retired", "2026-02-22T09:00:00Z")


async def test_a_template_is_read_as_it_was(homework: Homework) -> None:
    await published(homework)
    before = await homework.get("anna", f"{HERE}?as_of=2020-01-01T00:00:00Z")
    now = await homework.get("anna", f"{HERE}?as_of=2199-01-01T00:00:00Z")
    assert (before.status_code, now.status_code) == (404, 200)


async def test_a_built_in_template_is_there_in_every_clinic(homework: Homework) -> None:
    here = f"/v1/templates/{INTERPERSONAL_SKILLS}"
    answer = await homework.get("anna", here)
    shown = answer.json()
    assert (answer.headers["etag"], shown["built_in"], shown["version"]) == ('"1"', True, 1)
    assert {each["locale"] for each in shown["texts"]} == {"en", "es"}
    assert (await homework.get("anna", here, If_None_Match='"1"')).status_code == 304
    old = await homework.get("anna", f"{here}?as_of=2020-01-01T00:00:00Z")
    assert old.status_code == 404


async def test_a_built_in_template_is_nobodys_to_change(homework: Homework) -> None:
    here = f"/v1/templates/{INTERPERSONAL_SKILLS}"
    again = {**REQUESTS["publishTemplate"], "id": INTERPERSONAL_SKILLS}
    assert await homework.code("anna", "/v1/templates", again) == (
        409,
        "template-already-published",
    )
    for path, operation in (("revisions", "reviseTemplate"), ("retirements", "retireTemplate")):
        body = REQUESTS[operation]
        assert await homework.code("anna", f"{here}/{path}", body) == (404, "not-found")


@pytest.mark.parametrize("here", [HERE, f"/v1/templates/{INTERPERSONAL_SKILLS}"])
async def test_a_patient_reads_homework_and_not_the_catalogue(
    homework: Homework, here: str
) -> None:
    await published(homework)
    answer = await homework.get("masha", here)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    body = REQUESTS["reviseTemplate"]
    assert await homework.code("masha", f"{here}/revisions", body) == (403, "role-not-allowed")


async def test_c01_homework_takes_over_what_its_request_leaves_out(homework: Homework) -> None:
    await published(homework)
    await revised(homework)
    made = await made_from(homework, version=2)
    assert made["title"] == "Small talk at work"
    assert made["template_ref"] == {"id": TEMPLATE, "version": 2}
    assert made["worksheet"] == "interpersonal_practice"
    assert made["plans"][0]["plan"]["frequency"] == {"count": 3, "per": "between_sessions"}
    assert made["plans"][0]["plan"]["zone"] == "Europe/London"
    own = await made_from(homework, version=2, title="Larry", plan={"duration_min": 7})
    assert (own["title"], own["plans"][0]["plan"]["duration_min"]) == ("Larry", 7)


async def test_c01_in_the_patients_language(homework: Homework) -> None:
    await published(homework)
    spanish = KnownPatient(patient_id=MASHA, zone="Europe/Madrid", locale="es-ES")
    homework.known.patients[MASHA] = spanish
    assert (await made_from(homework))["title"] == "Charla breve en el trabajo"


async def test_t1_editing_a_template_touches_nothing_that_was_made_from_it(
    homework: Homework,
) -> None:
    await published(homework)
    made = await made_from(homework)
    await revised(homework)
    await homework.told("anna", f"{HERE}/retirements", "retireTemplate", "2026-02-22T09:00:00Z")
    assert await homework.shown("anna", f"/v1/assignments/{made['id']}") == made


async def test_c01_an_unknown_or_retired_template_is_refused_with_its_place(
    homework: Homework,
) -> None:
    await published(homework)
    for ref in ({"id": str(uuid4()), "version": 1}, {"id": TEMPLATE, "version": 2}):
        body = {**GIVEN, "template_ref": ref}
        answer = await homework.post("anna", "/v1/assignments", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "template-unknown")
        assert answer.json()["errors"][0]["pointer"] == "/template_ref"
    await homework.told("anna", f"{HERE}/retirements", "retireTemplate", "2026-02-22T09:00:00Z")
    body = {**GIVEN, "template_ref": {"id": TEMPLATE, "version": 1}}
    assert await homework.code("anna", "/v1/homework", body) == (409, "template-left-catalogue")


async def test_homework_has_a_title_of_its_own_or_of_its_template(homework: Homework) -> None:
    answer = await homework.post("anna", "/v1/assignments", GIVEN)
    assert (answer.status_code, answer.json()["code"]) == (422, "title-missing")
    assert answer.json()["errors"][0]["pointer"] == "/title"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"texts": []}, "invalid-request"),
        ({"texts": [{"locale": "english", "title": "x"}]}, "invalid-request"),
        ({"texts": [{"locale": "en", "title": " "}]}, "invalid-request"),
        ({"worksheet": "Worry Diary"}, "invalid-request"),
        ({"procedure_tags": ["hypnosis"]}, "invalid-request"),
        ({"procedure_tags": ["experiment", "experiment"]}, "tag-repeated"),
        ({"texts": [{"locale": "en", "title": "x"}] * 2}, "locale-repeated"),
    ],
)
async def test_what_a_template_may_not_say_is_refused_by_its_code(
    homework: Homework, change: dict[str, Any], code: str
) -> None:
    body = {**REQUESTS["publishTemplate"], **change}
    assert await homework.code("anna", "/v1/templates", body) == (422, code)
