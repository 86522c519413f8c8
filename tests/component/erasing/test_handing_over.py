"""What care tells of hand-overs and settings takes effect where it is heard, whatever dies."""

from typing import Any
from uuid import uuid4

import pytest

from libs.eventstore.following import REACT
from libs.testing.cast import BORIS, MASHA
from tests.component.erasing.following import Crash
from tests.component.erasing.treatment import CLINIC_ID, of
from tests.component.erasing.world import World

pytestmark = pytest.mark.postgres

BEFORE, AFTER = of(MASHA, "pair"), str(uuid4())
TO_BORIS = {
    "to_relationship_id": AFTER,
    "to_therapist_id": str(BORIS),
    "reason": "therapist_absent",
}
HER_ZONE = f"/v1/patients/{MASHA}/zones"
AWAY = {"zone": "Asia/Tokyo", "reason": "travelling"}


async def handed_over(world: World) -> Any:
    boris = {"id": str(BORIS), "name": "Boris Weil"}
    await world.done("admin", "care", "/v1/therapists", boris)
    path = f"/v1/care-relationships/{BEFORE}"
    await world.done("admin", "care", f"{path}/hand-overs", TO_BORIS)
    return await world.shown("admin", "care", path)


async def test_whoever_goes_on_treats_the_patient_and_the_former_therapist_does_not(
    world: World,
) -> None:
    before = await handed_over(world)
    await world.all_hear()
    after = await world.shown("admin", "care", f"/v1/care-relationships/{AFTER}")
    assert (after["patient_id"], after["therapist_id"]) == (str(MASHA), str(BORIS))
    assert after["began_at"] == before["ended_at"]
    world.time.passes(seconds=6)
    assert await world.refused("anna", "care", HER_ZONE, AWAY) == (404, "not-found")
    for schema, table in (("care", "known_relationships"), ("gateway", "relationships")):
        assert len(world.rows(schema, table, BORIS)) == 1


async def test_a_follower_that_dies_in_between_begins_it_once(world: World) -> None:
    await handed_over(world)
    with pytest.raises(Crash):
        await world.all_hear(dies_in=REACT)
    await world.all_hear()
    began = [one for one in world.recorded("care") if one.stream_id == f"relationship-{AFTER}"]
    assert [one.type for one in began] == ["interlude.care.CareRelationshipBegan.v1"]


async def test_c05_a_clinics_gate_holds_where_homework_begins_and_only_while_it_is_on(
    world: World,
) -> None:
    homework = f"/v1/assignments/{of(MASHA, 'homework')}"
    settings = f"/v1/clinics/{CLINIC_ID}/settings"
    await world.done("anna", "assignment", f"{homework}/agreements", {"attested": True})
    await world.done("admin", "care", settings, {"rationale_gate": True})
    await world.all_hear()
    world.time.passes(seconds=6)
    refused = await world.refused("anna", "assignment", f"{homework}/activations")
    assert refused == (409, "rationale-missing")
    await world.done("admin", "care", settings, {"rationale_gate": False})
    await world.all_hear()
    world.time.passes(seconds=6)
    answer = await world.done("anna", "assignment", f"{homework}/activations")
    assert "no-rationale" in [notice["code"] for notice in answer["notices"]]


async def test_p1_a_rating_is_low_by_the_clinics_own_threshold(world: World) -> None:
    settings = f"/v1/clinics/{CLINIC_ID}/settings"
    await world.done("admin", "care", settings, {"low_confidence_threshold": 0.4})
    await world.all_hear()
    world.time.passes(seconds=6)
    rating = {"confidence": {"value": 5, "scale": {"min": 0, "max": 10}}}
    path = f"/v1/assignments/{of(MASHA, 'homework')}/readiness-ratings"
    assert (await world.done("masha", "assignment", path, rating))["notices"] == []
    rating["confidence"]["value"] = 3
    answer = await world.done("masha", "assignment", path, rating)
    assert [notice["code"] for notice in answer["notices"]] == ["low-confidence"]
