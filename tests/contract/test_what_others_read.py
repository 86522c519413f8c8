"""What one service reads of another's facts is really in them."""

from typing import Any

import pytest
from pydantic import BaseModel

from libs.access import care_facts
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.reading import Reads
from libs.eventstore.versions import first_version_of
from services.assignment import examples as assignment_examples
from services.assignment import wire as assignment_wire
from services.care import examples as care_examples
from services.care import wire as care_wire
from services.diary import reactions as diary_reactions
from services.review import examples as review_examples
from services.review import follow as review_follow
from services.review import wire as review_wire

CARE: list[Aggregate[Any, Any, Any]] = [
    care_wire.therapists,
    care_wire.patients,
    care_wire.relationships,
    care_wire.sessions,
]
FILED: Reads[BaseModel] = {"interlude.review.ReviewCompleted.v1": diary_reactions.ReviewCompleted}


def published(aggregates: list[Aggregate[Any, Any, Any]], facts: Any) -> dict[str, Any]:
    """By the names that readers know them by."""
    told = [
        each.wire.to_wire(fact)
        for fact in facts
        for each in aggregates
        if type(fact) in each.wire.names
    ]
    return {first_version_of(name): data for name, data in told}


@pytest.mark.parametrize(
    ("reads", "aggregates", "facts"),
    [
        (care_facts.READS, CARE, care_examples.FACTS),
        (review_follow.READS, [assignment_wire.assignments], assignment_examples.FACTS),
        (FILED, [review_wire.reviews], review_examples.FACTS),
    ],
    ids=["care", "assignment", "review"],
)
def test_what_is_read_is_there(
    reads: Reads[Any], aggregates: list[Aggregate[Any, Any, Any]], facts: Any
) -> None:
    told = published(aggregates, facts)
    read = set(reads) & set(told)
    assert read
    for name in read:
        reads[name].model_validate(told[name])
