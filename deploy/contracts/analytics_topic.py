"""The analytics topic in `asyncapi.yaml`: who writes and who reads it, and how long it is kept."""

from collections.abc import Sequence
from typing import Any

from deploy.contracts.analytics import Derived
from libs.eventstore.wire import Json
from libs.messaging.envelope import topic_of
from services.gateway.analytics.passing import PSEUDONYM_SCHEMA
from services.gateway.settings import RETENTION_DAYS

TOPIC = topic_of("analytics")

HEADERS: Json = {
    "type": "object",
    "description": "CloudEvents 1.0, binary content mode, without a time. No id is a real one.",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**PSEUDONYM_SCHEMA, "description": "Of the event; repeats carry the same."},
        "ce_type": {"type": "string", "description": "The kind of record with its version."},
        "ce_source": {"const": "/interlude/analytics"},
        "ce_subject": {
            "type": "string",
            "pattern": "^[a-z_]+-[0-9a-f]{32}$",
            "description": "The stream: category and pseudonym.",
        },
        "ce_dataschema": {"type": "string", "format": "uri-reference"},
        "content-type": {"const": "application/json"},
        "ce_partitionkey": {**PSEUDONYM_SCHEMA, "description": "The patient."},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Version of the stream; what is not published leaves gaps.",
        },
        "ce_epoch": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "ce_correlationid": PSEUDONYM_SCHEMA,
        "ce_causationid": PSEUDONYM_SCHEMA,
    },
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_epoch"],
}


def added_to(document: Json, told: Sequence[Derived]) -> Json:
    """The AsyncAPI document, with the analytics topic."""
    topic = {"$ref": "#/channels/analytics"}
    operations = {
        "gatewayDerives": {
            "action": "send",
            "channel": topic,
            "summary": "The gateway's analytics role writes; nobody else may.",
        },
        "analystsRead": {
            "action": "receive",
            "channel": topic,
            "summary": "Analysts read this topic, and no other.",
        },
    }
    components = document["components"]
    return {
        **document,
        "channels": {**document["channels"], "analytics": _channel(told)},
        "operations": {**document["operations"], **operations},
        "components": {
            **components,
            "schemas": {**components["schemas"], "AnalyticsHeaders": HEADERS},
            "messages": {**components["messages"], **{each.name: _message(each) for each in told}},
        },
    }


def _channel(told: Sequence[Derived]) -> dict[str, Any]:
    return {
        "address": TOPIC,
        "description": (
            "What may be learned from homework of patients who have consented, without learning"
            " whose it was; derived from the other topics, kept for a while. After a"
            " ConsentWithdrawn all of that key is to be forgotten."
        ),
        "messages": {each.name: {"$ref": f"#/components/messages/{each.name}"} for each in told},
        "bindings": {
            "kafka": {
                "topic": TOPIC,
                "partitions": 12,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": RETENTION_DAYS * 24 * 60 * 60 * 1000,
                },
            }
        },
    }


def _message(told: Derived) -> dict[str, Any]:
    return {
        "name": told.name,
        "title": told.name.split(".")[-2],
        "summary": told.summary,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/AnalyticsHeaders"},
        "payload": {"$ref": f"./analytics/{told.name}.schema.json"},
        "bindings": {
            "kafka": {"key": {"type": "string", "description": "The patient's pseudonym."}}
        },
        "examples": [{"name": "story", "headers": told.headers, "payload": told.example}],
    }
