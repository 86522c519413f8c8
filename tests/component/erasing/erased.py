"""Masha on her way to being erased, and who says what of it."""

from uuid import UUID

import httpx

from libs.access.passes import CONFIRMS, signed
from libs.privacy.keys import CLASSES, KeyName
from libs.testing.cast import CLINIC, MASHA
from tests.component.erasing.world import World, pass_key

HERS = f"/v1/erasures/{MASHA}"
ERASED = {"erased": True}


async def released(world: World) -> None:
    await world.done("masha", "care", "/v1/erasures", {"patient_id": str(MASHA)})
    await world.done("admin", "care", f"{HERS}/announcements")
    world.time.passes(days=31)
    await world.done("admin", "care", f"{HERS}/releases")


def a_pass(world: World) -> str:
    return signed(pass_key(), CLINIC, CONFIRMS, now=world.time.now.timestamp())


async def by_the_gateway(world: World) -> httpx.Response:
    counted = {"removed": [{"what": "timeline", "count": 7}]}
    return await world.post(a_pass(world), "care", f"{HERS}/confirmations", counted)


async def keys(world: World, who: UUID) -> list[object]:
    names = [KeyName(CLINIC, who, each) for each in CLASSES]
    return list((await world.built["diary"].keyring.find(names)).values())
