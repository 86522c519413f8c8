"""The broker that BROKER_URL names."""

from urllib.parse import urlsplit

from libs.messaging.address import BadBrokerUrl, embedded_address, kafka_address
from libs.messaging.broker import Broker

KAFKA = {"kafka", "kafka+ssl"}
EMBEDDED = {"postgresql", "postgres"}


def connect(url: str) -> Broker:
    """Imports only the client that is asked for; connects when first used."""
    scheme = urlsplit(url).scheme
    if scheme in KAFKA:
        from libs.messaging.kafka import KafkaBroker  # noqa: PLC0415 - not with the embedded log

        return KafkaBroker(kafka_address(url))
    if scheme in EMBEDDED:
        from libs.messaging.embedded import EmbeddedBroker  # noqa: PLC0415 - not with Kafka

        address, session = embedded_address(url)
        return EmbeddedBroker(address, session=session)
    raise BadBrokerUrl(
        "BROKER_URL must begin with kafka:// or kafka+ssl:// (Apache Kafka)"
        " or postgresql:// (the embedded log)"
    )
