"""What was recorded once is read for ever: folded, verified, shown, opened and sent again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from jsonschema import Draft202012Validator

from deploy.contracts.catalogue import WRITERS, aggregates
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.chain import fits
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery, to_message, topic_of
from libs.privacy.opening import opened, sealed_in
from libs.privacy.sealer import KeyringSealer
from services.assignment import goal_view, groupwork_api, template_view
from services.assignment import view as assignment_view
from services.care import (
    consent_view,
    erasing_view,
    groups_api,
    leaving,
    patient_view,
    series_api,
    session_view,
)
from services.care import view as care_view
from services.care.domain.session import Scheduled
from services.care.wire import sessions
from services.diary import view as diary_view
from services.review import view as review_view
from tests.contract import stored

EVENTS = Path(__file__).parents[2] / "openapi" / "events"
STREAMS = stored.streams()
ALL: Mapping[tuple[str, str], Aggregate[Any, Any, Any]] = {
    (service, aggregate.category): aggregate
    for service in WRITERS
    for aggregate in aggregates(service)
}
VIEWS: Mapping[str, Callable[[Any], Any]] = {
    "clinic": care_view.of_clinic,
    "therapist": care_view.of_therapist,
    "patient": patient_view.of_patient,
    "relationship": care_view.of_relationship,
    "supervision": care_view.of_supervision,
    "session": session_view.of_session,
    "series": series_api.of_series,
    "group": groups_api.of_group,
    "consent": consent_view.of_consent,
    "departure": leaving.of_departure,
    "window": leaving.of_records_window,
    "goal": goal_view.of_goal,
    "assignment": assignment_view.of_assignment,
    "groupwork": groupwork_api.of_group_assignment,
    "template": template_view.of_template,
    "entry": diary_view.of_entry,
    "notebook": diary_view.of_notebook,
    "review": review_view.of_review,
    "policy": erasing_view.of_policy,
    "erasure": erasing_view.of_erasure,
    "privacy": erasing_view.of_private_text,
    # Shown by nobody but the certificate, to which care adds it.
    "confirmation": lambda history: history[-1][1],
}

every_stream = pytest.mark.parametrize("told", STREAMS, ids=lambda told: told[-1].type)


def aggregate_of(told: Sequence[Recorded]) -> Aggregate[Any, Any, Any]:
    return ALL[stored.service_of(told[0]), told[0].category]


def facts(told: Sequence[Recorded]) -> Sequence[Any]:
    wire = aggregate_of(told).wire
    return [wire.from_wire(one.type, one.data, one.event_id) for one in told]


def test_of_every_version_that_is_written_there_are_stored_records() -> None:
    written = {name for each in ALL.values() for name in each.wire.names.values()}
    missing = sorted(written - {one.type for one in stored.records()})
    assert missing == [], "run `python -m tests.contract.storing` and commit what it adds"


@pytest.mark.parametrize("recorded", stored.records(), ids=lambda one: one.type)
def test_a_stored_record_is_what_its_published_schema_allows(recorded: Recorded) -> None:
    schema = orjson.loads((EVENTS / f"{recorded.type}.schema.json").read_bytes())
    Draft202012Validator(schema).validate(orjson.loads(recorded.data))


@every_stream
def test_a_stored_chain_still_fits(told: Sequence[Recorded]) -> None:
    key, chain = stored.chain_key(stored.service_of(told[0])), b""
    for number, one in enumerate(told, 1):
        assert one.version == number
        assert fits(key, chain, one), one.type
        chain = one.chain


@every_stream
def test_a_stored_stream_still_folds_and_is_still_about_somebody(told: Sequence[Recorded]) -> None:
    aggregate = aggregate_of(told)
    state = aggregate.decider.fold(facts(told))
    assert state != aggregate.decider.initial
    assert aggregate.subject(state) == told[-1].subject_id


@every_stream
async def test_what_a_stored_stream_says_is_shown_and_can_be_read(told: Sequence[Recorded]) -> None:
    sealer = KeyringSealer(stored.GoldenKeyring(), chance=bytes, monotonic=lambda: 0.0)
    shown = VIEWS[told[0].category](list(zip(told, facts(told), strict=True)))
    read = await opened(shown, sealer, told[0].tenant_id)
    assert not list(sealed_in(read))
    assert [await opened(fact, sealer, told[0].tenant_id) for fact in facts(told)]


@every_stream
def test_a_stored_record_is_sent_again_byte_for_byte(told: Sequence[Recorded]) -> None:
    topic = topic_of(stored.service_of(told[0]))
    kept = set(stored.GOLDEN.read_bytes().splitlines(keepends=True))
    for one, line in zip(told, stored.lines(told, topic), strict=True):
        assert line in kept, one.type
        message = to_message(one, topic)
        again = Delivery(
            partition=Partition(topic, 0),
            offset=0,
            key=message.key,
            headers=message.headers,
            value=message.value,
        )
        assert from_delivery(again) == one


def test_a_session_of_the_first_version_folds_to_the_same_as_one_of_the_second() -> None:
    told = [one for one in STREAMS if one[0].category == "session"][:2]
    versions = [{one.type.rpartition(".")[2] for one in session} for session in told]
    assert versions == [{"v1"}, {"v1", "v2"}]
    first, second = (sessions.decider.fold(facts(session)) for session in told)
    assert isinstance(first, Scheduled)
    assert first == second
    assert facts(told[0])[0].starts_local == facts(told[1])[0].starts_local


def test_a_touched_record_would_be_noticed() -> None:
    told = next(one for one in STREAMS if one[0].category == "clinic")
    key = stored.chain_key("care")
    changed = told[0].data.replace(b"Riverside", b"Lakeside!")
    assert changed != told[0].data
    assert not fits(key, b"", replace(told[0], data=changed))
    assert not fits(key, b"", replace(told[0], event_id=UUID(int=1)))
