"""What Masha wrote for herself alone goes at once, at her wish and nobody else's."""

from typing import Any

import httpx
import pytest

from libs.privacy.keyring import TOMBSTONE
from libs.privacy.keys import KeyName
from libs.privacy.sealing import KeyringUnavailable
from libs.testing.cast import CLINIC, LEV, MASHA
from libs.testing.web import client
from tests.component.erasing.erased import ERASED, keys, released
from tests.component.erasing.treatment import entry, of
from tests.component.erasing.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

PATH = "/v1/private-text-erasures"
HERS = {"patient_id": str(MASHA)}


async def _wish(world: World, told: str) -> httpx.Response:
    """`told` is its key, under which it is repeated."""
    async with client(world.apps["care"], "masha") as browser:
        return await browser.post(PATH, json=HERS, headers={"Idempotency-Key": told})


async def _notes(world: World, who: str, entry_id: str) -> Any:
    return (await world.shown(who, "diary", f"/v1/entries/{entry_id}"))["notes"]


async def _cut_off(*_what: Any, **_more: Any) -> None:
    """As where the process dies, or nobody answers any more."""
    raise KeyringUnavailable


async def test_what_she_wrote_for_herself_alone_is_gone_at_once(world: World) -> None:
    await world.done("masha", "care", PATH, HERS)
    clinical, private = await keys(world, MASHA)
    assert (isinstance(clinical, bytes), private) == (True, TOMBSTONE)
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "private")) == ERASED
    assert await _notes(world, "masha", of(MASHA, "shared")) == "To look at together."
    assert await _notes(world, "lev", of(LEV, "private")) == "This is for myself alone."


async def test_what_she_writes_for_herself_from_then_on_is_hers_to_read(world: World) -> None:
    """The diary still remembers the former key, for a minute."""
    await world.done("masha", "care", PATH, HERS)
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "another", "private"))
    assert await _notes(world, "masha", of(MASHA, "another")) == "This is for myself alone."
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "another")) == "This is for myself alone."
    assert await _notes(world, "masha", of(MASHA, "private")) == ERASED
    await world.done("masha", "care", PATH, HERS)
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "another")) == ERASED


async def test_cut_off_before_there_is_a_new_key_her_wish_is_finished_by_sending_it_again(
    world: World,
) -> None:
    told = entry(MASHA, "another", "private")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.built["care"].keyring, "renewed", _cut_off)
        assert (await _wish(world, "her wish")).status_code == 503
        refused = await world.post("masha", "diary", "/v1/entries", told)
        assert (refused.status_code, refused.json()["code"]) == (409, "private-text-erased")
        assert refused.headers["retry-after"] == "1"
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "a third", "shared"))
    assert (await _wish(world, "her wish")).status_code == 201
    await world.done("masha", "diary", "/v1/entries", told)
    assert await _notes(world, "masha", of(MASHA, "another")) == "This is for myself alone."


async def test_cut_off_before_it_is_recorded_it_takes_what_was_written_meanwhile_as_well(
    world: World,
) -> None:
    """Until she has her answer, her wish is not fulfilled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.built["care"].store, "append", _cut_off)
        assert (await _wish(world, "her wish")).status_code == 503
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "another", "private"))
    assert (await _wish(world, "her wish")).status_code == 201
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "another")) == ERASED
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "a third", "private"))


async def test_her_wish_repeated_under_its_key_destroys_no_key_that_came_since(
    world: World,
) -> None:
    """However often the answer was lost."""
    assert (await _wish(world, "her wish")).status_code == 201
    await world.done("masha", "diary", "/v1/entries", entry(MASHA, "another", "private"))
    assert (await _wish(world, "her wish")).status_code == 201
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "another")) == "This is for myself alone."
    assert (await _wish(world, "another wish")).is_success
    world.time.passes(seconds=61)
    assert await _notes(world, "masha", of(MASHA, "another")) == ERASED


async def test_whoever_is_wholly_erased_begins_nothing_anew(world: World) -> None:
    """Whether care has heard of it or not: their keys go first."""
    await world.built["care"].keyring.destroy(CLINIC, MASHA)
    assert await world.refused("masha", "care", PATH, HERS) == (409, "subject-erased")
    assert await keys(world, MASHA) == [TOMBSTONE, TOMBSTONE]
    newest = await world.built["diary"].keyring.newest(CLINIC, MASHA, "patient_private")
    assert newest == (KeyName(CLINIC, MASHA, "patient_private"), TOMBSTONE)
    told = entry(MASHA, "another", "private")
    assert (await world.refused("masha", "diary", "/v1/entries", told))[0] == 409


async def test_nor_once_everybody_has_heard_of_it(world: World) -> None:
    await released(world)
    await world.all_hear()
    assert await world.refused("masha", "care", PATH, HERS) == (409, "subject-erased")
    newest = await world.built["diary"].keyring.newest(CLINIC, MASHA, "patient_private")
    assert newest == (KeyName(CLINIC, MASHA, "patient_private"), TOMBSTONE)


async def test_nobody_else_erases_what_is_hers(world: World) -> None:
    assert await world.refused("lev", "care", PATH, HERS) == (409, "not-known-yet")
    for who in ("anna", "admin", "integrator"):
        assert await world.refused(who, "care", PATH, HERS) == (403, "role-not-allowed")
    assert TOMBSTONE not in await keys(world, MASHA)
