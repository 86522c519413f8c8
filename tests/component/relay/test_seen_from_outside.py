"""What operators see of a relay: what waits, whether it stands, and a step in every trace."""

import pytest
from prometheus_client import REGISTRY

from libs.messaging.envelope import topic_of
from libs.testing.traces import parent_of, traced
from tests.component.relay.relaying import eventually, relay, running
from tests.component.relay.scripted import Scripted
from tests.component.relay.storing import SERVICE, Store

pytestmark = pytest.mark.postgres


def test_what_waits_is_counted_and_aged(store: Store) -> None:
    store.append(3)
    before = REGISTRY.get_sample_value("interlude_relayed_total", {"service": SERVICE}) or 0

    with running(relay(store, Scripted())):
        eventually(lambda: store.waiting() == 0)

    after = REGISTRY.get_sample_value("interlude_relayed_total", {"service": SERVICE})
    assert after == before + 3
    assert REGISTRY.get_sample_value("interlude_outbox_rows", {"service": SERVICE}) is not None
    age = REGISTRY.get_sample_value("interlude_outbox_oldest_seconds", {"service": SERVICE})
    assert age is not None


def test_while_the_broker_is_away_what_waits_is_counted_and_grows_older(store: Store) -> None:
    def measured(name: str) -> float:
        return REGISTRY.get_sample_value(f"interlude_outbox_{name}", {"service": SERVICE}) or 0.0

    broker = Scripted()
    broker.absent = 10**6
    store.append(3)
    waiting = relay(store, broker)
    with running(waiting):
        eventually(lambda: measured("rows") == 3)
        first = measured("oldest_seconds")
        eventually(lambda: measured("oldest_seconds") > first)
        assert not waiting.standing


def test_with_nothing_to_publish_it_still_knows_that_the_broker_went_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.messaging.relay.HOUSEKEEPING", 0.05)
    broker = Scripted()
    idle = relay(store, broker)
    with running(idle):
        eventually(lambda: idle.standing)
        broker.absent = 10**6
        eventually(lambda: not idle.standing)
        broker.absent = 0
        eventually(lambda: idle.standing)


def test_publishing_is_a_step_of_the_trace_of_what_was_recorded(store: Store) -> None:
    (fact, *_) = store.append(3)
    with traced() as traces, running(relay(store, Scripted())):
        eventually(lambda: bool(traces.spans))
    published = traces.the(f"publish {topic_of(SERVICE)}")
    assert parent_of(published) == fact.traceparent
