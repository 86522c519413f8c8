"""What changes while somebody looks: over WebSockets, from any place on, closed with a code."""

import asyncio
import gc
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI

from libs.eventstore.changes import Changes, payload
from libs.testing.cast import BORIS, CLINIC, LEV, MASHA, NOW
from libs.testing.streams import stream
from libs.testing.web import Following, consistency_token
from services.gateway.graphql import subscriptions
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from services.gateway.queries.visible import asker
from tests.component.gateway.asking import Events, Socket, somebody_waits
from tests.component.gateway.telling import PEOPLE, Projecting

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HER = to_global("Patient", MASHA)
WATCH = """subscription($who: ID!, $after: String) {
    patientChanged(patientId: $who, after: $after) { cursor nodeId item { type } }
}"""
NEW = iter(range(0x5000, 0x6000))


def something_new(project: Projecting, parts: Parts, count: int = 1) -> None:
    """Sessions are scheduled; the projector tells everybody after its commit."""
    fact = {
        "session_id": str(UUID(int=1)),
        "patient_id": str(MASHA),
        "therapist_id": str(UUID(int=2)),
        "starts_at": NOW.isoformat(),
        "zone": "Europe/London",
        "duration_min": 50,
    }
    for _ in range(count):
        told = ("interlude.care.SessionScheduled.v1", fact)
        project(stream("session", UUID(int=next(NEW)), told))
    changes = Changes(tenant_id=CLINIC, streams={}, subjects=frozenset({MASHA}))
    parts.live.tell(payload(changes))


async def test_a_therapist_sees_her_patients_facts_as_they_become_visible(
    socket: Callable[[], Socket], project: Projecting, parts: Parts
) -> None:
    async with socket() as anna:
        assert await anna.hello("anna") == {"type": "connection_ack"}
        anna.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        something_new(project, parts)
        told = (await anna.receive())["payload"]["data"]["patientChanged"]
        assert told["item"] == {"type": "SessionScheduled"}
        something_new(project, parts)
        again = (await anna.receive())["payload"]["data"]["patientChanged"]
        assert again["cursor"] != told["cursor"]


async def test_who_resumes_is_sent_everything_since_and_nothing_twice(
    socket: Callable[[], Socket], project: Projecting, parts: Parts, ask: Any
) -> None:
    before = await ask("masha", "query($id: ID!) { patient(id: $id) { liveCursor } }", id=HER)
    something_new(project, parts, count=3)
    async with socket() as masha:
        await masha.hello("masha")
        masha.subscribe(WATCH, who=HER, after=before["data"]["patient"]["liveCursor"])
        cursors = [
            (await masha.receive())["payload"]["data"]["patientChanged"]["cursor"] for _ in "123"
        ]
    assert len(set(cursors)) == 3
    async with socket() as again:
        await again.hello("masha")
        again.subscribe(WATCH, who=HER, after=cursors[0])
        rest = [
            (await again.receive())["payload"]["data"]["patientChanged"]["cursor"] for _ in "12"
        ]
    assert rest == cursors[1:]


async def test_who_leaves_leaves_nothing_behind(
    socket: Callable[[], Socket], parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    async with socket() as anna:
        await anna.hello("anna")
        anna.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
    await asyncio.sleep(0)
    gc.collect()
    assert parts.live._waiting == {}
    assert caplog.messages == []


async def test_a_stranger_is_closed_out_whoever_it_is_about(socket: Callable[[], Socket]) -> None:
    for who in ("boris", "lev", "stranger", "admin"):
        async with socket() as other:
            await other.hello(who)
            other.subscribe(WATCH, who=HER)
            told = await other.receive()
            assert told["payload"]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("who", [None, "nobody-we-know"])
async def test_without_a_good_token_nobody_gets_in(
    socket: Callable[[], Socket], who: str | None
) -> None:
    async with socket() as nobody:
        assert await nobody.hello(who) == 4403


async def test_one_watches_twenty_things_at_once_and_no_more(
    socket: Callable[[], Socket],
) -> None:
    async with socket() as anna:
        await anna.hello("anna")
        for number in range(21):
            payload = {"query": WATCH, "variables": {"who": HER}}
            anna.send({"type": "subscribe", "id": str(number), "payload": payload})
        told = await anna.receive()
        assert (told["type"], told["id"]) == ("error", "20")
        assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"


async def test_it_ends_with_the_token(
    socket: Callable[[], Socket], parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = replace(PEOPLE["anna"], expires_at=parts.clock().timestamp() + 0.2)
    monkeypatch.setitem(PEOPLE, "anna", soon)
    async with socket() as anna:
        await anna.hello("anna")
        anna.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        late = parts.clock()
        object.__setattr__(parts, "clock", lambda: late.replace(year=late.year + 1))
        assert await _closed(anna) == 4401


async def test_it_ends_with_the_token_whenever_that_is(
    socket: Callable[[], Socket], parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = replace(PEOPLE["anna"], expires_at=parts.clock().timestamp() + 60)
    monkeypatch.setitem(PEOPLE, "anna", soon)
    async with socket() as anna:
        await anna.hello("anna")
        anna.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        early = parts.clock()
        moments = iter([early])  # when she is woken; all that comes after is a year later
        object.__setattr__(
            parts, "clock", lambda: next(moments, early.replace(year=early.year + 1))
        )
        parts.live.tell_everybody()
        assert await _closed(anna) == 4401


async def _closed(client: Socket) -> int:
    while not isinstance(code := await client.receive(), int):
        pass
    return code


async def test_who_cannot_keep_up_is_closed_with_a_code(
    socket: Callable[[], Socket],
    project: Projecting,
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
    ask: Any,
) -> None:
    monkeypatch.setattr(subscriptions, "AT_ONCE", 2)
    monkeypatch.setattr(subscriptions, "SLOW", 0.1)
    before = await ask("anna", "query($id: ID!) { patient(id: $id) { liveCursor } }", id=HER)
    something_new(project, parts, count=8)
    async with socket() as anna:
        await anna.hello("anna")
        anna.jam()
        anna.subscribe(WATCH, who=HER, after=before["data"]["patient"]["liveCursor"])
        assert await _closed(anna) == 4408


async def test_the_same_comes_as_server_sent_events(
    app: FastAPI, project: Projecting, parts: Parts
) -> None:
    async with Events(app, "masha", WATCH, who=HER) as events:
        assert events.kind.startswith("text/event-stream")
        await somebody_waits(parts)
        something_new(project, parts)
        name, content = await events.receive()
        assert name == "next"
        assert content["data"]["patientChanged"]["item"] == {"type": "SessionScheduled"}


async def test_a_query_may_come_as_events_too(app: FastAPI) -> None:
    async with Events(app, "masha", "{ me { name } }") as events:
        assert await events.receive() == ("next", {"data": {"me": {"name": "Masha Orlova"}}})
        assert await events.receive() == ("complete", None)


def unsealed(patient: UUID, number: int) -> str:
    """As they looked when anybody could read and make them."""
    return urlsafe_b64encode(orjson.dumps(["live", str(patient), number])).decode().rstrip("=")


async def test_a_place_in_somebody_elses_feed_is_refused(app: FastAPI, parts: Parts) -> None:
    masha, seal = asker(PEOPLE["masha"], parts.clock()), parts.cursors.to_cursor
    lev = asker(PEOPLE["lev"], parts.clock())
    foreign = (seal(masha, LEV, 1), seal(lev, MASHA, 1), seal(masha, MASHA, 10**9))
    for cursor in ("canary", unsealed(MASHA, 1), *foreign):
        async with Events(app, "masha", WATCH, who=HER, after=cursor) as events:
            _, content = await events.receive()
            assert content["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


async def test_who_saw_the_timeline_goes_on_from_its_last_item(
    app: FastAPI, ask: Any, project: Projecting, parts: Parts
) -> None:
    seen = await ask("masha", "{ timeline(last: 1) { pageInfo { endCursor } } }")
    cursor = seen["data"]["timeline"]["pageInfo"]["endCursor"]
    async with Events(app, "masha", WATCH, who=HER, after=cursor) as events:
        await somebody_waits(parts)
        something_new(project, parts)
        name, _ = await events.receive()
        assert name == "next"


async def test_the_end_of_the_relationship_ends_it(
    socket: Callable[[], Socket], project: Projecting, parts: Parts
) -> None:
    boris = UUID(int=next(NEW))
    began = {"patient_id": str(MASHA), "therapist_id": str(BORIS), "began_at": NOW.isoformat()}
    ended = {"ended_at": NOW.isoformat()}
    both = stream(
        "relationship",
        boris,
        ("interlude.care.CareRelationshipBegan.v1", began),
        ("interlude.care.CareRelationshipEnded.v1", ended),
    )
    project(both[:1])
    async with socket() as other:
        await other.hello("boris")
        other.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        project(both[1:])
        parts.live.tell_everybody()
        assert await _closed(other) == 4403


async def test_what_was_late_for_one_query_is_waited_for_by_the_next(
    socket: Callable[[], Socket], following: Following
) -> None:
    """A socket may be open for hours."""
    query = "query($token: String) { goals(first: 1, consistency: $token) { nodes { id } } }"
    token = consistency_token((f"goal-{MASHA}", 3))
    said = []
    async with socket() as masha:
        await masha.hello("masha")
        for following.applied in (False, True, False):
            masha.subscribe(query, token=token)
            answer = await masha.receive()
            said.append(answer["payload"]["extensions"]["consistency"]["satisfied"])
            assert (await masha.receive())["type"] == "complete"
    assert said == [False, True, False]
    assert following.asked == [[(f"goal-{MASHA}", 3)]] * 3


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{me{name}}"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 7}}',
        '{"type": "canary-message"}',
        '{"type": "ping", "type": "pong"}',
    ],
)
async def test_what_is_no_message_closes_without_an_echo(
    socket: Callable[[], Socket], message: str
) -> None:
    async with socket() as anna:
        await anna.hello("anna")
        anna.send(message)
        assert await anna.receive() == 4400
