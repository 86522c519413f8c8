"""Care's facts and requests as others meet them."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from libs.eventstore.aggregate import Aggregate
from services.care import wire
from services.care.examples import FACTS, PATIENT, THERAPIST

ALL: list[Aggregate[Any, Any, Any]] = [
    wire.clinics,
    wire.therapists,
    wire.patients,
    wire.relationships,
    wire.sessions,
    wire.consents,
]


def of(fact: object) -> Aggregate[Any, Any, Any]:
    return next(each for each in ALL if type(fact) in each.wire.names)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_as_it_was_published(fact: object) -> None:
    name, content = of(fact).wire.to_wire(fact)
    assert of(fact).wire.from_wire(name, orjson.dumps(content), UUID(int=1)) == fact


def test_every_fact_has_an_example_and_its_name_is_its_own() -> None:
    told = {type(fact) for fact in FACTS}
    names = {kind: name for each in ALL for kind, name in each.wire.names.items()}
    assert told == set(names)
    assert all(name == f"interlude.care.{kind.__name__}.v1" for kind, name in names.items())


def test_only_the_names_of_people_are_private() -> None:
    private = {
        name: each.wire.private(name)
        for each in ALL
        for name in each.wire.names.values()
        if each.wire.private(name)
    }
    assert private == {
        "interlude.care.TherapistRegistered.v1": (("name",),),
        "interlude.care.PatientRegistered.v1": (("name",),),
    }


@pytest.mark.parametrize(
    ("aggregate", "subject"),
    [
        (wire.clinics, None),
        (wire.therapists, THERAPIST),
        (wire.patients, PATIENT),
        (wire.relationships, PATIENT),
        (wire.sessions, PATIENT),
        (wire.consents, PATIENT),
    ],
    ids=lambda value: getattr(value, "category", ""),
)
def test_each_stream_is_about_somebody(
    aggregate: Aggregate[Any, Any, Any], subject: UUID | None
) -> None:
    history = [fact for fact in FACTS if type(fact) in aggregate.wire.names]
    assert aggregate.subject(aggregate.decider.fold(history)) == subject
    assert aggregate.subject(aggregate.decider.initial) is None
