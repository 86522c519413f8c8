"""What a patient writes for herself alone: nobody else can count it, or tell when it happened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from libs.eventstore.changes import Changes, payload
from libs.eventstore.recorded import Recorded
from libs.testing.cast import CLINIC, MASHA, NOW
from libs.testing.streams import stream
from services.diary import wire as diary_wire
from services.diary.domain.entry import EntryShared, EntrySharingWithdrawn
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.graphql.context import Parts
from services.gateway.queries import pages
from tests.component.gateway.asking import Events
from tests.component.gateway.screens import HER
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

PLACE = f'{{ patient(id: "{HER}") {{ liveCursor }} }}'
OTHERS = ("anna", "ruth")
WATCH = """subscription($who: ID!, $after: String) {
    patientChanged(patientId: $who, after: $after) { cursor item { id type } }
}"""
IDS = iter(range(0x7000, 0x8000))


async def place(ask: Any, who: str) -> str:
    answer = await ask(who, PLACE)
    return str(answer["data"]["patient"]["liveCursor"])


async def written_for_herself(story: Story) -> Sequence[Recorded]:
    """Recorded, shared, taken back, shared again: of these as many as have happened."""
    uuid = UUID(int=next(IDS))
    entry = replace(DIARY_FACTS[0], entry_id=uuid, visibility="private")  # type: ignore[type-var]  # an entry
    shared, withdrawn = EntryShared(shared_at=NOW), EntrySharingWithdrawn(withdrawn_at=NOW)
    return await story.told(diary_wire.entries, uuid, [entry, shared, withdrawn, shared], MASHA)


def a_session(project: Projecting, parts: Parts) -> UUID:
    """Something that everybody around Masha sees; the projector tells them."""
    fact = {
        "session_id": str(UUID(int=1)),
        "patient_id": str(MASHA),
        "therapist_id": str(UUID(int=2)),
        "starts_at": NOW.isoformat(),
        "zone": "Europe/London",
        "duration_min": 50,
    }
    told = stream("session", UUID(int=next(IDS)), ("interlude.care.SessionScheduled.v1", fact))
    project(told)
    changes = Changes(tenant_id=CLINIC, streams={}, subjects=frozenset({MASHA}))
    parts.live.tell(payload(changes))
    return told[0].event_id


async def seen(app: FastAPI, who: str, after: str, count: int) -> Sequence[Any]:
    async with Events(app, who, WATCH, who=HER, after=after) as events:
        found = [(await events.receive())[1] for _ in range(count)]
    return [each["data"]["patientChanged"] for each in found]


async def test_a_place_stays_where_it_was_while_she_writes_for_herself(
    ask: Any, project: Projecting, story: Story
) -> None:
    before = {who: await place(ask, who) for who in (*OTHERS, "masha")}
    for _ in range(3):
        project((await written_for_herself(story))[:1])
        assert {who: await place(ask, who) for who in OTHERS} == {
            who: before[who] for who in OTHERS
        }
    assert await place(ask, "masha") != before["masha"]


async def test_nor_does_it_move_when_she_takes_back_what_she_shared(
    ask: Any, project: Projecting, story: Story
) -> None:
    facts = await written_for_herself(story)
    before = await place(ask, "anna")
    project(facts[:3])
    assert await place(ask, "anna") == before


async def test_a_caseload_says_the_same_place_as_the_patient(ask: Any) -> None:
    answer = await ask("anna", "{ caseload(first: 1) { nodes { patient { liveCursor } } } }")
    (row,) = answer["data"]["caseload"]["nodes"]
    assert row["patient"]["liveCursor"] == await place(ask, "anna")


async def test_the_places_of_changes_do_not_say_what_lay_between(
    app: FastAPI, ask: Any, project: Projecting, parts: Parts, story: Story
) -> None:
    """Anna resumes from each place and misses nothing; Masha sees what lay between as well."""
    start = {who: await place(ask, who) for who in ("anna", "masha")}
    sessions = [a_session(project, parts)]
    private = await written_for_herself(story)
    project(private[:1])
    sessions.append(a_session(project, parts))
    hers = await seen(app, "anna", start["anna"], 2)
    assert [each["item"]["id"] for each in hers] == [str(each) for each in sessions]
    assert await place(ask, "anna") == hers[-1]["cursor"]
    (rest,) = await seen(app, "anna", hers[0]["cursor"], 1)
    assert rest == hers[1]
    own = await seen(app, "masha", start["masha"], 3)
    assert [each["item"]["type"] for each in own] == [
        "SessionScheduled",
        "DiaryEntryRecorded",
        "SessionScheduled",
    ]


async def test_what_she_shares_later_is_shown_to_who_resumes_from_before_it(
    app: FastAPI, ask: Any, project: Projecting, parts: Parts, story: Story
) -> None:
    facts = await written_for_herself(story)
    project(facts[:1])
    start = await place(ask, "anna")
    project(facts[1:2])
    a_session(project, parts)
    shown = [each["item"]["type"] for each in await seen(app, "anna", start, 3)]
    assert shown == ["DiaryEntryRecorded", "EntryShared", "SessionScheduled"]


async def test_a_timelines_cursor_made_up_of_a_private_fact_is_like_one_of_no_fact(
    app: FastAPI, project: Projecting, parts: Parts, story: Story
) -> None:
    (private, *_) = await written_for_herself(story)
    project([private])
    for fact in (private.event_id, UUID(int=1)):
        async with Events(app, "anna", WATCH, who=HER, after=at(fact)) as events:
            _, content = await events.receive()
            assert content["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
    session = a_session(project, parts)
    (next_one,) = await seen(app, "masha", at(private.event_id), 1)
    assert next_one["item"]["id"] == str(session)


def at(fact: UUID) -> str:
    return pages.cursor(f"timeline:{MASHA}", NOW.isoformat(), str(fact))
