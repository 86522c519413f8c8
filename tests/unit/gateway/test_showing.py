"""What a record's page makes of values, whatever stands in them."""

import pytest

from services.gateway.export.showing import Showing, chapter_schema, title

LONDON = Showing("Europe/London")


def test_a_moment_is_told_by_the_patients_clock() -> None:
    assert LONDON.moment("2026-07-02T23:30:00Z") == "Friday 3 July 2026, 00:30"


@pytest.mark.parametrize(
    "odd", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z", "soon", "<b>"]
)
def test_a_moment_that_no_clock_shows_is_told_as_it_stands(odd: str) -> None:
    said = Showing("Pacific/Kiritimati").moment(odd)
    assert "<b>" not in said
    assert said


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert Showing("Nowhere/Else").moment("2026-07-02T23:30:00Z") == "Thursday 2 July 2026, 23:30"


def test_a_field_may_be_called_as_it_likes() -> None:
    """A worksheet's fields are named by its definition, which may be anybody's one day."""
    shown = LONDON.anything({"<script>": {"deep": ["<i>", 1, True]}, "x_id": "hidden"})
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "yes" in shown
    assert "hidden" not in shown


def test_words_are_made_of_codes() -> None:
    assert title("ReadinessRated") == "Readiness rated"
    assert title("in_the_moment") == "In the moment"


def test_an_empty_list_of_obstacles_is_an_answer() -> None:
    """Asked, and none foreseen."""
    plans = chapter_schema("homework")["properties"]["plans"]
    assert "none" in LONDON.value([{"plan_version": 1, "obstacles": []}], plans)


def test_somebody_without_a_name_is_a_therapist() -> None:
    therapist = chapter_schema("relationships")["properties"]["therapist"]
    assert LONDON.value({"role": "therapist"}, therapist) == "a therapist"
    assert "erased" in LONDON.value({"role": "therapist", "name": {"erased": True}}, therapist)
