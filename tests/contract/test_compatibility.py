"""What a later version of a fact may change, and what would break whoever reads the earlier one."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import pytest

from deploy.contracts.compatibility import breaches

Json = dict[str, Any]

RATING: Json = {
    "type": "object",
    "properties": {
        "value": {"type": "integer", "minimum": 0, "maximum": 10},
        "note": {"anyOf": [{"$ref": "#/$defs/Sealed"}, {"type": "null"}], "default": None},
    },
    "required": ["value"],
}

TOLD: Json = {
    "$defs": {
        "Rating": RATING,
        "Sealed": {"type": "object", "properties": {"key": {"type": "string"}}},
    },
    "type": "object",
    "title": "ReadinessRated",
    "properties": {
        "rated_by": {"enum": ["patient", "therapist"], "type": "string"},
        "phase": {"enum": ["before", "after"], "type": "string", "default": "before"},
        "ratings": {"type": "array", "items": {"$ref": "#/$defs/Rating"}},
    },
    "required": ["rated_by", "ratings"],
}


def rating(schema: Json) -> Json:
    found: Json = schema["$defs"]["Rating"]
    return found


def add_required(schema: Json) -> None:
    schema["properties"]["locale"] = {"type": "string"}
    schema["required"].append("locale")


def add_with_default(schema: Json) -> None:
    add_required(schema)
    schema["properties"]["locale"]["default"] = "en"


def rename(schema: Json) -> None:
    schema["properties"]["told_by"] = schema["properties"].pop("rated_by")
    schema["required"] = ["told_by", "ratings"]


def make_plain(schema: Json) -> None:
    rating(schema)["properties"]["note"] = {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "default": None,
    }


REFUSED: Sequence[tuple[str, Callable[[Json], object], set[tuple[str, str]]]] = [
    (
        "removed",
        lambda told: told["properties"].pop("phase"),
        {("phase", "field-removed")},
    ),
    ("renamed", rename, {("rated_by", "field-removed"), ("told_by", "field-required")}),
    ("required without default", add_required, {("locale", "field-required")}),
    (
        "enum narrowed",
        lambda told: told["properties"]["rated_by"]["enum"].remove("therapist"),
        {("rated_by", "enum-narrowed")},
    ),
    (
        "enum widened",
        lambda told: told["properties"]["rated_by"]["enum"].append("observer"),
        {("rated_by", "enum-widened")},
    ),
    (
        "type changed",
        lambda told: rating(told)["properties"]["value"].update(type="number"),
        {("ratings[].value", "type-changed")},
    ),
    ("no longer sealed", make_plain, {("ratings[].note", "type-changed")}),
    (
        "one instead of a list",
        lambda told: told["properties"].update(ratings={"$ref": "#/$defs/Rating"}),
        {("ratings", "type-changed")},
    ),
    (
        "limit lowered",
        lambda told: rating(told)["properties"]["value"].update(maximum=8),
        {("ratings[].value", "limit-changed")},
    ),
    (
        "limit lifted",
        lambda told: rating(told)["properties"]["value"].pop("maximum"),
        {("ratings[].value", "limit-changed")},
    ),
    (
        "optional now",
        lambda told: told["required"].remove("rated_by"),
        {("rated_by", "may-be-missing-now")},
    ),
    (
        "required now",
        lambda told: told["required"].append("phase"),
        {("phase", "required-now")},
    ),
    (
        "may be null",
        lambda told: told["properties"].update(
            rated_by={"anyOf": [told["properties"]["rated_by"], {"type": "null"}]}
        ),
        {("rated_by", "may-be-missing-now")},
    ),
    (
        "another default",
        lambda told: told["properties"]["phase"].update(default="after"),
        {("phase", "default-changed")},
    ),
]

ALLOWED: Sequence[tuple[str, Callable[[Json], object]]] = [
    ("an optional field", lambda told: told["properties"].update(locale={"type": "string"})),
    (
        "an optional field far inside",
        lambda told: rating(told)["properties"].update(at={"type": "string"}),
    ),
    ("a required field with a default", add_with_default),
    ("other words", lambda told: told.update(title="Rated", description="How ready.")),
    ("another order", lambda told: told["required"].reverse()),
]


def changed(by: Callable[[Json], object]) -> Json:
    schema = deepcopy(TOLD)
    by(schema)
    return schema


@pytest.mark.parametrize(
    ("by", "rules"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_a_consumer_could_not_read_breaks_a_rule(
    by: Callable[[Json], object], rules: set[tuple[str, str]]
) -> None:
    assert {(one.at, one.rule) for one in breaches(TOLD, changed(by))} == rules


@pytest.mark.parametrize("by", [case[1] for case in ALLOWED], ids=[case[0] for case in ALLOWED])
def test_what_every_consumer_can_read_may_be_added(by: Callable[[Json], object]) -> None:
    assert breaches(TOLD, changed(by)) == []


def test_what_lets_nothing_more_pass_cannot_grow() -> None:
    closed = {**TOLD, "additionalProperties": False}
    grown = {**closed, "properties": {**TOLD["properties"], "locale": {"type": "string"}}}
    assert [one.rule for one in breaches(closed, grown)] == ["closed"]
