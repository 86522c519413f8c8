"""Whoever is erased is not found by another system's number any more; nobody takes it for them."""

import pytest

from libs.privacy.sealing import SubjectErased
from libs.testing.cast import CLINIC, LEV, MASHA
from tests.component.erasing.erased import HERS, released
from tests.component.erasing.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

HOSPITAL = "urn:oid:2.16.840.1"


async def numbered(world: World) -> None:
    for patient, value in ((MASHA, "943 476"), (LEV, "943 477")):
        number = {"system": HOSPITAL, "value": value}
        await world.done("integrator", "care", f"/v1/patients/{patient}/identifiers", number)


async def test_the_number_of_whoever_is_erased_is_forgotten_and_nobody_elses(world: World) -> None:
    await numbered(world)
    assert len(world.rows("care", "identifiers", MASHA)) == 1
    await released(world)
    await world.all_hear()
    assert world.rows("care", "identifiers", MASHA) == []
    assert len(world.rows("care", "identifiers", LEV)) == 1
    seen = await world.shown("admin", "care", HERS)
    by_care = next(each for each in seen["confirmations"] if each["where"] == "care")
    assert {"what": "identifiers", "count": 1} in by_care["removed"]


async def test_nobody_takes_a_number_for_whoever_was_erased(world: World) -> None:
    await numbered(world)
    await released(world)
    await world.all_hear()
    identifiers = world.built["care"].identifiers()
    whose = CLINIC, "patient", HOSPITAL, "943 476"
    with pytest.raises(SubjectErased):
        await identifiers.take(*whose, thing_id=MASHA, patient_id=MASHA)
    assert world.rows("care", "identifiers", MASHA) == []
