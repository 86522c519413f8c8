"""Documents of a frontend team become the file that the gateway reads, as far as they fit."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from deploy import trusted_documents
from services.gateway.manifest import Manifest, named

ME = "query Me {\n  me { name }\n}\n"
PROGRESS = "query Progress { progress { __typename } }"
GONE = "query Gone { me { shoeSize } }"


def run(*line: str) -> Result:
    app = Typer()
    app.command()(trusted_documents.main)
    return CliRunner().invoke(app, list(line))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "queries"
    (made / "screens").mkdir(parents=True)
    (made / "me.graphql").write_text(ME)
    (made / "screens" / "progress.graphql").write_text(PROGRESS)
    (made / "README.md").write_text("not a document")
    return made


def test_each_file_is_named_by_its_very_bytes(folder: Path, tmp_path: Path) -> None:
    made = run(str(folder))
    assert made.exit_code == 0
    assert json.loads(made.stdout) == {named(ME): ME, named(PROGRESS): PROGRESS}
    file = tmp_path / "documents.json"
    file.write_text(made.stdout)
    assert Manifest.read(file).texts[named(ME)] == ME


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (GONE, "shoeSize"),
        ("query {", "Syntax Error"),
        (f"{{ {'a: me { name } ' * 40} }}", "limit of 30 for repeats"),
    ],
)
def test_what_the_gateway_would_not_take_is_said_by_its_file(
    folder: Path, document: str, said: str
) -> None:
    (folder / "broken.graphql").write_text(document)
    made = run(str(folder))
    assert made.exit_code == 1
    assert made.stdout == ""
    assert "broken.graphql: " in made.stderr
    assert said in made.stderr


def test_a_folder_without_documents_is_a_mistake(tmp_path: Path) -> None:
    assert run(str(tmp_path)).exit_code == 1


def test_older_clients_keep_theirs_as_far_as_they_fit(folder: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.json"
    before = "{ me { zone } }"
    older.write_text(json.dumps({named(before): before, named(GONE): GONE}))
    made = run(str(folder), "--add", str(older))
    assert set(json.loads(made.stdout)) == {named(ME), named(PROGRESS), named(before)}


def test_what_is_no_such_file_is_not_added(folder: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps({named(ME): GONE}))
    assert run(str(folder), "--add", str(forged)).exit_code == 2
