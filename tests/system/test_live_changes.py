"""Changes as they happen, over both transports, resumed without a gap and without a repeat."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from websockets.sync.client import connect

from tests.system.people import Person
from tests.system.watching import PROTOCOL, Watching, event_stream, live_cursor, socket

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]


def goal_set(who: Person, patient: str, statement: str) -> str:
    """The global id of what changed."""
    done = who.sees(
        "mutation($input: SetGoalInput!) { setGoal(input: $input) { id } }",
        input={"patientId": patient, "statement": statement},
    )
    return str(done["setGoal"]["id"])


@pytest.mark.parametrize("who", ["therapist", "patient"])
def test_a_change_is_seen_while_one_looks(
    person: Callable[[str], Person], therapist: Person, masha: str, who: str
) -> None:
    cursor = live_cursor(person(who), masha)
    with socket(person(who)) as watching:
        watching.watch(masha, cursor)
        began = time.monotonic()
        goal = goal_set(therapist, masha, "marmalade live")
        change = watching.change()
        assert time.monotonic() - began < 5
    assert change["nodeId"] == goal
    assert change["item"] == {"type": "GoalSet", "excerpt": "marmalade live"}


def test_a_watch_goes_on_where_it_was_cut_on_whichever_transport(
    therapist: Person, masha: str
) -> None:
    start = live_cursor(therapist, masha)
    with socket(therapist) as watching:
        watching.watch(masha, start)
        told = [goal_set(therapist, masha, f"marmalade {number}") for number in range(3)]
        first = watching.change()
    told += [goal_set(therapist, masha, f"marmalade away {number}") for number in range(2)]
    with event_stream(therapist, masha, first["cursor"]) as changes:
        meanwhile = [next(changes) for _ in range(4)]
        told.append(goal_set(therapist, masha, "marmalade again"))
        last = next(changes)
    seen = [first, *meanwhile, last]
    assert [each["nodeId"] for each in seen] == told
    with socket(therapist) as watching:
        watching.watch(masha, meanwhile[-1]["cursor"])
        assert watching.change() == last


def test_one_socket_carries_several_watches(therapist: Person, masha: str) -> None:
    cursor = live_cursor(therapist, masha)
    with socket(therapist) as watching:
        for operation in ("a", "b"):
            watching.watch(masha, cursor, operation)
        goal = goal_set(therapist, masha, "marmalade twice")
        messages = [watching.receive() for _ in range(2)]
    assert {each["id"] for each in messages} == {"a", "b"}
    nodes = [each["payload"]["data"]["patientChanged"]["nodeId"] for each in messages]
    assert nodes == [goal, goal]


def test_a_stranger_may_not_watch(person: Callable[[str], Person], masha: str) -> None:
    for who in ("other_therapist", "analyst", "clinic_admin"):
        with socket(person(who)) as watching:
            watching.watch(masha, None)
            message = watching.receive()
            assert message["type"] in {"error", "next"}
            assert "FORBIDDEN" in orjson.dumps(message).decode()
            assert "data" not in message.get("payload", {}) or not message["payload"]["data"]


def test_without_a_token_the_socket_is_closed(run: Any) -> None:
    url = f"{run.gateway.replace('http', 'ws', 1)}/graphql"
    with connect(url, subprotocols=[PROTOCOL]) as connection:
        watching = Watching(connection)
        watching.send(type="connection_init", payload={})
        assert watching.closed() == 4403
