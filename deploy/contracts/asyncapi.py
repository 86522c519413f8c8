"""`asyncapi.yaml`: the four topics, who writes them, who reads them, and every message on them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import yaml

from deploy.contracts.catalogue import WRITERS, Published
from deploy.contracts.headers import HEADERS, example
from libs.eventstore.versions import version_of
from libs.messaging.envelope import topic_of
from libs.process.following import Following, group_of
from services.gateway.contracts import SERVICES as PROJECTED
from services.gateway.projecting import GROUP

Json = dict[str, Any]

PARTITIONS = 12

_ABOUT = """\
What happened in therapy homework, one topic for each service.

Delivery is at least once: a repeat is byte-identical and has the same `ce_id`. First occurrences
are in order within a stream (`ce_subject`, `ce_sequence`), and all of a patient's are in one
partition; across streams nothing is promised. Topics keep everything, so a consumer may start from
the beginning at any time, and meets every version that was ever published. Versions only add
fields that may be missing: read what you need, and let pass what you do not know.

What people wrote is sealed (see `Sealed` in the schemas) under a key of the patient's own; when it
is destroyed, the text is gone from every copy of the topic too. Where no Kafka runs, the same
records lie in a log in PostgreSQL, with the same topics, keys and headers.
"""


class _Dumper(yaml.SafeDumper):
    """Text of several lines stays text of several lines."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def written(described: Json) -> bytes:
    return yaml.dump(described, Dumper=_Dumper, sort_keys=False, width=100).encode()


def document(facts: Iterable[Published], *, version: str) -> Json:
    by_service: dict[str, list[Published]] = defaultdict(list)
    for fact in facts:
        by_service[fact.service].append(fact)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Interlude events",
            "version": version,
            "description": _ABOUT,
            "tags": [{"name": service} for service in WRITERS],
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": _kafka()},
        "channels": {service: _channel(service, by_service[service]) for service in WRITERS},
        "operations": _operations(by_service),
        "components": {
            "schemas": {"Headers": HEADERS},
            "correlationIds": {"request": _request()},
            "messages": {
                fact.name: _message(fact) for each in by_service.values() for fact in each
            },
        },
    }


def _kafka() -> Json:
    return {
        "host": "{broker}",
        "protocol": "kafka",
        "protocolVersion": "4.3",
        "title": "Apache Kafka",
        "description": "As BROKER_URL says. TOPIC_PREFIX, where it is set, goes before every"
        " topic and every consumer group.",
        "variables": {
            "broker": {
                "default": "127.0.0.1:9092",
                "description": "Host and port of a bootstrap server.",
                "examples": ["kafka:9092"],
            }
        },
    }


def _request() -> Json:
    return {
        "description": "The same for all that one request led to, through all services.",
        "location": "$message.header#/ce_correlationid",
    }


def _channel(service: str, facts: Iterable[Published]) -> Json:
    who = sorted(readers(service))
    return {
        "address": topic_of(service),
        "title": f"What {service} recorded",
        "summary": f"Written by {service}, read by {', '.join(who)}.",
        "description": (
            f"Everything that {service} recorded, kept for ever (`retention.ms` is -1, nothing is"
            " compacted). The key is the patient's id, or the stream's name where a fact is about"
            f" nobody: one patient, one partition of {PARTITIONS}, fixed when the topic is made."
            f" Only the relay of {service} writes here, idempotently and with `acks=all`; a lost"
            f" topic is sent again by `python -m services.{service} republish`."
        ),
        "servers": [{"$ref": "#/servers/kafka"}],
        "tags": [{"name": service}],
        "messages": {fact.name: {"$ref": f"#/components/messages/{fact.name}"} for fact in facts},
        "bindings": {
            "kafka": {
                "topic": topic_of(service),
                "partitions": PARTITIONS,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": -1,
                    "retention.bytes": -1,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def readers(topic_of: str) -> Iterator[str]:
    """Who says of itself that it follows this topic."""
    for service in WRITERS:
        if topic_of in _following(service).services:
            yield service
    if topic_of in PROJECTED:
        yield "gateway"


def _following(service: str) -> Following:
    found: Following = import_module(f"services.{service}.following").FOLLOWING
    return found


def _operations(by_service: dict[str, list[Published]]) -> Json:
    written = {f"{service}Relays": _relays(service, by_service[service]) for service in WRITERS}
    read = {
        f"{reader}Reads{service.capitalize()}": _reads(reader, service)
        for service in WRITERS
        for reader in readers(service)
    }
    return written | read


def _relays(service: str, facts: Sequence[Published]) -> Json:
    newest = {fact.name.rpartition(".v")[0]: fact.name for fact in sorted(facts, key=_version)}
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{service}"},
        "title": f"{service}: relay",
        "summary": f"The relay of {service} writes the newest versions; nobody else may.",
        "messages": [
            {"$ref": f"#/channels/{service}/messages/{fact.name}"}
            for fact in facts
            if fact.name in newest.values()
        ],
        "bindings": {
            "kafka": {
                "clientId": {"type": "string", "description": "Any: the lease says who writes."},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _version(fact: Published) -> int:
    return version_of(fact.name)


def _reads(reader: str, service: str) -> Json:
    if reader == "gateway":
        role, group = "projector", GROUP
        what = "turns all of it into read models, from the beginning whenever one is rebuilt."
    else:
        role, group = "follow", group_of(reader)
        what = f"keeps what the rules of {reader} need to know{_reacting(reader)}."
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{service}"},
        "title": f"{reader}: {role}",
        "summary": f"`{reader}` {what}",
        "bindings": {
            "kafka": {
                "groupId": {
                    "type": "string",
                    "pattern": rf"^.*{group.replace('.', '[.]')}$",
                    "examples": [group],
                    "description": "After TOPIC_PREFIX, where it is set. The places that count"
                    " are kept with what was applied; Kafka's own are for lag tools.",
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _reacting(reader: str) -> str:
    causes = sorted(_following(reader).causes)
    return f", and reacts to what happens to: {', '.join(causes)}" if causes else ""


def _message(fact: Published) -> Json:
    return {
        "name": fact.name,
        "title": fact.name.split(".")[-2],
        "summary": fact.summary or fact.name,
        "tags": [{"name": fact.service}],
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"./events/{fact.name}.schema.json"},
        "correlationId": {"$ref": "#/components/correlationIds/request"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "As ce_partitionkey."},
                "bindingVersion": "0.5.0",
            }
        },
        "examples": [
            {
                "name": "story",
                "summary": "As it is told in the story of Masha and Larry.",
                "headers": dict(example(fact)),
                "payload": fact.example,
            }
        ],
    }
