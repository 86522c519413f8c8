"""The diary's facts and requests as others meet them."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from libs.eventstore.aggregate import Aggregate
from libs.testing.cast import NOW, PATIENT
from libs.web.problems import FieldsInvalid
from libs.web.shapes import Shape
from services.diary import wire
from services.diary.domain.entry import RecordEntry, decider, record
from services.diary.examples import FACTS, REQUESTS
from services.diary.examples import PATIENT as MASHA

MUCH_LATER = NOW.replace(year=2027)

ALL: list[Aggregate[Any, Any, Any]] = [
    wire.entries,
    wire.notebooks,
    wire.confirmations,
]


def of(fact: object) -> Aggregate[Any, Any, Any]:
    return next(each for each in ALL if type(fact) in each.wire.names)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_as_it_was_published(fact: object) -> None:
    name, content = of(fact).wire.to_wire(fact)
    assert of(fact).wire.from_wire(name, orjson.dumps(content), UUID(int=1)) == fact


def test_every_fact_has_an_example_and_its_name_is_its_own() -> None:
    names = {kind: name for each in ALL for kind, name in each.wire.names.items()}
    assert {type(fact) for fact in FACTS} == set(names)
    assert all(name == f"interlude.diary.{kind.__name__}.v1" for kind, name in names.items())


def ends(rating: str) -> set[str]:
    """What the ends of a scale mean is said in people's words, too."""
    return {f"{rating}.scale.low_label", f"{rating}.scale.high_label"}


def test_all_that_a_patient_writes_is_private_and_nothing_else() -> None:
    private = wire.entries.wire.private("interlude.diary.DiaryEntryRecorded.v1")
    assert {".".join(path) for path in private} == {
        "location",
        "with_whom_other",
        "notes",
        "answers.other_party.label",
        "answers.what_i_said",
        "answers.what_they_did",
        "answers.setting",
        "answers.planned_opening",
        "answers.feelings.*.name",
        "answers.predicted_response",
        "answers.actual_response",
        "answers.skill_used",
        *ends("answers.feelings.*.intensity"),
        *ends("answers.comfort"),
        *ends("answers.difficulty"),
    }


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_each_stream_is_about_the_patient(fact: object) -> None:
    aggregate = of(fact)
    stream = [each for each in FACTS if of(each) is aggregate]
    assert aggregate.subject(aggregate.decider.fold(stream)) == MASHA
    assert aggregate.subject(aggregate.decider.initial) is None


def told(**other: Any) -> RecordEntry:
    read = Shape(RecordEntry).read({**REQUESTS["recordEntry"], **other}, MUCH_LATER)
    return RecordEntry(by=PATIENT, happened_at=read.happened_at, now=NOW, **read.fields)


def test_the_example_of_a_request_becomes_the_example_of_a_fact() -> None:
    assert list(decider.decide(told(), decider.initial)) == [FACTS[0]]


def test_offsets_are_kept_apart_in_the_hour_that_autumn_repeats() -> None:
    first, second = (
        record(told(experienced_at={"start": f"2026-10-25T01:30:00{offset}"}), decider.initial)[0]
        for offset in ("+01:00", "+00:00")
    )
    assert (second.experienced_at.start - first.experienced_at.start).total_seconds() == 3600
    assert first == replace(
        second, experienced_at=first.experienced_at, recording_mode=first.recording_mode
    )


@pytest.mark.parametrize(
    ("other", "pointer", "code"),
    [
        ({"worksheet": "horoscope"}, "/worksheet", "unknown-worksheet"),
        ({"zone": "Mars/Olympus"}, "/zone", "unknown-zone"),
        (
            {"experienced_at": {"start": "2026-03-02T11:00:00"}},
            "/experienced_at/start",
            "not-an-instant",
        ),
        ({"with_whom": "larry"}, "/with_whom", "not-an-option"),
        ({"client_seq": -1}, "/client_seq", "out-of-range"),
        ({"answers": {}}, "/answers/what_i_said", "missing"),
        ({"notes": ""}, "/notes", "text-length"),
        ({"locale": "English"}, "/locale", "not-a-locale"),
    ],
)
def test_what_does_not_fit_is_pointed_at(other: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(FieldsInvalid) as refused:
        told(**other)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}


def test_an_id_is_made_when_the_client_brings_none() -> None:
    content = {key: value for key, value in REQUESTS["recordEntry"].items() if key != "id"}
    made = uuid4()
    read = Shape(RecordEntry).read(Shape(RecordEntry).with_ids(content, lambda: made), MUCH_LATER)
    assert read.fields["id"] == made
    assert isinstance(read.happened_at, datetime)
