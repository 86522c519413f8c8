"""Masha works at the desk of the clinic that also treats her; one day she works there no more."""

from collections.abc import AsyncIterator

import pytest

from libs.access.departed import TRUSTED_FOR
from libs.testing.cast import LEV, MASHA
from libs.testing.databases import Database
from libs.testing.web import client
from tests.component.erasing.treatment import begun, entry, of
from tests.component.erasing.world import World, living

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

SHE = "masha at the desk"


@pytest.fixture
async def world(own_database: Database) -> AsyncIterator[World]:
    async with living(own_database) as world:
        await begun(world)
        yield world


async def test_who_leaves_and_is_a_patient_too_loses_the_desk_and_keeps_what_is_theirs(
    world: World,
) -> None:
    assert (await world.shown(SHE, "care", f"/v1/patients/{LEV}"))["id"] == str(LEV)
    await world.done("admin", "care", "/v1/departures", {"person_id": str(MASHA)})
    await world.all_hear()
    world.time.passes(seconds=TRUSTED_FOR)
    async with client(world.apps["care"], SHE) as browser:
        assert (await browser.get(f"/v1/patients/{LEV}")).status_code == 404
        assert (await browser.get(f"/v1/departures/{MASHA}")).json()["code"] == "staff-left"
    erasure = {"patient_id": str(LEV), "because": "other"}
    assert await world.refused(SHE, "care", "/v1/erasures", erasure) == (409, "not-known-yet")

    for service, path in (
        ("care", f"/v1/patients/{MASHA}"),
        ("assignment", f"/v1/assignments/{of(MASHA, 'homework')}"),
        ("diary", f"/v1/entries/{of(MASHA, 'private')}"),
    ):
        await world.shown(SHE, service, path)
    await world.done(SHE, "diary", "/v1/entries", entry(MASHA, "afterwards", "private"))
    await world.done(SHE, "care", "/v1/erasures", {"patient_id": str(MASHA)})
    theirs = await world.shown(SHE, "care", f"/v1/erasures/{MASHA}")
    assert theirs["requested_by"] == "patient"
