"""Which broker `make run` takes, and when it says that another would lose something."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.broker import Brokers, Chosen
from deploy.local.choices import Choices
from deploy.local.kafka_jars import KafkaUnavailable
from deploy.local.processes import Ports
from deploy.local.trouble import Trouble
from deploy.local.var import Var

EMBEDDED = "postgresql://broker_app@127.0.0.1/interlude"


@dataclass(frozen=True, kw_only=True)
class Offline(Brokers):
    def _kafka(self) -> Chosen:
        raise KafkaUnavailable("The jars cannot be fetched.")


@dataclass(frozen=True, kw_only=True)
class Online(Brokers):
    def _kafka(self) -> Chosen:
        return Chosen(kind="kafka", url="kafka://127.0.0.1:8092")


def brokers(kind: type[Brokers], folder: Path) -> Brokers:
    return kind(
        var=Var(folder),
        ports=Ports(),
        embedded_url=EMBEDDED,
        stack=ExitStack(),
        progress=lambda _done, _of: None,
    )


def test_kafka_is_what_one_gets_without_asking(tmp_path: Path) -> None:
    assert brokers(Online, tmp_path).choose(Choices()).kind == "kafka"


def test_without_asking_and_without_kafka_the_embedded_log_stands_in(tmp_path: Path) -> None:
    chosen = brokers(Offline, tmp_path).choose(Choices())
    assert chosen == Chosen(kind="embedded", url=EMBEDDED, instead="The jars cannot be fetched.")


def test_who_asks_for_kafka_is_told_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="BROKER=embedded"):
        brokers(Offline, tmp_path).choose(Choices(broker="kafka"))


def test_the_broker_of_the_first_run_stays(tmp_path: Path) -> None:
    brokers(Offline, tmp_path).choose(Choices())
    assert brokers(Online, tmp_path).choose(Choices()).kind == "embedded"


def test_another_broker_than_the_data_was_published_to_is_refused(tmp_path: Path) -> None:
    brokers(Online, tmp_path).choose(Choices(broker="embedded"))
    with pytest.raises(Trouble, match="make reset"):
        brokers(Online, tmp_path).choose(Choices(broker="kafka"))


def test_what_was_published_to_kafka_does_not_fall_back(tmp_path: Path) -> None:
    brokers(Online, tmp_path).choose(Choices())
    with pytest.raises(Trouble, match="cannot be fetched"):
        brokers(Offline, tmp_path).choose(Choices())
