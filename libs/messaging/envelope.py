"""A recorded fact as a CloudEvent on a topic (binary mode), and back.

NotOurs
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from cloudevents.core.bindings.kafka import KafkaMessage, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Delivery, Message
from libs.vocabulary.uuids import uuid_of

CONTENT_TYPE = "application/json"
SCHEMAS = "https://interlude.example/schemas/events"
MOST_DATA = 256 * 1024
MOST_HEADERS = 16 * 1024

_JSON = JSONFormat()
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
# Groups that repeat are what takes long, so what is usual is written without.
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z")
_TYPE = re.compile(rb"interlude\.[a-z]{1,32}\.[A-Za-z]{1,80}\.v[1-9][0-9]{0,3}")
_STREAM = re.compile(rb"[a-z][a-z_]{0,40}-" + _UUID.pattern)
_ROLE = re.compile(rb"[a-z_]{1,32}")
_ZONE = re.compile(rb"[A-Za-z0-9_+/-]{1,64}")
_TRACE = re.compile(rb"[0-9a-f-]{0,64}")
_VERSION = re.compile(rb"[1-9][0-9]{0,8}")
_CHAIN = re.compile(rb"(?:[0-9a-f]{32}|(?:[0-9a-f]{2}){1,64})")

_AGAIN: Mapping[str, re.Pattern[bytes]] = {
    "ce_type": _TYPE,
    "ce_subject": _STREAM,
    "ce_actorrole": _ROLE,
    "ce_zone": _ZONE,
}
"""What comes again and again, as most ids do, is looked at once for each value."""

_ONCE: Mapping[str, re.Pattern[bytes]] = {
    "ce_id": _UUID,
    "ce_sequence": _VERSION,
    "ce_traceparent": _TRACE,
    "ce_time": _TIME,
    "ce_recordedtime": _TIME,
    "ce_chain": _CHAIN,
}
_new = itemgetter(*_ONCE)
_TOGETHER = re.compile(b"\n".join(form.pattern for form in _ONCE.values()))
"""None of the forms has a line break, so all can be looked at in one go."""


class NotOurs(Exception):  # noqa: N818 - the caller parks the record by its place
    """No relay of ours wrote this record; `code` says how that shows, never what it holds."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def topic_of(service: str, prefix: str = "") -> str:
    return f"{prefix}interlude.{service}.events.v1"


def schema_of(name: str) -> str:
    """Where the JSON Schema of this kind of fact is published."""
    return f"{SCHEMAS}/{name}.schema.json"


def to_cloud_event(recorded: Recorded) -> CloudEvent:
    """What our envelope is. None is left out; extensions have CloudEvents' plain names."""
    attributes = {
        **_attributes_of(recorded.type),
        "id": str(recorded.event_id),
        "subject": recorded.stream_id,
        "time": recorded.occurred_at.astimezone(UTC),
        "sequence": recorded.version,
        "partitionkey": recorded.key,
        "tenantid": recorded.tenant_id,
        "actorid": recorded.actor_id,
        "actorrole": recorded.actor_role,
        "onbehalfof": recorded.on_behalf_of,
        "zone": recorded.zone,
        "correlationid": recorded.correlation_id,
        "causationid": recorded.causation_id,
        "recordedtime": recorded.recorded_at.astimezone(UTC),
        "traceparent": recorded.traceparent,
        "chain": recorded.chain.hex(),
    }
    return CloudEvent(
        {name: value for name, value in attributes.items() if value is not None}, recorded.data
    )


def to_kafka(recorded: Recorded) -> KafkaMessage:
    """The envelope by the package's own hand; what `to_message` writes is equal to it."""
    return to_binary(to_cloud_event(recorded), _JSON)


def to_message(recorded: Recorded, topic: str) -> Message:
    return Message(
        topic=topic,
        key=recorded.key.encode(),
        value=recorded.data,
        headers=written(
            (
                str(recorded.event_id),
                recorded.stream_id,
                recorded.version,
                recorded.type,
                str(recorded.tenant_id),
                recorded.key,
                str(recorded.actor_id),
                recorded.actor_role,
                None if recorded.on_behalf_of is None else str(recorded.on_behalf_of),
                str(recorded.correlation_id),
                None if recorded.causation_id is None else str(recorded.causation_id),
                recorded.traceparent,
                recorded.occurred_at,
                recorded.zone,
                recorded.recorded_at,
                recorded.chain,
            )
        ),
    )


Envelope = tuple[
    str, str, int, str, str, str, str, str, str | None, str, str | None, str,
    datetime, str, datetime, bytes,
]  # fmt: skip
"""In the order of the events table from `event_id` to `chain`, ids as text, without the data, and
with the key in the place of the subject.
"""


def written(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The package takes 20 µs for one record, a third of a relay's time, so it shapes what is the
    same for every record of a kind, and the rest is filled in here. A test holds both equal.
    """
    (
        event_id, stream_id, version, kind, tenant_id, key, actor_id, actor_role, on_behalf_of,
        correlation_id, causation_id, traceparent, occurred_at, zone, recorded_at, chain,
    ) = envelope  # fmt: skip
    headers = [
        *_headers_of(kind).items(),
        ("ce_id", event_id.encode()),
        ("ce_subject", stream_id.encode()),
        ("ce_time", _instant(occurred_at)),
        ("ce_sequence", b"%d" % version),
        ("ce_partitionkey", key.encode()),
        ("ce_tenantid", tenant_id.encode()),
        ("ce_actorid", actor_id.encode()),
        ("ce_actorrole", actor_role.encode()),
        ("ce_zone", zone.encode()),
        ("ce_correlationid", correlation_id.encode()),
        ("ce_recordedtime", _instant(recorded_at)),
        ("ce_traceparent", traceparent.encode()),
        ("ce_chain", chain.hex().encode()),
    ]
    if on_behalf_of is not None:
        headers.append(("ce_onbehalfof", on_behalf_of.encode()))
    if causation_id is not None:
        headers.append(("ce_causationid", causation_id.encode()))
    return headers


def from_delivery(delivery: Delivery) -> Recorded:
    """Anyone may write to a topic, so everything is checked; whether the relay of the right
    service wrote it, only the chain can tell, and that is the reader's to verify.
    """
    if delivery.recorded is None:
        delivery.recorded = _taken_apart(delivery)
    return delivery.recorded


def _taken_apart(delivery: Delivery) -> Recorded:
    if delivery.value is None or delivery.key is None:
        raise NotOurs("no-value" if delivery.value is None else "no-key")
    if len(delivery.value) > MOST_DATA:
        raise NotOurs("too-large")
    headers = _given(delivery.headers)
    kind = _text("ce_type", headers.get("ce_type"))
    _must_fit(kind, headers)
    _must_be_well_formed(headers)
    return Recorded(
        event_id=uuid_of(headers["ce_id"].decode()),
        stream_id=_text("ce_subject", headers.get("ce_subject")),
        version=int(headers["ce_sequence"]),
        type=kind,
        tenant_id=_uuid("ce_tenantid", headers.get("ce_tenantid")),
        subject_id=_subject(headers, delivery.key),
        actor_id=_uuid("ce_actorid", headers.get("ce_actorid")),
        actor_role=_text("ce_actorrole", headers.get("ce_actorrole")),
        on_behalf_of=_uuid_if_any("ce_onbehalfof", headers),
        correlation_id=_uuid("ce_correlationid", headers.get("ce_correlationid")),
        causation_id=_uuid_if_any("ce_causationid", headers),
        traceparent=headers["ce_traceparent"].decode(),
        occurred_at=_time("ce_time", headers),
        zone=_text("ce_zone", headers.get("ce_zone")),
        recorded_at=_time("ce_recordedtime", headers),
        data=delivery.value,
        chain=bytes.fromhex(headers["ce_chain"].decode()),
    )


def _given(headers: Sequence[tuple[str, bytes | None]]) -> Mapping[str, bytes]:
    """Without those that are null, which their lengths show."""
    given: dict[str, Any] = dict(headers)
    try:
        if sum(map(len, given.values())) > MOST_HEADERS:
            raise NotOurs("too-large")
    except TypeError:
        return _given([one for one in headers if one[1] is not None])
    return given


def _must_fit(kind: str, headers: Mapping[str, bytes]) -> None:
    if _headers_of(kind).items() <= headers.items():
        return
    for name, value in _headers_of(kind).items():
        if headers.get(name) != value:
            raise NotOurs(f"wrong-{_plain(name)}")


def _must_be_well_formed(headers: Mapping[str, bytes]) -> None:
    """What is new with every record; one by one only to say which is not."""
    if _ONCE.keys() <= headers.keys() and _TOGETHER.fullmatch(b"\n".join(_new(headers))):
        return
    for name, form in _ONCE.items():
        _must_match(form, name, headers.get(name))


def _attributes_of(kind: str) -> Mapping[str, str]:
    return {
        "specversion": "1.0",
        "type": kind,
        "source": f"/interlude/{kind.split('.')[1]}",
        "datacontenttype": CONTENT_TYPE,
        "dataschema": schema_of(kind),
    }


@lru_cache(maxsize=1024)
def _headers_of(kind: str) -> Mapping[str, bytes]:
    shaped = to_binary(CloudEvent({**_attributes_of(kind), "id": "any", "time": _ANY_TIME}), _JSON)
    own = {"ce_id", "ce_time"}
    return {name: value for name, value in shaped.headers.items() if name not in own}


def _instant(moment: datetime) -> bytes:
    return (moment.astimezone(UTC).isoformat()[:-6] + "Z").encode()


@lru_cache(maxsize=8192)
def _text(name: str, value: bytes | None) -> str:
    return _must_match(_AGAIN[name], name, value).decode()


@lru_cache(maxsize=8192)
def _uuid(name: str, value: bytes | None) -> UUID:
    return uuid_of(_must_match(_UUID, name, value).decode())


def _uuid_if_any(name: str, headers: Mapping[str, bytes]) -> UUID | None:
    return _uuid(name, headers[name]) if name in headers else None


def _must_match(form: re.Pattern[bytes], name: str, value: bytes | None) -> bytes:
    if value is None:
        raise NotOurs(f"no-{_plain(name)}")
    if not form.fullmatch(value):
        raise NotOurs(f"bad-{_plain(name)}")
    return value


def _plain(header: str) -> str:
    return header.removeprefix("ce_")


def _subject(headers: Mapping[str, bytes], key: bytes) -> UUID | None:
    """The key is the subject's id, or the stream's name where there is no subject."""
    if headers.get("ce_partitionkey") != key:
        raise NotOurs("wrong-partitionkey")
    return None if key == headers.get("ce_subject") else _uuid("ce_partitionkey", key)


def _time(name: str, headers: Mapping[str, bytes]) -> datetime:
    try:
        return datetime.fromisoformat(headers[name].decode())
    except ValueError:
        raise NotOurs(f"bad-{_plain(name)}") from None
