"""What kafka-python leaves behind when a broker does not answer, and why it is wrapped."""

import gc
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from kafka import KafkaConsumer
from kafka.producer.transaction_manager import TransactionManager

from deploy.credentials import Authority
from deploy.local.ports import wait_until
from libs.messaging.broker import (
    Broker,
    BrokerUnavailable,
    Message,
    PublishFailed,
    SubscriberLost,
)
from libs.messaging.connect import connect
from libs.messaging.kafka import client, publishing
from tests.component.refusing_broker import refusing

RECORD = Message(topic="interlude.diary.events.v1", key=b"k", headers=[], value=b"{}")


def asked(broker: Broker) -> None:
    broker.topic_id(RECORD.topic)


def published(broker: Broker) -> None:
    broker.publisher().publish([RECORD])


def polled(broker: Broker) -> None:
    broker.subscriber(group="projector", topics=[RECORD.topic]).poll(timeout=1)


def held() -> tuple[int, int]:
    """Threads and open files of this process."""
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


EVERY_WAY = [(asked, BrokerUnavailable), (published, PublishFailed), (polled, SubscriberLost)]
Attempt = Callable[[Broker], None]


@pytest.fixture
def mute() -> Iterator[Broker]:
    """Takes connections and never says a word, as a broker does that is just starting."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        broker = connect(f"kafka://127.0.0.1:{server.getsockname()[1]}")
        yield broker
        broker.close()


@pytest.fixture
def nobody() -> Broker:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return connect(f"kafka://127.0.0.1:{port}")


@pytest.mark.parametrize(("attempt", "trouble"), EVERY_WAY)
def test_where_nobody_listens_it_is_said_at_once(
    nobody: Broker, attempt: Attempt, trouble: type[Exception]
) -> None:
    with pytest.raises(trouble, match="unreachable"):
        attempt(nobody)


@pytest.mark.parametrize(("attempt", "trouble"), EVERY_WAY)
def test_a_broker_that_does_not_answer_costs_no_thread_and_no_socket(
    mute: Broker, attempt: Attempt, trouble: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.PATIENCE, "bootstrap_timeout_ms", 200)
    gc.collect()
    gc.disable()  # as in a process that collects as rarely as it can
    try:
        with pytest.raises(trouble, match="kafka-timeout"):
            attempt(mute)
        before = held()
        for _ in range(3):
            with pytest.raises(trouble, match="kafka-timeout"):
                attempt(mute)
        assert held() == before
    finally:
        gc.enable()


@pytest.fixture
def somebody_else(tmp_path: Path) -> Iterator[Broker]:
    """Shows a certificate of its own, signed by nobody that we know."""
    known, unknown = (Authority.new(datetime.now(UTC)) for _ in range(2))
    certificate, key = unknown.server("localhost")
    (tmp_path / "server.pem").write_bytes(key + certificate)
    (tmp_path / "ca.pem").write_bytes(known.certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, context), daemon=True).start()
        port = server.getsockname()[1]
        broker = connect(f"kafka+ssl://localhost:{port}?ca={tmp_path / 'ca.pem'}")
        yield broker
        broker.close()
        server.shutdown(socket.SHUT_RDWR)


def _greet(server: socket.socket, context: ssl.SSLContext) -> None:
    """Until nobody listens any more."""
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            with suppress(OSError), caller, context.wrap_socket(caller, server_side=True):
                pass


@pytest.mark.parametrize(("attempt", "trouble"), EVERY_WAY)
def test_a_broker_that_is_not_the_one_that_we_know_is_left_at_once(
    somebody_else: Broker, attempt: Attempt, trouble: type[Exception]
) -> None:
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(trouble, match="kafka-tls-failed"):
            attempt(somebody_else)
        before = held()
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(trouble, match="kafka-tls-failed"):
                attempt(somebody_else)
        assert time.monotonic() - began < client.PATIENCE["bootstrap_timeout_ms"] / 1000
        # The other side, in this process too, lets go of its ends a moment later.
        assert wait_until(lambda: held() <= before, seconds=5, every=0.05), (held(), before)
    finally:
        gc.enable()


@pytest.mark.parametrize(("attempt", "trouble"), EVERY_WAY)
def test_a_wrong_password_is_said_at_once_and_is_no_outage(
    attempt: Attempt, trouble: type[Exception]
) -> None:
    """Also to who is slow to read, and meets the last word together with the end."""
    with refusing() as port, closing(connect(f"kafka://care-relay:x@127.0.0.1:{port}")) as broker:
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(trouble, match="kafka-authentication-failed"):
                attempt(broker)
        assert time.monotonic() - began < client.PATIENCE["bootstrap_timeout_ms"] / 1000


@pytest.mark.kafka
def test_a_reader_that_has_its_partitions_waits_without_asking_again_and_again(
    kafka_broker: str,
) -> None:
    topic = f"quiet.{uuid4()}"
    with closing(connect(kafka_broker)) as broker:
        broker.ensure_topic(topic, partitions=1)
        with closing(broker.subscriber(group=topic, topics=[topic])) as reader:
            while not (assigned := reader.poll(timeout=5).assigned):
                pass
            reader.seek(assigned[0], 0)
            poll = KafkaConsumer.poll
            with patch.object(KafkaConsumer, "poll", autospec=True, side_effect=poll) as ask:
                assert reader.poll(timeout=0.5).deliveries == []
    # The second takes what came as the time was up, and a busy machine may be late.
    assert ask.call_count < 5


@pytest.mark.kafka
def test_a_producer_that_gets_no_id_gives_up_in_time(
    kafka_broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the broker dies at that very moment: the client itself would wait without end."""
    monkeypatch.setattr(TransactionManager, "has_producer_id", lambda _self: False)
    monkeypatch.setattr(publishing, "FLUSH_SECONDS", 1.0)
    topic = f"no-id.{uuid4()}"
    with closing(connect(kafka_broker)) as broker:
        broker.ensure_topic(topic, partitions=1)
        with closing(broker.publisher()) as publisher:
            began = time.monotonic()
            with pytest.raises(PublishFailed, match="kafka-timeout"):
                publisher.publish([replace(RECORD, topic=topic)])
    assert time.monotonic() - began < 10
