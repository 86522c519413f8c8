"""What Masha wrote for herself alone goes at once, at her wish and nobody else's."""

from typing import Any
from uuid import UUID

import pytest

from libs.privacy.keyring import TOMBSTONE
from libs.testing.cast import LEV, MASHA
from libs.testing.web import client
from tests.component.erasing.erased import ERASED, keys
from tests.component.erasing.treatment import entry, of
from tests.component.erasing.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


async def test_what_she_wrote_for_herself_alone_is_gone_at_once(world: World) -> None:
    await world.done("masha", "care", "/v1/private-text-erasures", {"patient_id": str(MASHA)})
    clinical, private = await keys(world, MASHA)
    assert (isinstance(clinical, bytes), private) == (True, TOMBSTONE)
    world.time.passes(seconds=61)
    hers = await world.shown("masha", "diary", f"/v1/entries/{of(MASHA, 'private')}")
    assert hers["notes"] == ERASED
    shared = await world.shown("masha", "diary", f"/v1/entries/{of(MASHA, 'shared')}")
    assert shared["notes"] == "To look at together."
    lev = await world.shown("lev", "diary", f"/v1/entries/{of(LEV, 'private')}")
    assert lev["notes"] == "This is for myself alone."
    told = entry(MASHA, "another", "private")
    assert await world.refused("masha", "diary", "/v1/entries", told) == (
        409,
        "private-text-erased",
    )
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "another", "shared"))


async def test_her_wish_repeated_under_its_key_destroys_no_key_that_came_since(
    world: World,
) -> None:
    """The keyring is asked once, however often the answer was lost."""
    asked: list[UUID] = []
    care = world.built["care"].keyring
    destroy = care.destroy

    async def counted(tenant_id: UUID, subject_id: UUID, *classes: Any) -> None:
        asked.append(subject_id)
        await destroy(tenant_id, subject_id, *classes)

    care.destroy = counted  # type: ignore[method-assign]  # to see how often
    hers, path = {"patient_id": str(MASHA)}, "/v1/private-text-erasures"
    for told in ("her wish", "her wish", "another wish"):
        async with client(world.apps["care"], "masha") as browser:
            answer = await browser.post(path, json=hers, headers={"Idempotency-Key": told})
        assert answer.is_success
    assert asked == [MASHA, MASHA]


async def test_nobody_else_erases_what_is_hers(world: World) -> None:
    hers = {"patient_id": str(MASHA)}
    path = "/v1/private-text-erasures"
    assert await world.refused("lev", "care", path, hers) == (409, "not-known-yet")
    for who in ("anna", "admin", "integrator"):
        assert await world.refused(who, "care", path, hers) == (403, "role-not-allowed")
    assert TOMBSTONE not in await keys(world, MASHA)
