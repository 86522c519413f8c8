"""Care's facts and requests as others meet them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from libs.eventstore.aggregate import Aggregate
from services.care import wire
from services.care.domain.session_facts import SessionScheduled
from services.care.examples import FACTS, PATIENT, THERAPIST

ALL: list[Aggregate[Any, Any, Any]] = [
    wire.clinics,
    wire.therapists,
    wire.patients,
    wire.relationships,
    wire.supervisions,
    wire.sessions,
    wire.series,
    wire.groups,
    wire.consents,
    wire.departures,
    wire.records_windows,
    wire.policies,
    wire.erasures,
    wire.private_texts,
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
    assert {name.rpartition(".v")[0] for name in names.values()} == {
        f"interlude.care.{kind.__name__}" for kind in names
    }


SCHEDULED = "interlude.care.SessionScheduled.v1"
V1 = {
    "session_id": str(UUID(int=1)),
    "patient_id": str(PATIENT),
    "therapist_id": str(THERAPIST),
    "duration_min": 50,
}


@pytest.mark.parametrize(
    ("starts_at", "zone", "agreed"),
    [
        ("2026-03-05T16:00:00Z", "Europe/London", "2026-03-05T16:00:00"),
        ("2026-07-02T15:00:00Z", "Europe/London", "2026-07-02T16:00:00"),
        ("2026-10-25T01:30:00Z", "Europe/London", "2026-10-25T01:30:00"),
        ("2026-03-05T23:30:00Z", "Asia/Kathmandu", "2026-03-06T05:15:00"),
    ],
    ids=["winter", "summer", "the second half past one", "already tomorrow"],
)
def test_a_session_of_the_first_version_says_when_by_the_wall_clock(
    starts_at: str, zone: str, agreed: str
) -> None:
    stored = orjson.dumps({**V1, "starts_at": starts_at, "zone": zone})
    fact = wire.sessions.wire.from_wire(SCHEDULED, stored, UUID(int=1))
    assert isinstance(fact, SessionScheduled)
    assert fact.starts_local == datetime.fromisoformat(agreed)
    assert wire.sessions.wire.to_wire(fact)[0] == "interlude.care.SessionScheduled.v3"


def test_only_the_names_of_people_and_what_they_are_told_are_private() -> None:
    private = {
        name: each.wire.private(name)
        for each in ALL
        for name in each.wire.names.values()
        if each.wire.private(name)
    }
    assert private == {
        "interlude.care.TherapistRegistered.v1": (("name",),),
        "interlude.care.PatientRegistered.v1": (("name",),),
        "interlude.care.TherapistDetailsChanged.v1": (("name",),),
        "interlude.care.TherapistIdentified.v1": (("value",),),
        "interlude.care.PatientIdentified.v1": (("value",),),
        "interlude.care.PatientDetailsChanged.v1": (("name",),),
        "interlude.care.SharingConsentGiven.v1": (("shared_with",), ("what_for",)),
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
        (wire.policies, None),
        (wire.erasures, PATIENT),
        (wire.private_texts, PATIENT),
    ],
    ids=lambda value: getattr(value, "category", ""),
)
def test_each_stream_is_about_somebody(
    aggregate: Aggregate[Any, Any, Any], subject: UUID | None
) -> None:
    history = [fact for fact in FACTS if type(fact) in aggregate.wire.names]
    assert aggregate.subject(aggregate.decider.fold(history)) == subject
    assert aggregate.subject(aggregate.decider.initial) is None
