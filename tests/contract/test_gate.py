"""What was published can be read for ever, or the build says which rule was broken."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from deploy.contracts import __main__ as contracts
from deploy.contracts import catalogue, gate
from deploy.contracts.catalogue import Published

OPENAPI = Path(__file__).parents[2] / "openapi"
FACTS = list(catalogue.published())
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
