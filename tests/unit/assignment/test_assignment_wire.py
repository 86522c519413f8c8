"""What stands in the event table and on the broker: names, private fields, and back again."""

from typing import Any, get_args
from uuid import UUID

import orjson
import pytest

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.versions import first_version_of
from libs.privacy.opening import opened
from libs.testing.cast import CLINIC, MASHA
from libs.testing.sealer import ReadableSealer
from services.assignment.domain import assignment, goal, template
from services.assignment.examples import FACTS, REQUESTS
from services.assignment.played import GOAL_REQUEST_OF, REQUEST_OF
from services.assignment.played_templates import TEMPLATE_REQUESTS
from services.assignment.wire import assignments, confirmations, goals, groupworks, templates

EVENT = UUID(int=0xE)


ALL: list[Aggregate[Any, Any, Any]] = [
    assignments,
    goals,
    groupworks,
    templates,
    confirmations,
]


def aggregate_of(fact: object) -> Aggregate[Any, Any, Any]:
    return next(each for each in ALL if type(fact) in each.wire.names)


def test_every_fact_has_a_published_name() -> None:
    assert set(assignments.wire.names) == set(get_args(assignment.Event))
    assert set(goals.wire.names) == set(get_args(goal.Event))
    assert set(templates.wire.names) == set(get_args(template.Event))
    names = [name for each in (assignments, goals, templates) for name in each.wire.names.values()]
    assert len(set(names)) == len(names)
    published: dict[type, str] = {
        **assignments.wire.names,
        **goals.wire.names,
        **templates.wire.names,
    }
    for kind, name in published.items():
        assert first_version_of(name) == f"interlude.assignment.{kind.__name__}.v1"


def test_every_fact_has_an_example() -> None:
    assert {type(fact) for fact in FACTS} == {kind for each in ALL for kind in each.wire.names}


def test_every_request_has_an_example() -> None:
    assert set(REQUESTS) == {
        *REQUEST_OF,
        *GOAL_REQUEST_OF,
        *TEMPLATE_REQUESTS,
        "assignToGroup",
    }


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
async def test_sealed_stored_read_and_opened_it_is_what_it_was(fact: object) -> None:
    wire, sealer = aggregate_of(fact).wire, ReadableSealer()
    name, content = wire.to_wire(fact)
    await sealer.seal(
        content,
        wire.private(name),
        tenant_id=CLINIC,
        subject_id=MASHA,
        event_id=EVENT,
        key_class="clinical",
    )
    stored = orjson.dumps(content)
    again = await opened(wire.from_wire(name, stored, EVENT), sealer, CLINIC)
    assert again == fact
    for word in (b"Larry", b"Priya", b"film", b"desk", b"decent"):
        assert word not in stored


def test_third_parties_are_private_wherever_they_are_named() -> None:
    added = assignments.wire.private("interlude.assignment.ComponentAdded.v1")
    assert ("contact", "label") in added
    planned = assignments.wire.private("interlude.assignment.PlanSpecified.v2")
    assert {("target", "contacts", "*", "label"), ("timing", "cue", "place")} <= set(planned)
    assert ("steps_rehearsed", "*", "text") in assignments.wire.private(
        "interlude.assignment.PracticeRecorded.v1"
    )


def test_the_words_of_a_catalogue_are_the_clinics_and_not_sealed() -> None:
    for name in templates.wire.names.values():
        assert not templates.wire.private(name)


def test_ids_numbers_and_times_are_not_sealed() -> None:
    for name in assignments.wire.names.values():
        for path in assignments.wire.private(name):
            assert not path[-1].endswith(("_id", "_at", "_by", "count", "value"))
