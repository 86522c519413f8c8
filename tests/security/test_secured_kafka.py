"""Kafka over TLS, with SASL/SCRAM and a user for each process: everything runs with the rights that
`deploy.kafka_rights` grants, and nobody has more.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.kafka_rights import ANALYST, rights
from deploy.local.people import CLINIC
from deploy.local.ports import wait_until
from deploy.local.processes import PROCESSES, Process
from libs.messaging.broker import Broker, BrokerUnavailable, Message, PublishFailed, SubscriberLost
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.messaging.kafka import client
from libs.testing.databases import Database
from tests.component.registering import registered
from tests.component.started import ROOT, SECONDS, Clinic, issuing
from tests.component.test_kafka_client import asked, polled, published
from tests.security.left_open import closed_behind
from tests.security.secured_kafka import ADMIN, Secured, password, secured

pytestmark = [
    pytest.mark.security("who may use Kafka"),
    pytest.mark.postgres,
    pytest.mark.kafka,
    pytest.mark.timeout(300),
]

ON_KAFKA = [each.name for each in PROCESSES if "BROKER_URL" in each.needs]
USERS = sorted({right.user for right in rights()})
CARE, ANALYTICS = topic_of("care"), topic_of("analytics")


@dataclass(kw_only=True)
class SecuredClinic(Clinic):
    """Each process comes as the user of its name."""

    kafka: Secured

    def broker_of(self, process: Process) -> str:
        return self.kafka.url(process.name) if process.name in self.kafka.users else ""


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """With all users and their rights, granted as an operator does."""
    with secured(tmp_path_factory.mktemp("secured"), USERS) as made:
        granted = told(made.url(ADMIN))
        assert granted.returncode == 0, granted.stderr
        yield made


@pytest.fixture
def clinic(own_database: Database, kafka: Secured, tmp_path: Path) -> Iterator[Clinic]:
    with issuing(tmp_path) as issuer:
        clinic = SecuredClinic(
            database=own_database, broker_url="", kafka=kafka, folder=tmp_path, issuer=issuer
        )
        clinic.start("care-api", "gateway-api", *ON_KAFKA)
        try:
            clinic.await_ready()
            yield clinic
        finally:
            clinic.stop()


def told(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.kafka_rights", *options],
        cwd=ROOT,
        env={"BROKER_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_process_that_needs_kafka_has_a_user_and_nobody_else_but_the_analyst() -> None:
    assert {*ON_KAFKA, ANALYST} == set(USERS)


def test_all_of_interlude_runs_with_no_more_rights_than_that(clinic: Clinic) -> None:
    """Relay, followers, projector: what the operator registers is known everywhere."""
    registered(clinic)
    for schema, table in [("gateway", "clinics"), ("assignment", "known_clinics")]:
        assert wait_until(lambda: knows(clinic.database, schema, table), seconds=SECONDS), schema  # noqa: B023 - asked in the loop
    assert clinic.is_ready()


def knows(database: Database, schema: str, table: str) -> bool:
    with psycopg.connect(database.url) as admin:
        asked = sql.SQL("SELECT 1 FROM {} WHERE tenant_id = %s")
        return bool(admin.execute(asked.format(sql.Identifier(schema, table)), [CLINIC]).rowcount)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"password": "marmalade"}, "kafka-authentication-failed"),
        ({"host": "127.0.0.1"}, "kafka-tls-failed"),
        ({"ca": "/etc/ssl/certs/ca-certificates.crt"}, "kafka-tls-failed"),
    ],
    ids=["password", "name in the certificate", "authority"],
)
@pytest.mark.parametrize("attempt", [asked, published, polled])
def test_nobody_gets_in_with_a_wrong(
    attempt: Callable[[Broker], None],
    wrong: dict[str, str],
    code: str,
    kafka: Secured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And learns what is wrong, long before the time is up in which a broker might answer."""
    monkeypatch.setitem(client.PATIENCE, "bootstrap_timeout_ms", 60_000)
    trouble = (BrokerUnavailable, PublishFailed, SubscriberLost)
    with (
        closed_behind(),
        closing(connect(kafka.url("care-relay", **wrong))) as broker,
        pytest.raises(trouble, match=code),
    ):
        attempt(broker)


@pytest.mark.parametrize("scheme", ["kafka+ssl", "kafka"], ids=["a name", "TLS"])
def test_nobody_gets_in_without(scheme: str, kafka: Secured) -> None:
    authority = f"?ca={kafka.authority}" if scheme == "kafka+ssl" else ""
    url = f"{scheme}://localhost:{kafka.port}{authority}"
    with closed_behind(), closing(connect(url)) as broker, pytest.raises(BrokerUnavailable):
        broker.ends([CARE])


def test_an_analyst_reads_the_analytics_topic_and_knows_of_no_other(kafka: Secured) -> None:
    for publisher, topic in [("care-relay", CARE), ("gateway-analytics", ANALYTICS)]:
        with closing(connect(kafka.url(publisher))) as broker:
            broker.ensure_topic(topic, partitions=1)
    with closing(connect(kafka.url(ANALYST))) as analyst:
        assert {place.topic for place in analyst.ends([CARE, ANALYTICS])} == {ANALYTICS}


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        (ANALYST, ANALYTICS),
        ("gateway-projector", CARE),
        ("care-follow", CARE),
        ("diary-relay", CARE),
        ("care-relay", ANALYTICS),
    ],
)
def test_nobody_publishes_to_a_topic_that_is_not_theirs(
    user: str, topic: str, kafka: Secured
) -> None:
    owner = "care-relay" if topic == CARE else "gateway-analytics"
    with closing(connect(kafka.url(owner))) as broker:
        broker.ensure_topic(topic, partitions=1)
        before = broker.ends([topic])
        with closing(connect(kafka.url(user))) as stranger:
            publisher = stranger.publisher()
            with closing(publisher), pytest.raises(PublishFailed):
                publisher.publish([Message(topic=topic, key=b"k", value=b"{}", headers=())])
        assert broker.ends([topic]) == before


def test_who_may_not_grant_is_told_so_in_a_line_and_nothing_of_a_password(kafka: Secured) -> None:
    refused = told(kafka.url(ANALYST))
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert password(ANALYST) not in refused.stderr


@pytest.mark.parametrize("url", ["", "postgresql://db/x", "kafka://a:b@host:1?mechanism=MARMALADE"])
def test_a_broker_that_cannot_be_meant_is_a_line_and_status_2(url: str) -> None:
    refused = told(url)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1, refused.stderr


def test_the_rights_can_be_read_without_a_broker() -> None:
    shown = told("", "--show", "--topic-prefix", "north.")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) == len(rights())
    assert f"{ANALYST:18} READ      topic north.interlude.analytics.events.v1" in shown.stdout
