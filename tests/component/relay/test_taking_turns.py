"""Of all relays of a service one works, and another goes on where it ended."""

import time
from collections.abc import Sequence

import pytest
from prometheus_client import REGISTRY

from libs.messaging.broker import Message
from tests.component.relay.relaying import ENOUGH, eventually, ids, relay, running
from tests.component.relay.scripted import Scripted, Slowly
from tests.component.relay.storing import SERVICE, Store

pytestmark = pytest.mark.postgres


def test_of_two_relays_one_works(store: Store) -> None:
    slowly = Slowly()
    first, second = Scripted(slowly), Scripted()
    store.append(5)
    with running(relay(store, first)):
        assert slowly.at_work.wait(ENOUGH)
        with running(relay(store, second)):
            time.sleep(0.5)
            assert not second.attempts
            slowly.go_on.set()
            eventually(lambda: store.waiting() == 0)
    assert len(first.published) == 5
    assert not second.published


def test_a_relay_that_died_is_replaced(store: Store) -> None:
    store.append(5)
    dying = Scripted(lambda _messages: store.end_sessions())
    surviving = Scripted()
    with running(relay(store, dying)) as stop:
        eventually(lambda: bool(dying.attempts))
        stop.set()
        with running(relay(store, surviving)):
            eventually(lambda: store.waiting() == 0)
    assert ids(surviving.published) == ids(dying.attempts[0])


def test_a_relay_that_lost_its_session_cannot_delete(store: Store) -> None:
    once = iter([True])

    def interrupted(_messages: Sequence[Message]) -> None:
        if next(once, False):
            store.end_sessions()
            assert store.waiting() == 5

    broker = Scripted(interrupted)
    store.append(5)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    assert ids(broker.attempts[0]) == ids(broker.attempts[1])


def test_what_somebody_else_deleted_meanwhile_is_sent_at_most_again(store: Store) -> None:
    def taken_over(_messages: Sequence[Message]) -> None:
        store.ask(
            "WITH gone AS (DELETE FROM assignment.outbox RETURNING 1) SELECT count(*) FROM gone"
        )

    broker = Scripted(taken_over)
    store.append(5)

    with running(relay(store, broker)):
        eventually(lambda: len(broker.published) == 5)
        broker.behave = lambda _messages: None
        more = store.append(1)
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published)[-1] == str(more[0].event_id)
    assert lost_leases() > 0


def lost_leases() -> float:
    labels = {"service": SERVICE, "code": "lease-lost"}
    return REGISTRY.get_sample_value("interlude_relay_failures_total", labels) or 0
