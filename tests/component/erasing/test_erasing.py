"""Masha is erased: from her wish to the certificate, in all services, and nobody else with her."""

import psycopg
import pytest

from deploy.local.processes import SERVICES
from libs.eventstore.following import KEEP, REACT
from libs.eventstore.verify import verify
from libs.privacy.keyring import TOMBSTONE
from libs.privacy.keys import CLASSES
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.cast import CLINIC, LEV, MASHA
from tests.component.erasing.erased import ERASED, HERS, by_the_gateway, keys, released
from tests.component.erasing.following import Crash
from tests.component.erasing.treatment import entry, of
from tests.component.erasing.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


async def test_from_the_wish_to_the_certificate(world: World) -> None:
    await released(world)
    assert (await world.shown("masha", "care", HERS))["status"] == "released"
    await world.all_hear()
    assert await keys(world, MASHA) == [TOMBSTONE, TOMBSTONE]
    seen = await world.shown("masha", "care", HERS)
    assert seen["status"] == "erased"
    assert [each["where"] for each in seen["confirmations"]] == [
        "care",
        "assignment",
        "diary",
        "review",
    ]
    assert (await by_the_gateway(world)).status_code == 201
    certificate = await world.shown("admin", "care", HERS)
    assert certificate["status"] == "certified"
    assert certificate["destroyed"] == list(CLASSES)
    assert certificate["confirmations"][-1]["where"] == "gateway"
    removed = {
        each["where"]: {one["what"]: one["count"] for one in each["removed"]}
        for each in certificate["confirmations"]
    }
    assert removed["assignment"] == {
        "answers": 0,
        "known_deaths": 0,
        "homework_looks": 0,
        "known_homework": 1,
        "known_members": 0,
        "known_people": 1,
        "known_relationships": 1,
        "known_sessions": 1,
    } | {"answers": removed["assignment"]["answers"]}
    assert removed["assignment"]["answers"] >= 2
    assert removed["review"]["known_assignments"] == 1
    assert removed["gateway"] == {"timeline": 7}
    assert certificate["erased_at"] < certificate["unreadable_from"]


async def test_nothing_is_kept_of_her_beside_what_was_recorded(world: World) -> None:
    await released(world)
    await world.all_hear()
    left = {
        place
        for place, rows in world.all_rows(MASHA).items()
        if rows and not place[1].startswith(("applied", "streams"))
    }
    assert left == {
        *((service, "events") for service in SERVICES),
        *((service, "known_erased") for service in SERVICES),
        # What care's own follower has told it since: that everybody has confirmed.
        ("care", "idempotency"),
        ("gateway", "erased"),
        ("keyring", "subject_keys"),
        ("keyring", "erased_subjects"),
    }
    assert all("confirm" in row for row in world.rows("care", "idempotency", MASHA))


async def test_what_she_wrote_is_erased_for_herself_too(world: World) -> None:
    path = f"/v1/entries/{of(MASHA, 'shared')}"
    assert (await world.shown("masha", "diary", path))["notes"] == "To look at together."
    await released(world)
    await world.all_hear()
    world.time.passes(seconds=61)
    assert (await world.shown("masha", "diary", path))["notes"] == ERASED
    homework = f"/v1/assignments/{of(MASHA, 'homework')}"
    assert (await world.shown("masha", "assignment", homework))["title"] == ERASED
    assert (await world.shown("masha", "care", f"/v1/patients/{MASHA}"))["name"] == ERASED


async def test_lev_is_the_same_to_the_byte(world: World) -> None:
    await released(world)
    before = world.all_rows(LEV)
    assert before["gateway", "timeline"]
    await world.all_hear()
    await by_the_gateway(world)
    world.time.passes(seconds=61)
    assert world.all_rows(LEV) == before
    path = f"/v1/entries/{of(LEV, 'shared')}"
    assert (await world.shown("lev", "diary", path))["notes"] == "To look at together."
    assert await world.post("lev", "diary", f"{path}/sharing-withdrawals")


async def test_everything_is_still_whole(world: World) -> None:
    await released(world)
    await world.all_hear()
    master = master_key(DEVELOPMENT_MASTER_KEY)
    for service in SERVICES:
        with psycopg.connect(world.database.url_as(f"{service}_relay")) as connection:
            assert verify(connection, derived(master, f"chain:{service}")).whole, service


async def test_no_service_does_anything_more_about_her(world: World) -> None:
    await released(world)
    await world.all_hear()
    world.time.passes(seconds=61)
    told = entry(MASHA, "another", "shared")
    assert await world.refused("masha", "diary", "/v1/entries", told) == (409, "subject-erased")
    assert await world.refused("integrator", "diary", "/v1/entries", told) == (
        409,
        "subject-erased",
    )
    # Nor what has no text in it, which the keyring would not stop.
    shares = f"/v1/entries/{of(MASHA, 'private')}/sharings"
    assert await world.refused("masha", "diary", shares) == (409, "subject-erased")
    rates = {"confidence": {"value": 5, "scale": {"min": 0, "max": 10}}}
    homework = f"/v1/assignments/{of(MASHA, 'homework')}"
    assert await world.refused("masha", "assignment", f"{homework}/readiness-ratings", rates) == (
        409,
        "subject-erased",
    )
    # Whoever treated her does not any more: to them she is as unknown as anybody else.
    assert (await world.refused("anna", "assignment", f"{homework}/proposals"))[0] == 404
    again = {"id": str(MASHA), "name": "Masha Orlova"}
    assert await world.refused("admin", "care", "/v1/patients", again) == (409, "subject-erased")
    assert await keys(world, MASHA) == [TOMBSTONE, TOMBSTONE]


async def test_a_service_that_lags_brings_nothing_back(world: World) -> None:
    await released(world)
    await world.all_hear(but={"diary"})
    world.time.passes(seconds=61)
    # It has not heard of it, and still nothing can be written for her.
    told = entry(MASHA, "another", "shared")
    assert await world.refused("masha", "diary", "/v1/entries", told) == (409, "subject-erased")
    # What has no text in it is taken, for the last time.
    path = f"/v1/entries/{of(MASHA, 'private')}"
    await world.done("masha", "diary", f"{path}/sharings")
    seen = await world.shown("admin", "care", HERS)
    assert "diary" not in {each["where"] for each in seen["confirmations"]}
    await by_the_gateway(world)
    assert (await world.shown("admin", "care", HERS))["status"] == "erased"

    await world.all_hear()
    world.time.passes(seconds=61)
    assert await world.refused("masha", "diary", f"{path}/sharing-withdrawals") == (
        409,
        "subject-erased",
    )
    assert (await world.shown("admin", "care", HERS))["status"] == "certified"
    # And what it had told meanwhile came too late to be seen.
    assert world.rows("gateway", "timeline", MASHA) == []
    assert world.rows("gateway", "entries", MASHA) == []
    assert await keys(world, MASHA) == [TOMBSTONE, TOMBSTONE]


@pytest.mark.parametrize("dies_in", [KEEP, REACT])
async def test_what_dies_on_the_way_is_done_by_trying_again(world: World, dies_in: str) -> None:
    """Also with the keys destroyed and nothing recorded of it."""
    await released(world)
    for _ in range(3):
        with pytest.raises(Crash):
            await world.all_hear(dies_in=dies_in)
    if dies_in == REACT:
        assert await keys(world, MASHA) == [TOMBSTONE, TOMBSTONE]
        assert (await world.shown("masha", "care", HERS))["status"] == "released"
    await world.all_hear()
    await by_the_gateway(world)
    assert (await world.shown("masha", "care", HERS))["status"] == "certified"
    told = [one.type for one in world.recorded("care") if "PatientErased" in one.type]
    assert told == ["interlude.care.PatientErased.v1"]


async def test_nothing_happens_while_something_holds_it(world: World) -> None:
    await world.done("masha", "care", "/v1/erasures", {"patient_id": str(MASHA)})
    assert await world.refused("admin", "care", f"{HERS}/releases") == (
        409,
        "erasure-not-announced",
    )
    await world.done("admin", "care", f"{HERS}/announcements")
    assert await world.refused("admin", "care", f"{HERS}/releases") == (409, "erasure-too-early")
    await world.done("admin", "care", f"{HERS}/holds", {"reason": "legal_hold"})
    world.time.passes(days=31)
    assert await world.refused("admin", "care", f"{HERS}/releases") == (409, "erasure-held")
    await world.all_hear()
    assert TOMBSTONE not in await keys(world, MASHA)
    await world.done("admin", "care", f"{HERS}/hold-ends", {"reason": "legal_hold"})
    await world.done("admin", "care", f"{HERS}/releases")


async def test_a_clinics_own_days_of_grace_count(world: World) -> None:
    policy = {"clinic_id": str(CLINIC), "grace_days": 3}
    await world.done("admin", "care", "/v1/erasure-policies", policy)
    await world.done("masha", "care", "/v1/erasures", {"patient_id": str(MASHA)})
    await world.done("admin", "care", f"{HERS}/announcements")
    seen = await world.shown("masha", "care", HERS)
    assert (seen["announced_at"][:10], seen["not_before"][:10]) == ("2026-03-02", "2026-03-05")
    await world.done("masha", "care", f"{HERS}/withdrawals")
    assert (await world.shown("masha", "care", HERS))["status"] == "withdrawn"
    world.time.passes(days=4)
    assert await world.refused("admin", "care", f"{HERS}/releases") == (
        409,
        "erasure-not-requested",
    )


async def test_her_erasure_is_hers_and_the_clinics(world: World) -> None:
    await world.done("masha", "care", "/v1/erasures", {"patient_id": str(MASHA)})
    assert (await world.refused("lev", "care", f"{HERS}/withdrawals"))[0] == 404
    hers = {"patient_id": str(MASHA)}
    assert await world.refused("lev", "care", "/v1/erasures", hers) == (409, "not-known-yet")
    for act in ("announcements", "releases"):
        assert await world.refused("masha", "care", f"{HERS}/{act}") == (403, "role-not-allowed")
        assert await world.refused("anna", "care", f"{HERS}/{act}") == (403, "role-not-allowed")
