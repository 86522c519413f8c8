"""What a relay sends: every fact in the order of the store, forgotten once the broker has it."""

import threading
import time
from typing import Any

import psycopg
import pytest

from libs.messaging import outbox
from libs.messaging.broker import PublishFailed
from libs.messaging.envelope import to_message, topic_of
from tests.component.relay.relaying import eventually, ids, relay, running
from tests.component.relay.scripted import Scripted, fails, once_after
from tests.component.relay.storing import SERVICE, Store

pytestmark = pytest.mark.postgres


def test_facts_are_published_in_the_order_of_the_store_and_then_forgotten(store: Store) -> None:
    broker = Scripted()
    facts = store.append(25)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published) == [str(fact.event_id) for fact in facts]
    assert [len(each) for each in broker.attempts] == [10, 10, 5]
    assert broker.published == [to_message(fact, topic_of(SERVICE)) for fact in facts]


def test_nothing_is_forgotten_before_the_broker_has_it(store: Store) -> None:
    seen: list[int] = []
    broker = Scripted(lambda _messages: seen.append(store.waiting()))
    store.append(3)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert seen == [3]


def test_a_batch_that_failed_is_sent_again_whole_by_another_publisher(store: Store) -> None:
    broker = Scripted(fails(2))
    facts = store.append(5)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert [ids(each) for each in broker.attempts] == [[str(fact.event_id) for fact in facts]] * 3
    assert broker.attempts[0] == broker.attempts[2]
    assert broker.publishers == 3


def test_what_follows_a_failed_batch_is_not_sent_before_it(store: Store) -> None:
    broker = Scripted(fails(1))
    facts = store.append(20)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published) == [str(fact.event_id) for fact in facts]
    assert ids(broker.attempts[0]) == ids(broker.attempts[1])


def test_a_topic_that_was_lost_gets_all_that_was_published_before_anything_new(
    store: Store,
) -> None:
    broker = Scripted()
    facts = store.append(25)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    broker.lose()
    facts += store.append(2)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    told = ids(broker.published)
    assert list(dict.fromkeys(told)) == [str(fact.event_id) for fact in facts]
    assert told[25:] == [str(fact.event_id) for fact in facts[25:]] * 2


def test_making_a_topic_whole_begins_anew_where_it_broke_off(store: Store) -> None:
    broker = Scripted()
    facts = store.append(2500)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    broker.lose()
    broker.behave = once_after(1, PublishFailed("kafka-timeout"))
    facts += store.append(1)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert list(dict.fromkeys(ids(broker.published))) == [str(fact.event_id) for fact in facts]


def test_a_commit_that_comes_late_with_an_early_position_is_not_missed(store: Store) -> None:
    facts = store.append(2)
    late = store.fact(2, b"{}")
    with psycopg.connect(store.superuser) as slow:
        position = store.write(slow, late)
        slow.execute("INSERT INTO assignment.outbox VALUES (%s)", [position])
        facts += store.append(3)
        broker = Scripted()
        with running(relay(store, broker, batch=2)):
            eventually(lambda: len(broker.published) == 5)
            slow.commit()
            eventually(lambda: len(broker.published) == 6)
    assert ids(broker.published) == [str(fact.event_id) for fact in [*facts, late]]


def test_the_next_batch_is_read_while_one_is_on_its_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, in_flight = outbox.read, threading.Event()

    def noticed(*arguments: Any, **named: Any) -> outbox.Batch:
        batch = read(*arguments, **named)
        if named.get("in_flight"):
            in_flight.set()
        return batch

    monkeypatch.setattr(outbox, "read", noticed)
    overlapped: list[bool] = []
    broker = Scripted(lambda _messages: overlapped.append(in_flight.wait(2)))
    store.append(20)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert overlapped[0]


def test_a_relay_waits_for_a_broker_that_is_not_there(store: Store) -> None:
    broker = Scripted()
    broker.absent = 3
    store.append(1)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert len(broker.published) == 1


def test_who_is_asked_to_stop_finishes_the_batch_at_hand(store: Store) -> None:
    stopping: list[threading.Event] = []
    broker = Scripted(lambda _messages: stopping[0].set())
    store.append(30)

    with running(relay(store, broker, batch=10)) as stop:
        stopping.append(stop)
        eventually(lambda: store.waiting() == 20)

    assert len(broker.published) == 10
    assert store.waiting() == 20


def test_a_quiet_relay_is_woken_by_a_notification(store: Store) -> None:
    broker = Scripted()
    with running(relay(store, broker)):
        time.sleep(1)
        store.append(1)
        store.ask("SELECT pg_notify('outbox_assignment', '')::text")
        eventually(lambda: len(broker.published) == 1)


def test_a_batch_costs_the_same_however_much_was_published_before_it(store: Store) -> None:
    """What PostgreSQL believes of an outbox is never true for long."""
    store.append(3000)
    store.publish_all_but(20)

    with outbox.connected(store.url, SERVICE) as connection, connection.transaction():
        batches = [outbox.read(connection, topic_of(SERVICE), most=1000) for _ in range(12)]
        looked_at = connection.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE schemaname = 'assignment' AND relname = 'events'"
        ).fetchone()

    assert looked_at == (sum(map(len, batches)),) == (12 * 20,)
