"""A hospital's own system keeps people here as it has them, by its own numbers."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from libs.access.identifying import KnownIdentifiers
from libs.eventstore.pool import open_pool
from libs.testing.audit import MemoryAudit
from libs.testing.cast import CLINIC, LEV, MASHA
from libs.testing.databases import Database
from libs.testing.web import client
from services.care.examples import REQUESTS
from tests.component.callers import a_store
from tests.component.care.test_care_over_http import Care

HOSPITAL = "https://hospital.example/numbers"
MASHAS = {"name": "Masha Orlova", "zone": "Europe/London", "locale": "en-GB"}


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
async def care(either: Database | None, audit: MemoryAudit) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        if either is None:
            yield Care(store, audit)
            return
        pool = await open_pool(either.url_as("care_app"), size=4)
        yield Care(store, audit, KnownIdentifiers(pool, key=b"a key"))
        await pool.close()


def numbered(value: str, *, kind: str = "patients", system: str = HOSPITAL) -> str:
    return f"/v1/{kind}/by-identifier/{quote(system, safe='')}/{quote(value, safe='')}"


async def put(
    care: Care, path: str, body: Mapping[str, Any], *, name: str = "integrator"
) -> httpx.Response:
    async with client(care.app, name) as browser:
        return await browser.put(path, json=body)


async def opened(care: Care) -> None:
    await care.done("operator", "/v1/clinics", REQUESTS["registerClinic"])


async def test_who_is_new_here_is_registered_under_their_number(care: Care) -> None:
    await opened(care)
    answer = await put(care, numbered("943/476"), MASHAS)
    told = answer.json()
    assert (answer.status_code, told["outcome"], told["changed"]) == (201, "created", [])
    assert answer.headers["location"] == f"/v1/patients/{told['id']}"
    shown = await care.get("integrator", answer.headers["location"])
    assert (shown.json()["name"], shown.headers["etag"]) == ("Masha Orlova", f'"{told["version"]}"')
    assert shown.json()["identifiers"] == [{"system": HOSPITAL, "value": "943/476"}]


async def test_what_is_told_twice_changes_nothing(care: Care) -> None:
    await opened(care)
    first = (await put(care, numbered("943"), MASHAS)).json()
    again = await put(care, numbered("943"), MASHAS)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    assert (again.json()["id"], again.json()["version"]) == (first["id"], first["version"])


async def test_what_differs_is_changed_and_said(care: Care) -> None:
    await opened(care)
    first = (await put(care, numbered("943"), MASHAS)).json()
    moved = {"name": "Masha Orlova-Reid", "zone": "Europe/Madrid"}
    answer = (await put(care, numbered("943"), moved)).json()
    assert (answer["id"], answer["outcome"]) == (first["id"], "changed")
    assert answer["changed"] == ["name", "zone"]
    seen = await care.shown("integrator", f"/v1/patients/{first['id']}")
    assert (seen["name"], seen["zone"], seen["locale"]) == (
        "Masha Orlova-Reid",
        "Europe/Madrid",
        "en-GB",
    )


async def test_the_same_number_of_another_system_or_kind_is_somebody_else(care: Care) -> None:
    await opened(care)
    paths = [
        numbered("7"),
        numbered("7", system="urn:other"),
        numbered("7", kind="therapists"),
    ]
    answers = [(await put(care, path, {"name": "Somebody"})).json() for path in paths]
    assert [each["outcome"] for each in answers] == ["created"] * 3
    assert len({each["id"] for each in answers}) == 3


async def test_a_therapist_is_kept_by_their_number_too(care: Care) -> None:
    await opened(care)
    path = numbered("T-42", kind="therapists")
    first = (await put(care, path, {"name": "Anna Keller"})).json()
    answer = (await put(care, path, {"name": "Anna Brandt"})).json()
    assert (answer["id"], answer["changed"]) == (first["id"], ["name"])
    assert (await put(care, path, {"name": "Anna Brandt"})).json()["outcome"] == "unchanged"


async def test_whoever_died_halfway_is_finished_by_telling_it_again(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number was taken, and nobody was registered yet."""
    await opened(care)
    create = care.keyring.create_subject

    async def dies(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(care.keyring, "create_subject", dies)
    assert (await put(care, numbered("943"), MASHAS)).status_code == 500
    monkeypatch.setattr(care.keyring, "create_subject", create)
    answer = await put(care, numbered("943"), MASHAS)
    assert answer.json()["outcome"] == "created"
    assert (await put(care, numbered("943"), MASHAS)).json()["id"] == answer.json()["id"]


async def test_somebody_who_is_here_is_given_a_number_and_found_by_it(care: Care) -> None:
    await care.opened()
    her = f"/v1/patients/{MASHA}/identifiers"
    number = {"system": HOSPITAL, "value": "943"}
    await care.done("integrator", her, number)
    again = await care.post("integrator", her, number)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert (await put(care, numbered("943"), {"name": "Masha Orlova"})).json()["id"] == str(MASHA)


async def test_a_number_leads_to_one_person(care: Care) -> None:
    await care.opened()
    await care.done("admin", "/v1/patients", {"id": str(LEV), "name": "Lev"})
    number = {"system": HOSPITAL, "value": "943"}
    await care.done("integrator", f"/v1/patients/{MASHA}/identifiers", number)
    answer = await care.post("integrator", f"/v1/patients/{LEV}/identifiers", number)
    assert (answer.status_code, answer.json()["code"]) == (409, "identifier-taken")
    assert "943" not in answer.text


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (numbered("943"), {}, (422, "invalid-request")),
        (numbered("943"), {"name": "Masha", "id": str(UUID(int=1))}, (422, "invalid-request")),
        (numbered("943"), {"name": "Masha", "zone": "Mars"}, (422, "invalid-request")),
        (numbered("9" * 121), MASHAS, (422, "invalid-request")),
        (numbered("\x00"), MASHAS, (422, "invalid-request")),
        (numbered("943", system="a b"), MASHAS, (422, "invalid-request")),
        ("/v1/patients/by-identifier/urn:x", MASHAS, (404, "not-found")),
        ("/v1/patients/by-identifier/urn:x/1/2", MASHAS, (404, "not-found")),
        ("/v1/patients/by-identifier/urn:x/%ff", MASHAS, (404, "not-found")),
    ],
)
async def test_what_is_no_number_or_nobody_is_refused(
    care: Care, path: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    await opened(care)
    answer = await put(care, path, body)
    assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize("name", ["anna", "masha", "operator"])
async def test_nobody_else_keeps_people_by_numbers(care: Care, name: str) -> None:
    await opened(care)
    answer = await put(care, numbered("943"), MASHAS, name=name)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_only_what_is_put_stands_there(care: Care) -> None:
    answer = await care.post("integrator", numbered("943"), MASHAS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "PUT")


async def test_each_leaves_a_record_of_who_and_of_whom_never_by_what_number(
    care: Care, audit: MemoryAudit
) -> None:
    await opened(care)
    told = (await put(care, numbered("943"), MASHAS)).json()
    await put(care, numbered("943"), MASHAS)
    await put(care, numbered("943"), MASHAS, name="anna")
    records = [each for each in audit.records if each.action == "upsertPatient"]
    assert [each.outcome for each in records] == ["done", "already-so", "role-not-allowed"]
    assert [each.patients for each in records] == [(UUID(told["id"]),)] * 2 + [()]
    assert all(each.verb == "write" and "943" not in repr(each) for each in records)


@pytest.mark.postgres
async def test_kept_is_a_digest_within_one_clinic_and_no_number(own_database: Database) -> None:
    pool = await open_pool(own_database.url_as("care_app"), size=1)
    known = KnownIdentifiers(pool, key=b"a key")
    whose = ("patient", HOSPITAL, "943")
    assert await known.take(CLINIC, *whose, thing_id=MASHA, patient_id=MASHA) == MASHA
    assert await known.take(CLINIC, *whose, thing_id=LEV, patient_id=LEV) == MASHA
    elsewhere = uuid4()
    assert await known.find(elsewhere, *whose) is None
    assert await known.take(elsewhere, *whose, thing_id=LEV, patient_id=LEV) == LEV
    other_key = KnownIdentifiers(pool, key=b"another key")
    assert await other_key.find(CLINIC, *whose) is None
    await pool.close()
