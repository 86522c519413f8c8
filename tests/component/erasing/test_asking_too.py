"""The clinic asked for it first; then Masha wants it too, and it is hers."""

import pytest

from libs.testing.cast import MASHA
from tests.component.erasing.erased import HERS
from tests.component.erasing.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


async def test_what_the_clinic_asked_for_is_hers_once_she_asks_too(world: World) -> None:
    of_the_clinic = {"patient_id": str(MASHA), "because": "other"}
    await world.done("admin", "care", "/v1/erasures", of_the_clinic)
    await world.done("admin", "care", f"{HERS}/announcements")
    await world.done("admin", "care", f"{HERS}/holds", {"reason": "legal_hold"})
    before = await world.shown("masha", "care", HERS)
    world.time.passes(days=2)
    await world.done("masha", "care", "/v1/erasures", {"patient_id": str(MASHA)})
    assert await world.shown("masha", "care", HERS) == before | {
        "requested_by": "patient",
        "because": "patients_wish",
        "requested_at": "2026-03-04T09:00:00Z",
    }
    withdrawals = f"{HERS}/withdrawals"
    assert await world.refused("admin", "care", withdrawals) == (409, "erasure-the-patients")
    await world.done("masha", "care", withdrawals)
    assert (await world.shown("admin", "care", HERS))["status"] == "withdrawn"
