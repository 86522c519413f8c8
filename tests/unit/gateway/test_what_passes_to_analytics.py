"""Somebody has decided about every kind of fact and every field of it, and what passes is a number,
a truth, a code of a closed list, a pseudonym, or a day.
"""

from collections.abc import Iterator, Mapping

import pytest

from deploy.contracts import catalogue
from libs.eventstore.versions import first_version_of
from services.gateway.analytics.decided import DECIDED
from services.gateway.analytics.passing import (
    Codes,
    Day,
    Each,
    Fields,
    LeftOut,
    NotAsDecided,
    Number,
    Passes,
    Pseudonym,
    Rule,
    Seen,
    Truth,
    Within,
)
from tests.unit.gateway.schemas import Json, plain

SCHEMAS: Mapping[str, Json] = {
    first_version_of(fact.name): fact.schema for fact in catalogue.published()
}
SEEN = Seen(pseudonym=lambda _id: "0" * 32, day=lambda _moment: 3)


def undecided(schema: Json, fields: Fields, document: Json, path: str = "") -> Iterator[str]:
    """What the schema has and the list has not, or the other way round, or of another kind."""
    told = schema.get("properties", {})
    yield from (f"{path}.{name} is not decided on" for name in told.keys() - fields.keys())
    yield from (f"{path}.{name} does not exist" for name in fields.keys() - told.keys())
    for name in told.keys() & fields.keys():
        rule = fields[name]
        if not isinstance(rule, LeftOut):
            yield from unfit(plain(told[name], document), rule, document, f"{path}.{name}")


def unfit(schema: Json, rule: Rule, document: Json, path: str) -> Iterator[str]:
    kind, form = schema.get("type"), schema.get("format")
    match rule:
        case Within() if "properties" in schema:
            yield from undecided(schema, rule.fields, document, path)
        case Each() if kind == "array":
            yield from unfit(plain(schema["items"], document), rule.of, document, f"{path}[]")
        case Codes() if rule.otherwise is not None and kind == "string":
            pass  # a text, of which only these words pass
        case Codes():
            values = schema.get("enum", [schema["const"]] if "const" in schema else [])
            if set(values) != set(rule.known):
                yield f"{path} has other codes: {set(values) ^ set(rule.known)}"
        case Number() if kind in {"integer", "number"}:
            pass
        case Truth() if kind == "boolean":
            pass
        case Pseudonym() if form == "uuid":
            pass
        case Day() if form in {"date-time", "date"}:
            pass
        case _:
            yield f"{path} is no {type(rule).__name__}"


def test_every_kind_of_fact_is_decided_on_and_no_other() -> None:
    assert set(DECIDED) == set(SCHEMAS)


@pytest.mark.parametrize("kind", sorted(SCHEMAS), ids=lambda kind: kind[10:])
def test_every_field_is_decided_on_and_is_what_was_decided(kind: str) -> None:
    decision = DECIDED[kind]
    if isinstance(decision, Passes):
        assert list(undecided(SCHEMAS[kind], decision.fields, SCHEMAS[kind])) == []


def test_a_new_field_a_new_code_and_a_name_that_passes_for_a_code_are_noticed() -> None:
    kind = "interlude.review.NonEngagementLearned.v1"
    decision, schema = DECIDED[kind], SCHEMAS[kind]
    assert isinstance(decision, Passes)
    fields = dict(decision.fields)
    del fields["text"]
    assert list(undecided(schema, fields, schema)) == [".text is not decided on"]
    fields["text"] = Codes(("worthwhile",))
    assert ".text has other codes: {'worthwhile'}" in list(undecided(schema, fields, schema))
    fields = {**decision.fields, "direction": Codes(("higher", "lower"))}
    assert list(undecided(schema, fields, schema)) == [".direction has other codes: {'same'}"]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (Number(), "7"),
        (Number(), True),
        (Truth(), 1),
        (Codes(("worth",)), "Larry"),
        (Pseudonym(), {"ciphertext": "…"}),
        (Day("day"), "Monday at eleven"),
        (Day("day"), "2026-03-02T11:00:00"),
        (Day("day"), 1763251200),
        (Each(Number()), "77"),
        (Within({}), "Larry"),
    ],
)
def test_what_is_not_as_decided_does_not_pass(rule: Rule, value: object) -> None:
    with pytest.raises(NotAsDecided) as refused:
        rule.passed(value, SEEN)
    assert str(value) not in str(refused.value)


def test_of_a_text_only_known_words_pass() -> None:
    worksheet = Codes(("panic_diary",), otherwise="other")
    assert [worksheet.passed(each, SEEN) for each in ("panic_diary", "Larry")] == [
        "panic_diary",
        "other",
    ]


def test_a_field_that_nobody_knows_is_dropped() -> None:
    passed = Within({"quantity": Number(), "note": LeftOut("text")}).passed(
        {"quantity": 100, "note": "Larry", "mood": "Larry"}, SEEN
    )
    assert passed == {"quantity": 100}


def test_a_day_goes_by_a_name_that_says_so() -> None:
    content = Within({"due_at": Day("due_day")})
    assert content.passed({"due_at": "2026-03-02T11:00:00Z"}, SEEN) == {"due_day": 3}
