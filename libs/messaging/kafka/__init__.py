"""Apache Kafka behind the broker protocol: nobody else imports its client."""

from libs.messaging.kafka.broker import KafkaBroker

__all__ = ["KafkaBroker"]
