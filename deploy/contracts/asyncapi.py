"""`asyncapi.yaml`: the four topics, who writes them, who reads them, and every message on them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from deploy.contracts.catalogue import WRITERS, Published
from services.gateway.contracts import SERVICES as PROJECTED

_UUID = {"type": "string", "format": "uuid"}
_INSTANT = {"type": "string", "format": "date-time"}

HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, binary content mode. Ids and codes only.",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**_UUID, "description": "The event's id (UUIDv7); repeats carry the same."},
        "ce_type": {"type": "string", "description": "The fact's name with its version."},
        "ce_source": {"type": "string", "examples": ["/interlude/assignment"]},
        "ce_subject": {"type": "string", "description": "The stream: category and UUID."},
        "ce_time": {**_INSTANT, "description": "When it happened in the world."},
        "ce_dataschema": {"type": "string", "format": "uri-reference"},
        "content-type": {"const": "application/json"},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Version of the stream, counted from 1 without a gap.",
        },
        "ce_partitionkey": {"type": "string", "description": "The patient, else the stream."},
        "ce_tenantid": {**_UUID, "description": "The clinic."},
        "ce_actorid": _UUID,
        "ce_actorrole": {"type": "string"},
        "ce_onbehalfof": {**_UUID, "description": "The patient whose act was told by another."},
        "ce_zone": {"type": "string", "description": "IANA zone in which it happened."},
        "ce_correlationid": _UUID,
        "ce_causationid": _UUID,
        "ce_recordedtime": {**_INSTANT, "description": "When the server learned of it."},
        "ce_traceparent": {"type": "string", "description": "W3C trace context."},
        "ce_chain": {
            "type": "string",
            "description": "HMAC over the stream so far; strangers cannot make one.",
        },
    },
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"],
}


def document(facts: Iterable[Published], *, version: str) -> dict[str, Any]:
    by_service: dict[str, list[Published]] = defaultdict(list)
    for fact in facts:
        by_service[fact.service].append(fact)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Interlude events",
            "version": version,
            "description": (
                "What happened in therapy homework, one topic for each service. Delivery is at"
                " least once, a repeat is byte-identical, first occurrences are in order per"
                " stream. What people wrote is sealed (see `Sealed` in the schemas)."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{broker}",
                "protocol": "kafka",
                "description": "As BROKER_URL says.",
                "variables": {"broker": {"default": "127.0.0.1:9092"}},
            }
        },
        "channels": {service: _channel(service, by_service[service]) for service in WRITERS},
        "operations": _operations(),
        "components": {
            "schemas": {"Headers": HEADERS},
            "messages": {
                fact.name: _message(fact) for each in by_service.values() for fact in each
            },
        },
    }


def _channel(service: str, facts: Iterable[Published]) -> dict[str, Any]:
    return {
        "address": f"interlude.{service}.events.v1",
        "description": f"Everything that {service} recorded, kept for ever.",
        "messages": {fact.name: {"$ref": f"#/components/messages/{fact.name}"} for fact in facts},
        "bindings": {
            "kafka": {
                "topic": f"interlude.{service}.events.v1",
                "partitions": 12,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
            }
        },
    }


def readers(topic_of: str) -> Iterator[str]:
    """Who says of itself that it follows this topic."""
    for service in WRITERS:
        if topic_of in import_module(f"services.{service}.following").FOLLOWING.services:
            yield service
    if topic_of in PROJECTED:
        yield "gateway"


def _operations() -> dict[str, Any]:
    written = {
        f"{service}Relays": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{service}"},
            "summary": f"The relay of {service} writes; nobody else may.",
        }
        for service in WRITERS
    }
    read = {
        f"{reader}Reads{service.capitalize()}": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{service}"},
            "summary": f"{reader} keeps what it needs of {service}'s facts.",
        }
        for service in WRITERS
        for reader in readers(service)
    }
    return written | read


def _message(fact: Published) -> dict[str, Any]:
    return {
        "name": fact.name,
        "title": fact.name.split(".")[-2],
        "summary": fact.summary or fact.name,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"./events/{fact.name}.schema.json"},
        "bindings": {"kafka": {"key": {"type": "string", "description": "As ce_partitionkey."}}},
        "examples": [{"name": "story", "payload": fact.example}],
    }
