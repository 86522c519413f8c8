"""The Kafka of docker-compose.yml, with its own settings: a certificate says who comes, and each
process has the rights that `deploy.kafka_rights` grants.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from deploy import credentials
from deploy.credentials import ADMIN
from deploy.kafka_rights import ANALYST, grant, rights
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port, wait_until
from deploy.local.schemas import ROOT
from libs.messaging.broker import BrokerUnavailable, Message, PublishFailed
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from tests.security.left_open import closed_behind

pytestmark = [
    pytest.mark.security("who may use Kafka"),
    pytest.mark.kafka,
    pytest.mark.timeout(300),
]

SETTINGS = ROOT / "deploy" / "compose" / "kafka.properties"
CARE, ANALYTICS = topic_of("care"), topic_of("analytics")


class KafkaOfCompose(KafkaServer):
    """In a container it has a machine to itself; here its ports and folders lie elsewhere."""

    def settings(self) -> str:
        elsewhere = {
            "CLIENTS://:9092": f"CLIENTS://127.0.0.1:{self.port}",
            "kafka:9092": f"localhost:{self.port}",
            "127.0.0.1:9093": f"127.0.0.1:{self.controller_port}",
            "127.0.0.1:9094": f"127.0.0.1:{free_port()}",
            "/run/secrets/kafka_keystore": str(self.folder / "kafka.pem"),
            "/run/secrets/authority": str(self.folder / "authority.pem"),
            "/var/lib/kafka/data": str(self.folder / "data"),
        }
        text = SETTINGS.read_text()
        for before, after in elsewhere.items():
            assert before in text
            text = text.replace(before, after)
        return text


@dataclass(frozen=True)
class Kafka:
    folder: Path
    port: int

    def url(self, name: str | None) -> str:
        who = f"&certificate={self.folder / name}" if name else ""
        return (
            f"kafka+ssl://localhost:{self.port}?ca={self.folder / 'authority.pem'}{who}&session=6"
        )

    def url_as(self, user: str) -> str:
        return self.url(f"kafka-{user}.pem")


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """With the certificates that an operator has drawn, and all rights granted."""
    folder = tmp_path_factory.mktemp("compose")
    for name, content in credentials.certificates(datetime.now(UTC)).items():
        (folder / name).write_bytes(content)
    with KafkaOfCompose(folder, free_port()) as server:
        made = Kafka(folder, server.port)
        assert wait_until(lambda: granted(made), seconds=60)
        yield made


def granted(kafka: Kafka) -> bool:
    """False as long as a busy machine's Kafka listens and does no more."""
    try:
        grant(kafka.url_as(ADMIN), rights())
    except KafkaError:
        return False
    return True


def test_a_relay_makes_its_topic_and_an_analyst_knows_of_no_topic_but_theirs(kafka: Kafka) -> None:
    for user, topic in (("care-relay", CARE), ("gateway-analytics", ANALYTICS)):
        with closing(connect(kafka.url_as(user))) as broker:
            broker.ensure_topic(topic, partitions=1)
            with closing(broker.publisher()) as publisher:
                publisher.publish([Message(topic=topic, key=b"key", headers=[], value=b"{}")])
    with closing(connect(kafka.url_as(ANALYST))) as broker:
        assert {place.topic for place in broker.ends([CARE, ANALYTICS])} == {ANALYTICS}


def test_a_relay_writes_in_no_topic_but_its_own(kafka: Kafka) -> None:
    with closing(connect(kafka.url_as("care-relay"))) as broker:
        broker.ensure_topic(CARE, partitions=1)
    with (
        closing(connect(kafka.url_as("diary-relay"))) as broker,
        closing(broker.publisher()) as publisher,
        pytest.raises(PublishFailed),
    ):
        publisher.publish([Message(topic=CARE, key=b"key", headers=[], value=b"{}")])


@pytest.mark.parametrize("certificate", [None, "kafka.pem"], ids=["none", "the broker's own"])
def test_nobody_gets_in_without_a_clients_certificate(
    kafka: Kafka, certificate: str | None
) -> None:
    with (
        closed_behind(),
        closing(connect(kafka.url(certificate))) as broker,
        pytest.raises(BrokerUnavailable),
    ):
        broker.ends([CARE])
