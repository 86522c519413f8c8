"""What the gateway shows of itself and whom it talks to, by the profile that it runs in."""

import json
from pathlib import Path

import pytest

from libs.process.settings import load
from services.gateway.manifest import named
from services.gateway.settings import ApiSettings

MASTER_KEY = "kUd1TJuyLV8iwq1aFyh0zOr5M+zZaeXUXZTaPVUNXGc="
GIVEN = {
    "DATABASE_URL": "postgresql://gateway_app@127.0.0.1/interlude",
    "KEYRING_URL": "postgresql://keyring_app@127.0.0.1/interlude",
    "ISSUERS": "https://id.example/realms/riverside",
    "PORT": "8000",
    **{
        f"{name}_URL": "http://127.0.0.1:8001" for name in ("CARE", "ASSIGNMENT", "DIARY", "REVIEW")
    },
}


@pytest.mark.parametrize(
    ("profile", "said", "shown"),
    [
        ("local", None, True),
        ("production", None, False),
        ("local", "false", False),
        ("production", "true", True),
    ],
)
def test_strangers_see_no_schema_in_production_unless_it_is_said(
    monkeypatch: pytest.MonkeyPatch, profile: str, said: str | None, *, shown: bool
) -> None:
    for name, value in {**GIVEN, "MASTER_KEY": MASTER_KEY, "PROFILE": profile}.items():
        monkeypatch.setenv(name, value)
    if said is not None:
        monkeypatch.setenv("INTROSPECTION", said)
    assert load(ApiSettings).shows_schema == shown


@pytest.mark.parametrize(
    ("profile", "url", "trusted", "taken"),
    [
        ("local", "http://care.internal", "false", True),
        ("production", "http://care.internal", "false", False),
        ("production", "http://care.internal", "true", True),
        ("production", "https://care.internal", "false", True),
        ("production", "http://127.0.0.1:8001", "false", True),
    ],
)
def test_in_production_tokens_travel_encrypted_or_where_nobody_else_is(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    url: str,
    trusted: str,
    *,
    taken: bool,
) -> None:
    told = {"CARE_URL": url, "PROFILE": profile, "TRUSTED_NETWORK": trusted}
    for name, value in {**GIVEN, "MASTER_KEY": MASTER_KEY, **told}.items():
        monkeypatch.setenv(name, value)
    if taken:
        assert load(ApiSettings).services["care"] == url
        return
    with pytest.raises(SystemExit):
        load(ApiSettings)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("CARE_URL is not usable: beyond loopback the connection must be")


DOCUMENT = "{ me { name } }"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {**GIVEN, "MASTER_KEY": MASTER_KEY, "PROFILE": "production"}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        load(ApiSettings)
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_trusted_documents_are_read_from_their_file(
    given: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load(ApiSettings).trusted_documents == "off"
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({named(DOCUMENT): DOCUMENT}))
    given.setenv("TRUSTED_DOCUMENTS", "enforce")
    given.setenv("TRUSTED_DOCUMENTS_FILE", str(file))
    read = load(ApiSettings)
    assert read.trusted_documents == "enforce"
    assert read.trusted_documents_file is not None
    assert read.trusted_documents_file.texts == {named(DOCUMENT): DOCUMENT}
    assert DOCUMENT not in repr(read)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{}",
        "[]",
        "{ me { name } }",
        json.dumps({named(DOCUMENT): f"{DOCUMENT} "}),
        json.dumps({named(DOCUMENT): 7}),
    ],
)
def test_a_file_that_names_nothing_stops_the_gateway(
    given: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: str | None,
) -> None:
    file = tmp_path / "documents.json"
    if content is not None:
        file.write_text(content)
    given.setenv("TRUSTED_DOCUMENTS", "log")
    given.setenv("TRUSTED_DOCUMENTS_FILE", str(file))
    said = complaint(capsys)
    assert said.startswith("TRUSTED_DOCUMENTS_FILE is not usable: this takes the file that")
    assert DOCUMENT not in said


@pytest.mark.parametrize("mode", ["log", "enforce"])
def test_without_a_file_nothing_can_be_trusted(
    given: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    given.setenv("TRUSTED_DOCUMENTS", mode)
    assert complaint(capsys).startswith("TRUSTED_DOCUMENTS is not usable: it needs")
