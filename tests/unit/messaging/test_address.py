"""What an operator writes into BROKER_URL, and how it is refused."""

from typing import Any

import pytest

from libs.messaging.address import BadBrokerUrl, embedded_address, kafka_address
from libs.messaging.connect import connect


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        ("kafka://127.0.0.1:9092", ("127.0.0.1:9092",)),
        ("kafka://one,two:9093", ("one:9092", "two:9093")),
        ("kafka://[::1]:9094", ("[::1]:9094",)),
    ],
)
def test_the_servers_are_listed_with_their_ports(url: str, servers: tuple[str, ...]) -> None:
    assert kafka_address(url).servers == servers
    assert kafka_address(url).security == {}


@pytest.mark.parametrize(
    ("url", "security"),
    [
        ("kafka+ssl://broker:9093", {"security_protocol": "SSL"}),
        (
            "kafka+ssl://broker:9093?ca=/etc/ca.pem&certificate=/etc/me.pem&key=/etc/me.key",
            {
                "security_protocol": "SSL",
                "ssl_cafile": "/etc/ca.pem",
                "ssl_certfile": "/etc/me.pem",
                "ssl_keyfile": "/etc/me.key",
            },
        ),
        (
            "kafka+ssl://relay:p%40ss%3Aword@broker:9093?mechanism=SCRAM-SHA-512",
            {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": "relay",
                "sasl_plain_password": "p@ss:word",
            },
        ),
        (
            "kafka://relay:secret@broker",
            {
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "PLAIN",
                "sasl_plain_username": "relay",
                "sasl_plain_password": "secret",
            },
        ),
    ],
)
def test_security_is_said_in_the_clients_words(url: str, security: dict[str, Any]) -> None:
    assert kafka_address(url).security == security


def test_patience_and_copies_may_be_said() -> None:
    address = kafka_address("kafka://broker?session=30&replication=3")
    assert (address.session, address.replication) == (30, 3)


def test_the_embedded_log_takes_postgresqls_url_and_patience() -> None:
    assert embedded_address("postgresql://a@h/d?session=3&sslmode=verify-full") == (
        "postgresql://a@h/d?sslmode=verify-full",
        3,
    )
    assert embedded_address("postgresql://a@h:5432/d") == ("postgresql://a@h:5432/d", 10)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "amqp://secret@broker",
        "kafka://",
        "kafka://one,,two",
        "kafka://secret:99999",
        "kafka://secret:port",
        "kafka://broker/secret",
        "kafka://broker?secret=1",
        "kafka://broker?session=secret",
        "kafka://broker?session=nan",
        "kafka://broker?session=0",
        "kafka://broker?ca=/secret",
        "kafka://broker?mechanism=PLAIN",
        "kafka://relay:secret@broker?mechanism=GSSAPI",
        "postgresql://broker/d?session=secret",
    ],
)
def test_a_url_that_is_no_use_is_refused_by_the_settings_name_and_not_repeated(url: str) -> None:
    with pytest.raises(BadBrokerUrl, match="BROKER_URL") as refused:
        connect(url)

    assert "secret" not in str(refused.value)
