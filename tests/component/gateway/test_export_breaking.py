"""An export when something is missing: nothing half looks whole, and nothing is hidden by what is
lost beside it.
"""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from libs.eventstore.store import StoreUnavailable
from libs.privacy.sealing import KeyringUnavailable
from libs.process.admin import Readiness
from libs.testing.cast import ANNA, CLINIC, MASHA
from libs.testing.keyring import memory_sealer
from libs.web.limits import Doors
from services.assignment import wire as assignment_wire
from services.assignment.examples import FACTS as ASSIGNMENT_FACTS
from services.gateway.app import create_app
from services.gateway.export import door, telling
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from services.gateway.queries.reading import ReadModels
from tests.component.gateway.exporting import (
    HER_CASE,
    PAGE,
    SCHEMA,
    FailsAfter,
    Reader,
    asked,
    keeps_something_to_herself,
    record_of,
)
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("hers_alone")]


@pytest.fixture
async def hers_alone(told: None, project: Projecting, story: Story) -> None:
    del told
    await keeps_something_to_herself(project, story)


@pytest.fixture
def fresh(story: Story, schema: Schema, parts: Parts) -> FastAPI:
    """A gateway that holds no key yet."""
    return create_app(schema, replace(parts, sealer=memory_sealer(story.keyring)), Readiness())


async def test_with_the_keyring_away_nothing_goes_out(fresh: FastAPI, story: Story) -> None:
    story.keyring.down = True
    try:
        for who, path in (("masha", "/v1/export"), ("anna", HER_CASE)):
            answer = await asked(fresh, who, path)
            assert (answer.status_code, answer.json()["code"]) == (503, "keyring-unavailable")
            assert "Masha" not in answer.text
    finally:
        story.keyring.down = False


async def test_every_key_is_asked_for_before_the_first_byte(fresh: FastAPI, story: Story) -> None:
    """Her own key too: with it away nothing is sent, although all else could be opened."""
    before = story.keyring.asked
    await record_of(fresh, "masha")
    assert story.keyring.asked == before + 2, "hers, and then her therapist's"


async def test_with_the_database_away_nothing_goes_out(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(ReadModels, "snapshot", away)
    answer = await asked(app, "masha")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")


@pytest.mark.parametrize("failure", [KeyringUnavailable(), StoreUnavailable()])
async def test_what_breaks_off_says_so_at_its_end(
    schema: Schema, parts: Parts, failure: Exception
) -> None:
    sealer = FailsAfter(parts.sealer, 3, failure)
    app = create_app(schema, replace(parts, sealer=sealer), Readiness())
    broken = (await asked(app, "masha")).json()
    code = "keyring-unavailable" if isinstance(failure, KeyringUnavailable) else "store-unavailable"
    assert (broken["complete"], broken["code"]) == (False, code)
    assert broken["sessions"]
    assert not SCHEMA.is_valid(broken)
    sealer = FailsAfter(parts.sealer, 3, failure)
    app = create_app(schema, replace(parts, sealer=sealer), Readiness())
    page = (await asked(app, "masha", **PAGE)).text
    assert "THIS RECORD IS NOT WHOLE" in page
    assert "This record is whole" not in page


async def test_a_bug_half_way_cuts_the_answer_off(schema: Schema, parts: Parts) -> None:
    sealer = FailsAfter(parts.sealer, 3, RuntimeError())
    app = create_app(schema, replace(parts, sealer=sealer), Readiness())
    reader = Reader(app, "masha")
    with capture_logs():
        pieces = [piece async for piece in reader.pieces()]
    assert reader.status == 200
    assert not reader.ended
    assert b'"complete"' not in b"".join(pieces)


async def test_who_reads_too_slowly_is_cut_off(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LONGEST", 0.05)
    reader, pieces = Reader(app, "masha"), []
    with capture_logs() as logs:
        async for piece in reader.pieces():
            pieces.append(piece)
            await asyncio.sleep(0.1)
    assert not reader.ended
    assert b'"complete"' not in b"".join(pieces)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["export-cut-off"]


async def test_who_reads_slowly_keeps_nobody_but_themselves_waiting(app: FastAPI) -> None:
    reader = Reader(app, "masha")
    pieces = reader.pieces()
    await anext(pieces)
    again = await asked(app, "masha")
    assert (again.status_code, again.json()["code"]) == (429, "too-many-requests")
    assert again.headers["retry-after"] == "5"
    assert (await asked(app, "anna", HER_CASE)).status_code == 200
    reader.leave()
    assert len([piece async for piece in pieces]) < 5
    assert (await asked(app, "masha")).status_code == 200


async def test_more_than_a_few_at_once_wait(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Doors, "full", property(lambda _doors: True))
    answer = await asked(app, "masha")
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")


async def test_nothing_more_is_read_for_who_has_left(app: FastAPI) -> None:
    reader, pieces = Reader(app, "masha"), []
    async for piece in reader.pieces():
        pieces.append(piece)
        reader.leave()
    assert not reader.ended
    assert len(pieces) < 5


async def test_a_record_is_of_one_moment(app: FastAPI, project: Projecting, story: Story) -> None:
    """What is recorded while it is being read is in the next one."""
    before = await record_of(app, "masha")
    reader = Reader(app, "masha")
    pieces: list[bytes] = []
    async for piece in reader.pieces():
        if not pieces:
            await keeps_something_to_herself(project, story)
            project(await story.told(*_another_goal()))
        pieces.append(piece)
    assert reader.ended
    assert json.loads(b"".join(pieces)) == before
    assert len((await record_of(app, "masha"))["goals"]) == len(before["goals"]) + 1


def _another_goal() -> Any:
    goal = replace(ASSIGNMENT_FACTS[0], goal_id=UUID(int=96))  # type: ignore[type-var] # GoalSet
    return assignment_wire.goals, UUID(int=96), [goal], MASHA


async def test_no_more_items_are_in_memory_than_a_few(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await record_of(app, "masha")
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    reader = Reader(app, "masha")
    pieces = [piece async for piece in reader.pieces()]
    assert json.loads(b"".join(pieces)) == whole
    assert max(piece.count(b'\n{"id"') for piece in pieces) == 2


async def test_what_does_not_open_is_said_to_be_sealed(fresh: FastAPI, story: Story) -> None:
    kept = dict(story.keyring._keys)
    story.keyring.spoil(CLINIC, ANNA)
    try:
        record = await record_of(fresh, "masha")
        assert record["relationships"][0]["therapist"]["name"] == {"sealed": True}
        assert record["person"]["name"] == "Masha Orlova"
        page = (await asked(fresh, "masha", **PAGE)).text
        assert '<em class="gone">sealed: it does not open</em>' in page
    finally:
        story.keyring._keys = kept


async def test_what_was_erased_is_said_to_be_erased(fresh: FastAPI, story: Story) -> None:
    kept = dict(story.keyring._keys)
    await story.keyring.destroy(CLINIC, MASHA, ["patient_private"])
    try:
        record = await record_of(fresh, "masha")
        hers = [each for each in record["entries"] if each["visibility"] == "private"]
        assert [each["notes"] for each in hers] == [{"erased": True}]
        assert record["goals"][0]["statement"] != {"erased": True}
        page = (await asked(fresh, "masha", **PAGE)).text
        assert '<em class="gone">erased</em>' in page
    finally:
        story.keyring._keys = kept
