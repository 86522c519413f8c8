"""Whatever a patient records is kept once, as the fact says it."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from libs.testing.cast import FOR_MASHA, LEV, MASHA, NOW, PATIENT
from libs.vocabulary.text import normalised
from services.diary.domain.entry import (
    AssignmentId,
    Company,
    DiaryEntryRecorded,
    EntryId,
    PatientId,
    RecordEntry,
    Visibility,
    Written,
    decider,
    record,
)
from services.diary.domain.experienced import Experienced
from services.diary.examples import TALKING_TO_LARRY
from services.diary.wire import entries

instants = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - made aware below
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - made aware below
    timezones=st.just(UTC),
)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).map(
    normalised
)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


records: st.SearchStrategy[RecordEntry] = st.builds(
    RecordEntry,
    by=st.sampled_from([PATIENT, FOR_MASHA]),
    happened_at=instants,
    now=st.just(NOW + timedelta(days=400)),
    id=st.just(EntryId(UUID(int=1))),
    patient_id=st.sampled_from([PatientId(MASHA), PatientId(LEV)]),
    worksheet=st.just("interpersonal_practice"),
    definition_version=st.sampled_from(["1.0", "2.0"]),
    assignment_id=maybe(st.just(AssignmentId(UUID(int=2)))),
    occurrence_id=st.none(),
    experienced_at=st.builds(Experienced, start=instants, end=maybe(instants)),
    zone=st.sampled_from(["Europe/London", "Pacific/Apia", "America/St_Johns"]),
    written_at=maybe(instants),
    source=st.none(),
    visibility=maybe(st.sampled_from(get_args(Visibility))),
    location=maybe(texts),
    with_whom=maybe(st.sampled_from(get_args(Company))),
    with_whom_other=maybe(texts),
    notes=maybe(texts),
    locale=st.none(),
    client_seq=maybe(st.integers(0, 9)),
    device_id=st.none(),
    answers=st.just(TALKING_TO_LARRY),
)


def decided(command: RecordEntry) -> list[DiaryEntryRecorded]:
    try:
        return list(record(command, decider.initial))
    except Rejected:
        return []


@given(records)
def test_what_was_recorded_once_is_already_so(command: RecordEntry) -> None:
    facts = decided(command)
    if facts:
        assert list(decider.decide(command, decider.fold(facts))) == []


@given(records)
def test_the_state_says_what_the_fact_says(command: RecordEntry) -> None:
    for fact in decided(command):
        state = decider.fold([fact])
        assert isinstance(state, Written)
        assert (state.patient_id, state.visibility) == (fact.patient_id, fact.visibility)
        assert entries.subject(state) == command.patient_id


@given(records)
def test_any_entry_comes_back_as_it_was_published(command: RecordEntry) -> None:
    for fact in decided(command):
        name, content = entries.wire.to_wire(fact)
        assert entries.wire.from_wire(name, orjson.dumps(content), UUID(int=9)) == fact


@given(st.lists(records, max_size=5))
def test_any_entries_fold(commands: list[RecordEntry]) -> None:
    decider.fold([fact for each in commands for fact in decided(each)])
