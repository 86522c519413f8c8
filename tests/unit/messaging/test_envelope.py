"""What stands on a topic: CloudEvents in binary mode, ids and codes in headers, bytes as stored."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as some

from libs.eventstore.recorded import Recorded, stream_name
from libs.messaging.broker import Delivery, Message, Partition
from libs.messaging.envelope import (
    NotOurs,
    from_delivery,
    schema_of,
    to_kafka,
    to_message,
    topic_of,
)
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW

HOMEWORK = UUID("00000000-0000-7000-8000-0000000000d1")

rated = Recorded(
    event_id=UUID("00000000-0000-7000-8000-0000000000e1"),
    stream_id=f"assignment-{HOMEWORK}",
    version=3,
    type="interlude.assignment.ReadinessRated.v1",
    tenant_id=CLINIC,
    subject_id=MASHA,
    actor_id=ANNA,
    actor_role="therapist",
    on_behalf_of=MASHA,
    correlation_id=UUID("00000000-0000-7000-8000-0000000000f1"),
    causation_id=None,
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    occurred_at=NOW,
    zone="Europe/London",
    recorded_at=NOW + timedelta(microseconds=1500),
    data=b'{"rating":7, "rating_of": 10}',
    chain=bytes(range(16)),
)

instants = some.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
facts = some.builds(
    Recorded,
    event_id=some.uuids(),
    stream_id=some.builds(stream_name, some.sampled_from(["goal", "assignment"]), some.uuids()),
    version=some.integers(1, 10**6),
    type=some.sampled_from(["interlude.care.PatientRegistered.v1", "interlude.diary.Noted.v12"]),
    tenant_id=some.uuids(),
    subject_id=some.none() | some.uuids(),
    actor_id=some.uuids(),
    actor_role=some.sampled_from(["patient", "clinic_admin", "system"]),
    on_behalf_of=some.none() | some.uuids(),
    correlation_id=some.uuids(),
    causation_id=some.none() | some.uuids(),
    traceparent=some.sampled_from(["", rated.traceparent]),
    occurred_at=instants,
    zone=some.sampled_from(["UTC", "Europe/London", "America/Port-au-Prince", "Etc/GMT+12"]),
    recorded_at=instants,
    data=some.binary(max_size=200),
    chain=some.binary(min_size=16, max_size=32),
)


def delivered(message: Message) -> Delivery:
    return Delivery(
        partition=Partition(message.topic, 0),
        offset=0,
        key=message.key,
        headers=message.headers,
        value=message.value,
    )


def changed(**headers: bytes | None) -> Delivery:
    """A record of ours in which a stranger has changed or dropped headers."""
    message = to_message(rated, topic_of("assignment"))
    kept = {name: value for name, value in message.headers if name not in headers}
    given_now = {name: value for name, value in headers.items() if value is not None}
    return replace(delivered(message), headers=[*kept.items(), *given_now.items()])


@given(facts)
def test_what_is_read_is_what_was_recorded(fact: Recorded) -> None:
    assert from_delivery(delivered(to_message(fact, "any"))) == fact


@given(facts)
def test_the_record_is_the_one_that_the_cloudevents_package_would_write(fact: Recorded) -> None:
    ours, theirs = to_message(fact, "any"), to_kafka(fact)

    assert dict(ours.headers) == theirs.headers
    assert len(ours.headers) == len(theirs.headers)
    assert (ours.key, ours.value) == (str(theirs.key).encode(), theirs.value)


@given(facts)
def test_a_repeat_is_the_same_to_the_byte(fact: Recorded) -> None:
    read_again = from_delivery(delivered(to_message(fact, "any")))

    assert to_message(read_again, "any") == to_message(fact, "any")


def test_any_cloudevents_reader_understands_it() -> None:
    message = to_message(rated, topic_of("assignment"))

    event = from_binary(
        KafkaMessage(dict(message.headers), message.key, message.value), JSONFormat()
    )

    assert event.get_type() == "interlude.assignment.ReadinessRated.v1"
    assert event.get_source() == "/interlude/assignment"
    assert event.get_subject() == rated.stream_id
    assert event.get_time() == NOW
    assert event.get_dataschema() == schema_of(rated.type)
    assert event.get_extension("sequence") == "3"
    assert event.get_extension("partitionkey") == str(MASHA)
    assert event.get_data() == {"rating": 7, "rating_of": 10}


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    elsewhere = replace(rated, occurred_at=NOW.astimezone(timezone(timedelta(hours=5, minutes=45))))

    assert to_message(elsewhere, "any") == to_message(rated, "any")


def test_a_fact_without_a_patient_is_keyed_by_its_stream() -> None:
    clinic = replace(rated, subject_id=None)

    message = to_message(clinic, "any")

    assert message.key == rated.stream_id.encode()
    assert from_delivery(delivered(message)).subject_id is None


def test_a_service_has_one_topic_below_its_prefix() -> None:
    assert topic_of("diary") == "interlude.diary.events.v1"
    assert topic_of("diary", "t1.") == "t1.interlude.diary.events.v1"


def test_headers_that_agents_add_on_the_way_are_let_pass() -> None:
    assert from_delivery(changed(uber_trace=b"\xff\x00", tracestate=None)) == rated


@pytest.mark.parametrize(
    ("delivery", "code"),
    [
        (replace(changed(), value=None), "no-value"),
        (replace(changed(), key=None), "no-key"),
        (replace(changed(), headers=[]), "no-type"),
        (replace(changed(), headers=[("ce_type", None)]), "no-type"),
        (replace(changed(), key=str(ANNA).encode()), "wrong-partitionkey"),
        (replace(changed(), key=b"\xff"), "wrong-partitionkey"),
        (replace(changed(), value=b"x" * (256 * 1024 + 1)), "too-large"),
        (changed(ce_traceparent=b"0" * 20_000), "too-large"),
        (changed(ce_specversion=b"0.3"), "wrong-specversion"),
        (changed(ce_source=b"/interlude/diary"), "wrong-source"),
        (changed(ce_dataschema=None), "wrong-dataschema"),
        (changed(ce_type=b"interlude.assignment.Readiness\xc3\xa9.v1"), "bad-type"),
        (changed(ce_id=b"not-a-uuid"), "bad-id"),
        (changed(ce_id=rated.event_id.hex.encode()), "bad-id"),
        (changed(ce_id=None), "no-id"),
        (changed(ce_tenantid=b"\xff\xfe"), "bad-tenantid"),
        (changed(ce_causationid=b""), "bad-causationid"),
        (changed(ce_subject=b"assignment-7"), "bad-subject"),
        (changed(ce_sequence=b"0"), "bad-sequence"),
        (changed(ce_sequence=b"-1"), "bad-sequence"),
        (changed(ce_sequence="٣".encode()), "bad-sequence"),
        (changed(ce_time=b"yesterday"), "bad-time"),
        (changed(ce_time=b"2026-02-30T09:00:00Z"), "bad-time"),
        (changed(ce_time=b"2026-03-02T09:00:00+01:00"), "bad-time"),
        (changed(ce_recordedtime=None), "no-recordedtime"),
        (changed(ce_zone=b"../../etc"), "bad-zone"),
        (changed(ce_actorrole=b"Therapist"), "bad-actorrole"),
        (changed(ce_chain=b"abc"), "bad-chain"),
        (changed(ce_chain=None), "no-chain"),
    ],
)
def test_a_strangers_record_is_named_by_a_code_and_nothing_it_holds(
    delivery: Delivery, code: str
) -> None:
    with pytest.raises(NotOurs) as refused:
        from_delivery(delivery)

    assert (refused.value.code, str(refused.value)) == (code, code)


def test_another_content_type_is_not_ours() -> None:
    delivery = changed()
    headers = [
        (name, b"text/xml" if name == "content-type" else value) for name, value in delivery.headers
    ]

    with pytest.raises(NotOurs, match="wrong-content-type"):
        from_delivery(replace(delivery, headers=headers))


anything = some.none() | some.binary(max_size=60)
headers = some.lists(
    some.tuples(some.sampled_from([name for name, _ in changed().headers]), anything)
)


@given(
    some.booleans().flatmap(lambda whole: some.just(changed()) if whole else some.none()),
    headers,
    anything,
    anything,
)
def test_no_record_at_all_is_more_than_not_ours(
    ours: Delivery | None,
    odd: list[tuple[str, bytes | None]],
    key: bytes | None,
    value: bytes | None,
) -> None:
    base = ours or replace(changed(), key=key, value=value, headers=[])
    with suppress(NotOurs):
        read = from_delivery(replace(base, headers=[*base.headers, *odd]))
        assert isinstance(read, Recorded)


def test_headers_and_key_hold_ids_and_codes_only() -> None:
    canary = b'{"reason": "Larry laughed"}'
    message = to_message(replace(rated, data=canary), "any")

    assert all(b"Larry" not in value for _, value in message.headers)
    assert b"Larry" not in message.key
    assert message.value == canary
