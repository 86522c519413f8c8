"""What the gateway reads of each fact is there, of the kind that it expects: sealed where it is
sealed, and of no value that it does not know.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from libs.eventstore.versions import first_version_of
from services.assignment import wire as assignment_wire
from services.care import wire as care_wire
from services.diary import wire as diary_wire
from services.gateway.projections import (
    assignment,
    caseload,
    consents,
    entries,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    staff,
    supervision,
    templates,
    today,
)
from services.gateway.projections.shapes import Shape
from services.review import wire as review_wire
from tests.unit.gateway.schemas import Json, plain

READ_MODELS: tuple[Any, ...] = (
    assignment,
    caseload,
    consents,
    entries,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    staff,
    supervision,
    templates,
    today,
)


OF_ERASING = {
    first_version_of(name)
    for each in (
        care_wire.policies,
        care_wire.erasures,
        care_wire.private_texts,
        assignment_wire.confirmations,
        diary_wire.confirmations,
        review_wire.confirmations,
    )
    for name in each.wire.names.values()
}
"""Shown by care alone: it has to outlive every row about the patient."""


BY_THEIR_NUMBERS = {
    "interlude.care.PatientIdentified.v1",
    "interlude.care.TherapistIdentified.v1",
}
"""Of use to the systems whose numbers they are, which ask care; no screen shows them."""

SHOWN_BY_SERVICES = {
    first_version_of(name)
    for each in (care_wire.series, care_wire.groups, assignment_wire.groupworks)
    for name in each.wire.names.values()
}
"""A series is seen by its sessions; a group is nobody's but of those who lead it, and what it was
given is seen by each member's homework.
"""


def published() -> Mapping[str, Json]:
    """Today's versions, by the name that readers know them by."""
    wires = (care_wire, assignment_wire, diary_wire, review_wire)
    aggregates = [each for wire in wires for each in vars(wire).values() if hasattr(each, "wire")]
    return {
        first_version_of(name): schema
        for each in aggregates
        for name, schema in each.wire.schemas().items()
    }


def reads() -> Iterator[tuple[str, type[Shape]]]:
    for model in READ_MODELS:
        yield from model.reads.items()
    for model in (assignment, review):
        for name, part in model.PARTS.items():
            yield name, part.shape


FACTS = published()
READ = sorted({(name, shape) for name, shape in reads() if name in FACTS}, key=str)


@pytest.mark.parametrize(
    ("name", "shape"), READ, ids=[f"{name.split('.')[2]}-{shape.__name__}" for name, shape in READ]
)
def test_what_is_read_of_a_fact_fits_it(name: str, shape: type[Shape]) -> None:
    expected = shape.model_json_schema(by_alias=False)
    assert list(_unfit(name, FACTS[name], FACTS[name], expected, expected)) == []


def test_every_fact_is_read_by_somebody() -> None:
    unread = OF_ERASING | BY_THEIR_NUMBERS | SHOWN_BY_SERVICES
    unread |= {"interlude.care.GroupSessionScheduled.v1"}
    assert set(FACTS) - {name for name, _ in reads()} == unread


def _unfit(path: str, told: Json, facts: Json, read: Json, shapes: Json) -> Iterator[str]:
    told, read = plain(told, facts), plain(read, shapes)
    if "ciphertext" in told.get("properties", {}):
        if read.get("x-text") is None:
            yield f"{path} is sealed"
    elif "properties" in told and "properties" in read:
        for field, value in read["properties"].items():
            if field in told["properties"]:
                of = told["properties"][field]
                yield from _unfit(f"{path}.{field}", of, facts, value, shapes)
    elif told.get("type") == "array":
        item = read.get("items", {})
        yield from _unfit(f"{path}[]", told["items"], facts, item, shapes)
    else:
        known = set(read.get("enum", []))
        values = set(told.get("enum", [told["const"]] if "const" in told else []))
        if known and not values <= known:
            yield f"{path} may be {values - known}"
