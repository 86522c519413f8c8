"""The embedded log and Apache Kafka keep the same promises."""

from collections.abc import Iterator

import psycopg
import pytest

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from libs.messaging.connect import connect
from libs.testing.broker_contract import BrokerContract, Stage
from libs.testing.databases import Database

SESSION = 3


class EmbeddedStage:
    def __init__(self, database: Database) -> None:
        self.url = f"{database.url_as('broker_app')}?session={SESSION}"
        self.broker = connect(self.url)
        self._superuser = database.url

    def break_down(self) -> None:
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'broker_app' AND datname = current_database()"
        )

    def lose(self, topic: str) -> None:
        self._run("DELETE FROM broker.topics WHERE name = %s", topic)

    def _run(self, statement: str, *arguments: str) -> None:
        with psycopg.connect(self._superuser, autocommit=True) as superuser:
            superuser.execute(statement, arguments)


class KafkaStage:
    """`server` is None where the broker is others' too and must not be broken."""

    def __init__(self, url: str, server: KafkaServer | None = None) -> None:
        self.url = f"{url}?session={SESSION}"
        self.broker = connect(self.url)
        self._server = server

    @property
    def server(self) -> KafkaServer:
        assert self._server is not None
        return self._server

    def break_down(self) -> None:
        self.server.kill()
        self.server.start()

    def lose(self, topic: str) -> None:
        assert topic
        self.server.stop()
        self.server.wipe()
        self.server.start()


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    with KafkaServer(tmp_path_factory.mktemp("kafka"), free_port()) as server:
        yield server


@pytest.mark.postgres
class TestEmbeddedLog(BrokerContract):
    @pytest.fixture
    def stage(self, database: Database) -> Stage:
        return EmbeddedStage(database)

    @pytest.fixture
    def fragile_stage(self, own_database: Database) -> Stage:
        return EmbeddedStage(own_database)


@pytest.mark.kafka
@pytest.mark.timeout(240)  # two of them start a broker anew, which a busy machine does slowly
class TestKafka(BrokerContract):
    @pytest.fixture
    def stage(self, kafka_broker: str) -> Iterator[Stage]:
        stage = KafkaStage(kafka_broker)
        yield stage
        stage.broker.close()

    @pytest.fixture
    def fragile_stage(self, own_kafka: KafkaServer) -> Iterator[Stage]:
        stage = KafkaStage(own_kafka.url, own_kafka)
        yield stage
        stage.broker.close()
