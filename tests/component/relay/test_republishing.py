"""What a topic has lost is published again: the whole store or one stream, while no relay works."""

import pytest

from libs.messaging.envelope import to_message, topic_of
from libs.messaging.republish import BATCH, NoSuchStream, RelayBusy
from libs.process.showing import Interrupted
from tests.component.relay.relaying import ENOUGH, eventually, ids, published_again, relay, running
from tests.component.relay.scripted import Scripted, Slowly
from tests.component.relay.storing import SERVICE, STREAMS, Store

pytestmark = pytest.mark.postgres


def test_the_whole_store_or_one_stream_is_published_again(store: Store) -> None:
    facts = store.append(20)
    with running(relay(store, Scripted())):
        eventually(lambda: store.waiting() == 0)
    broker, told = Scripted(), []

    sent = published_again(store, broker, progress=lambda done, total: told.append((done, total)))
    one = Scripted()
    published_again(store, one, stream=STREAMS[0])

    assert sent == 20
    assert told == [(20, 20)]
    assert broker.published == [to_message(fact, topic_of(SERVICE)) for fact in facts]
    assert ids(one.published) == [str(fact.event_id) for fact in facts[:: len(STREAMS)]]


def test_a_stream_that_nobody_knows_is_not_published_and_not_even_its_topic_made(
    store: Store,
) -> None:
    store.append(3)
    broker = Scripted()
    with pytest.raises(NoSuchStream):
        published_again(store, broker, stream="assignment-misspelt")
    assert broker.published == []
    assert broker.ensured == 0


def test_asked_to_stop_it_stops_between_two_batches_and_leaves_the_lease(store: Store) -> None:
    store.append(2 * BATCH)
    broker = Scripted()

    def told(_done: int, _total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        published_again(store, broker, progress=told)
    assert len(broker.published) == BATCH
    assert store.ask("SELECT count(*) FROM assignment.relay_lease") == 1
    published_again(store, broker)
    assert len(broker.published) == 3 * BATCH


def test_the_relay_leaves_the_topic_to_who_publishes_it_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.messaging.republish.PATIENCE", "300ms")
    slowly = Slowly()
    store.append(3)
    with running(relay(store, Scripted(slowly))):
        assert slowly.at_work.wait(ENOUGH)
        with pytest.raises(RelayBusy):
            published_again(store, Scripted())
        slowly.go_on.set()
