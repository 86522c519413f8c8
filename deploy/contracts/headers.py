"""The headers of every record, as AsyncAPI describes them, and an example of each."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import shake_256
from typing import Any
from uuid import UUID, uuid5

from deploy.contracts.catalogue import Published
from libs.eventstore.chain import SIZE
from libs.eventstore.recorded import Recorded, stream_name
from libs.messaging.envelope import CONTENT_TYPE, SCHEMAS, to_message, topic_of

_UUID = {"type": "string", "format": "uuid"}
_INSTANT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$",
}

HEADERS: dict[str, Any] = {
    "type": "object",
    "description": (
        "CloudEvents 1.0 in Kafka's binary content mode: every attribute is a header of its own,"
        " in UTF-8. Ids, times and codes only, never anything that somebody wrote."
    ),
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**_UUID, "description": "The event's id (UUIDv7); repeats carry the same."},
        "ce_type": {
            "type": "string",
            "pattern": r"^interlude\.[a-z]+\.[A-Za-z]+\.v[1-9][0-9]*$",
            "description": "The fact's name with its version. A later version only adds fields"
            " that may be missing: who can read one version reads those after it.",
        },
        "ce_source": {
            "type": "string",
            "format": "uri-reference",
            "pattern": "^/interlude/[a-z]+$",
            "description": "The service that recorded it.",
        },
        "ce_subject": {
            "type": "string",
            "pattern": "^[a-z][a-z_]*-[0-9a-f-]{36}$",
            "description": "The stream: category and UUID. Order is promised within it.",
        },
        "ce_time": {**_INSTANT, "description": "When it happened in the world."},
        "ce_dataschema": {
            "type": "string",
            "format": "uri",
            "description": f"Names the JSON Schema of the data: {SCHEMAS}/<ce_type>.schema.json",
        },
        "content-type": {"const": CONTENT_TYPE},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "Version of the stream, counted from 1 without a gap. Whoever has"
            " applied n lets n and less pass.",
        },
        "ce_partitionkey": {
            "type": "string",
            "description": "The record's key: the patient's (or therapist's) id, else the stream.",
        },
        "ce_tenantid": {**_UUID, "description": "The clinic."},
        "ce_actorid": {**_UUID, "description": "Who told it; a service, where a fact led to it."},
        "ce_actorrole": {
            "type": "string",
            "pattern": "^[a-z_]+$",
            "description": "As whom: patient, therapist, clinic_admin, system…",
        },
        "ce_onbehalfof": {**_UUID, "description": "The patient whose act was told by another."},
        "ce_zone": {"type": "string", "description": "IANA zone in which it happened."},
        "ce_correlationid": {**_UUID, "description": "The same for all that one request led to."},
        "ce_causationid": {**_UUID, "description": "The event that led to this one."},
        "ce_recordedtime": {**_INSTANT, "description": "When the server learned of it."},
        "ce_traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f-]*$",
            "description": "W3C trace context of the request; empty where there was none.",
        },
        "ce_chain": {
            "type": "string",
            "pattern": "^([0-9a-f]{2})+$",
            "description": "HMAC over the stream so far, under a key of the service: readers that"
            " have the key apply nothing that a stranger wrote.",
        },
    },
    "required": [
        *("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"),
        *("ce_dataschema", "content-type", "ce_sequence", "ce_partitionkey", "ce_tenantid"),
        *("ce_actorid", "ce_actorrole", "ce_zone", "ce_correlationid", "ce_recordedtime"),
        *("ce_traceparent", "ce_chain"),
    ],
}

_CLINIC = UUID("00000000-0000-7000-8000-0000000000c1")
_ANNA = UUID("00000000-0000-7000-8000-0000000000a1")
_MASHA = UUID("00000000-0000-7000-8000-0000000000b1")
_SUBJECTS = {"clinic": None, "therapist": _ANNA}
_TOLD = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)


def example(fact: Published) -> Mapping[str, str]:
    """Made by the relay's own hand, of a record that does not exist; the same at every run."""
    stream = uuid5(_CLINIC, fact.category)
    recorded = Recorded(
        event_id=uuid5(_CLINIC, fact.name),
        stream_id=stream_name(fact.category, stream),
        version=1,
        type=fact.name,
        tenant_id=_CLINIC,
        subject_id=_SUBJECTS.get(fact.category, _MASHA),
        actor_id=_ANNA,
        actor_role="therapist",
        on_behalf_of=None,
        correlation_id=uuid5(_CLINIC, f"correlation {fact.name}"),
        causation_id=None,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        occurred_at=_TOLD,
        zone="Europe/London",
        recorded_at=_TOLD + timedelta(milliseconds=125),
        data=b"{}",
        chain=shake_256(fact.name.encode()).digest(SIZE),
    )
    headers = to_message(recorded, topic_of(fact.service)).headers
    return {name: value.decode() for name, value in headers}
