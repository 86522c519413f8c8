"""What was published can be read for ever, or the build says which rule was broken."""

import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from deploy.contracts import __main__ as contracts
from deploy.contracts import catalogue, gate
from deploy.contracts.catalogue import Published
from deploy.contracts.compatibility import breaches

OPENAPI = Path(__file__).parents[2] / "openapi"
FACTS = list(catalogue.published())

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


# --- The gate, over the tree as it is. ---

RESCHEDULED = "interlude.care.SessionRescheduled"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(OPENAPI, tmp_path / "openapi")
    return tmp_path / "openapi"


def with_one(name: str, *, of: str = f"{RESCHEDULED}.v2", **schema: Any) -> list[Published]:
    """The facts as they are, but this one under this name, and with this in its schema."""
    (fact,) = [fact for fact in FACTS if fact.name == of]
    new = replace(fact, name=name, schema={**fact.schema, **schema})
    return [*(fact for fact in FACTS if fact.name != of), new]


def rules(folder: Path, facts: Sequence[Published]) -> list[tuple[str, str]]:
    return [(refusal.name, refusal.rule) for refusal in gate.refusals(folder, facts)]


def test_what_is_committed_may_be_published() -> None:
    assert gate.refusals(OPENAPI, FACTS) == []


def test_a_published_file_that_was_changed_is_refused(folder: Path) -> None:
    file = gate.schema_file(folder, f"{RESCHEDULED}.v1")
    file.write_bytes(file.read_bytes().replace(b"It moved", b"It was moved"))
    assert rules(folder, FACTS) == [(f"{RESCHEDULED}.v1", "file-changed")]


def test_a_published_file_that_was_removed_is_refused(folder: Path) -> None:
    gate.schema_file(folder, f"{RESCHEDULED}.v1").unlink()
    assert rules(folder, FACTS) == [(f"{RESCHEDULED}.v1", "file-removed")]


def test_a_line_cannot_be_taken_out_to_change_what_it_stands_for(folder: Path) -> None:
    manifest = folder / gate.MANIFEST
    listed = orjson.loads(manifest.read_bytes())
    del listed[f"{RESCHEDULED}.v1"]
    manifest.write_bytes(orjson.dumps(listed))
    assert rules(folder, FACTS) == [(f"{RESCHEDULED}.v1", "not-listed")]


def test_code_that_means_something_else_under_a_published_name_is_refused(folder: Path) -> None:
    (fact,) = [fact for fact in FACTS if fact.name == f"{RESCHEDULED}.v2"]
    fields = {**fact.schema["properties"], "reason": {"type": "string"}}
    added = with_one(fact.name, properties=fields)
    assert rules(folder, added) == [(fact.name, "published-changed")]
    (refusal,) = gate.refusals(folder, added)
    assert f"{RESCHEDULED}.v3" in refusal.advice


def test_other_words_under_a_published_name_leave_its_file_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gate.schema_file(folder, f"{RESCHEDULED}.v2").read_bytes()
    reworded = with_one(f"{RESCHEDULED}.v2", description="It takes place at another time.")
    assert rules(folder, reworded) == []
    monkeypatch.setattr(catalogue, "published", lambda: iter(reworded))
    contracts.write(folder)
    assert gate.schema_file(folder, f"{RESCHEDULED}.v2").read_bytes() == before


def test_a_new_version_must_be_readable_from_all_before_it(folder: Path) -> None:
    (fact,) = [fact for fact in FACTS if fact.name == f"{RESCHEDULED}.v2"]
    without = {key: value for key, value in fact.schema["properties"].items() if key != "zone"}
    third = with_one(f"{RESCHEDULED}.v3", properties=without, required=["starts_at"])
    found = {(each.at, each.rule, each.why[-2:]) for each in gate.refusals(folder, third)}
    assert ("zone", "field-removed", "v1") in found
    assert ("zone", "field-removed", "v2") in found


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (f"{RESCHEDULED}.v1", "taken-back"),
        (f"{RESCHEDULED}.v4", "version-skipped"),
        ("interlude.care.SessionPutOff.v1", "no-longer-read"),
    ],
)
def test_versions_are_counted_without_gap_and_never_given_up(
    folder: Path, name: str, rule: str
) -> None:
    assert rule in [found for _, found in rules(folder, with_one(name))]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_make_contracts_says_which_rule_where_and_what_to_do_and_writes_nothing(
    folder: Path, runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fact,) = [fact for fact in FACTS if fact.name == f"{RESCHEDULED}.v2"]
    needing = [*fact.schema["required"], "starts_local"]
    third = with_one(f"{RESCHEDULED}.v3", required=needing)
    monkeypatch.setattr(catalogue, "published", lambda: iter(third))
    before = contents(folder)
    outcome = runner.invoke(contracts.app, ["--into", str(folder)])
    assert outcome.exit_code == 1
    said = f"{RESCHEDULED}.v3: required-now at starts_local: was optional since {RESCHEDULED}.v2"
    assert said in outcome.stderr
    assert "Leave it optional" in outcome.stderr
    assert outcome.stderr.endswith("Nothing was written.\n")
    assert contents(folder) == before


def test_what_may_be_published_is_written_and_listed(
    folder: Path, runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = with_one(f"{RESCHEDULED}.v3")
    monkeypatch.setattr(catalogue, "published", lambda: iter(third))
    outcome = runner.invoke(contracts.app, ["--into", str(folder)])
    assert outcome.exit_code == 0, outcome.stderr
    listed = gate.digests(folder)
    assert listed.items() > gate.digests(OPENAPI).items()
    assert set(listed) - set(gate.digests(OPENAPI)) == {f"{RESCHEDULED}.v3"}
    assert gate.schema_file(folder, f"{RESCHEDULED}.v1").exists()
    assert gate.refusals(folder, third) == []
