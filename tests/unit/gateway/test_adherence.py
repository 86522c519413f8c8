"""T21: what was not offered is not done, and what is open is not missed."""

from typing import Any

import pytest

from services.gateway.graphql.adherence import adherence


def of(**counts: float) -> dict[str, Any]:
    nothing = dict.fromkeys(("scheduled", "closed", "done", "completed", "in_time"), 0)
    named = {"id": 1, "title": "Talk to Larry", "status": "active", "closed_at": None}
    return adherence({**named, **nothing, **counts})


@pytest.mark.parametrize(
    ("counts", "reason"), [({}, "not_scheduled"), ({"scheduled": 3}, "not_yet")]
)
def test_t21_with_nothing_offered_or_nothing_closed_there_is_no_quantity(
    counts: dict[str, float], reason: str
) -> None:
    assert of(**counts)["quantity"] == {"of": 0, "reason": reason}


def test_t21_nothing_completed_has_no_timeliness_and_nothing_rated_no_quality() -> None:
    missed = of(scheduled=2, closed=2)
    assert missed["quantity"] == {"value": 0, "of": 2}
    assert missed["timeliness"] == {"of": 0, "reason": "nothing_completed"}
    assert missed["quality"] == {"of": 0, "reason": "unrated"}


def test_what_was_done_in_part_counts_as_its_share() -> None:
    assert of(scheduled=4, closed=3, done=1.5, completed=2, in_time=1) == {
        **of(),
        "quantity": {"value": 0.5, "of": 3},
        "timeliness": {"value": 0.5, "of": 2},
    }
