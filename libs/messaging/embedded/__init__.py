"""The embedded log: one append-only table in PostgreSQL, for laptops, tests and small clinics.

The same semantics as Kafka's and not a second product: whoever outgrows one machine sets
BROKER_URL to Kafka and changes no code.
"""

from libs.messaging.embedded.broker import EmbeddedBroker

__all__ = ["EmbeddedBroker"]
