"""What a service shows: opened for those who may, erased where it is, as it is or as it was."""

from datetime import timedelta

import pytest

from libs.privacy.sealing import SealBroken
from libs.testing.cast import CLINIC, MASHA
from tests.component.web.clinic import MADE, Clinic
from tests.component.web.practice import GIVE, RATE


async def test_private_text_is_stored_sealed_and_shown_opened(clinic: Clinic) -> None:
    place = await clinic.given()
    (given,) = await clinic.store.read(CLINIC, f"practice-{MADE}")
    assert b"Larry" not in given.data
    assert (await clinic.get("masha", place)).json()["title"] == GIVE["title"]


async def test_erased_text_is_shown_as_erased(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.sealer.erase(MASHA)
    assert (await clinic.get("masha", place)).json()["title"] == {"erased": True}


async def test_text_that_does_not_open_is_shown_like_erased_text(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record or a key that somebody changed: the rest of what she may read is still there."""

    async def does_not_open(*_arguments: object, **_named: object) -> None:
        raise SealBroken

    place = await clinic.given()
    monkeypatch.setattr(clinic.sealer, "open", does_not_open)
    answer = await clinic.get("masha", place)
    assert (answer.status_code, answer.json()["title"]) == (200, {"erased": True})
    assert answer.json()["patient_id"] == str(MASHA)


async def test_nothing_more_is_said_of_somebody_erased(clinic: Clinic) -> None:
    clinic.sealer.erase(MASHA)
    answer = await clinic.post("anna", "/v1/practices", GIVE)
    assert (answer.status_code, answer.json()["code"]) == (409, "subject-erased")


async def test_who_has_it_already_gets_no_body(clinic: Clinic) -> None:
    place = await clinic.given()
    same = await clinic.get("masha", place, If_None_Match='W/"1"')
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
    await clinic.post("masha", f"{place}/ratings", RATE)
    assert (await clinic.get("masha", place, If_None_Match='"1"')).status_code == 200


async def test_one_can_look_at_it_as_it_was(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.now += timedelta(days=1)
    await clinic.post("masha", f"{place}/ratings", RATE)
    then = await clinic.get("masha", f"{place}?as_of=2026-03-02T12:00:00Z")
    now = await clinic.get("masha", place)
    assert (len(then.json()["ratings"]), len(now.json()["ratings"])) == (0, 1)
    assert then.headers["etag"] == '"1"'


async def test_before_its_beginning_there_is_nothing(clinic: Clinic) -> None:
    place = await clinic.given()
    assert (await clinic.get("masha", f"{place}?as_of=2020-01-01T00:00:00Z")).status_code == 404


async def test_who_treats_no_longer_sees_nothing_of_old_either(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.known.treating.clear()
    assert (await clinic.get("anna", f"{place}?as_of=2026-03-02T12:00:00Z")).status_code == 404
