"""What each process may do at a Kafka that asks who comes: grants it, and takes nothing away.

`BROKER_URL=kafka+ssl://admin:…@host:9093?mechanism=SCRAM-SHA-512 python -m deploy.kafka_rights`

The users are named after the processes, and `analyst` after whoever reads the analytics stream and
nothing else; their passwords are the operator's to set (kafka-configs, or the provider's console).
Every right is granted again harmlessly. `--show` prints them all and asks no broker.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)
from kafka.errors import KafkaError

from deploy.local.processes import SERVICES
from libs.messaging.address import BadBrokerUrl, kafka_address
from libs.messaging.codes import code_of
from libs.messaging.envelope import topic_of
from libs.messaging.kafka.client import made

ANALYST = "analyst"

Kind = Literal["topic", "group"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Right:
    """`name` is the topic's, or what a consumer group's name begins with."""

    user: str
    kind: Kind
    name: str
    may: Literal["CREATE", "DESCRIBE", "READ", "WRITE"]


def rights(prefix: str = "") -> Sequence[Right]:
    """Of all users, for topics whose names begin with TOPIC_PREFIX."""
    return [
        *(right for service in SERVICES for right in _of_service(service, prefix)),
        *_reads("gateway-projector", SERVICES, f"{prefix}interlude.gateway", prefix),
        *_reads("gateway-analytics", SERVICES, f"{prefix}interlude.gateway", prefix),
        *_publishes("gateway-analytics", "analytics", prefix),
        *_reads(ANALYST, ["analytics"], ANALYST, prefix),
    ]


def _of_service(service: str, prefix: str) -> Iterator[Right]:
    followed = import_module(f"services.{service}.following").FOLLOWING.services
    yield from _publishes(f"{service}-relay", service, prefix)
    yield from _reads(f"{service}-follow", followed, f"{prefix}interlude.{service}.", prefix)


def _publishes(user: str, whose: str, prefix: str) -> Iterator[Right]:
    """Reading too: a relay looks at what is in its topic before it publishes all of it again."""
    topic = topic_of(whose, prefix)
    yield Right(user=user, kind="topic", name=topic, may="CREATE")
    yield Right(user=user, kind="topic", name=topic, may="READ")
    yield Right(user=user, kind="topic", name=topic, may="WRITE")


def _reads(user: str, of: Sequence[str], groups: str, prefix: str) -> Iterator[Right]:
    for each in of:
        yield Right(user=user, kind="topic", name=topic_of(each, prefix), may="READ")
    yield Right(user=user, kind="group", name=groups, may="READ")


def grant(url: str, wanted: Sequence[Right]) -> None:
    """Raises KafkaError, also for a right that could not be granted."""
    with closing(made(KafkaAdminClient, kafka_address(url), request_timeout_ms=10_000)) as admin:
        outcome = admin.create_acls([_acl(right) for right in wanted])
    for trouble in outcome["failed"]:
        raise trouble


def _acl(right: Right) -> ACL:
    """READ and WRITE bring DESCRIBE with them."""
    topic = right.kind == "topic"
    return ACL(
        principal=f"User:{right.user}",
        host="*",
        operation=ACLOperation[right.may],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(
            ResourceType.TOPIC if topic else ResourceType.GROUP,
            right.name,
            ACLResourcePatternType.LITERAL if topic else ACLResourcePatternType.PREFIXED,
        ),
    )


def main() -> int:
    parser = ArgumentParser(prog="python -m deploy.kafka_rights", description=__doc__)
    parser.add_argument("--topic-prefix", default=os.environ.get("TOPIC_PREFIX", ""))
    parser.add_argument("--show", action="store_true", help="print the rights and grant nothing")
    asked = parser.parse_args(sys.argv[1:])
    wanted = rights(asked.topic_prefix)
    if asked.show:
        for right in wanted:
            sys.stdout.write(f"{right.user:18} {right.may:9} {right.kind} {right.name}\n")
        return 0
    return _granted(os.environ.get("BROKER_URL", ""), wanted)


def _granted(url: str, wanted: Sequence[Right]) -> int:
    if not url.startswith("kafka"):
        sys.stderr.write("BROKER_URL names the Kafka, and a user who may grant rights there.\n")
        return 2
    try:
        grant(url, wanted)
    except BadBrokerUrl as wrong:
        sys.stderr.write(f"{wrong}.\n")
        return 2
    except KafkaError as trouble:
        sys.stderr.write(f"Kafka did not grant them: {code_of(trouble)}.\n")
        return 1
    sys.stderr.write(f"{len(wanted)} rights of {len({right.user for right in wanted})} users.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
