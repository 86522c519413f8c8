"""How Keycloak is started: on loopback, telling no secret, with the realm that it had."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.local import keycloak
from deploy.local.keycloak import KeycloakServer
from deploy.local.realm import REALM

HOME = "keycloak-26.4.0"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeycloakServer:
    """As if it had been fetched and built before."""

    def built(into: Path, **_options: object) -> Path:
        (into / HOME).mkdir(exist_ok=True)
        (into / HOME / "built").touch()
        return into / HOME

    monkeypatch.setattr(keycloak, "unpacked", built)
    return KeycloakServer(tmp_path / "keycloak", 8080)


def prepared(server: KeycloakServer) -> Path:
    server.prepare(lambda _told: None)
    return server.folder / HOME / "data"


def options(command: Sequence[str]) -> set[str]:
    return {each for each in command if each.startswith("--")}


def test_it_listens_on_loopback_only(server: KeycloakServer) -> None:
    prepared(server)
    assert {
        "--http-host=127.0.0.1",
        "--http-port=8080",
        "--hostname=http://127.0.0.1:8080",
        "--cache=local",
    } <= options(server.command)
    assert server.issuer == "http://127.0.0.1:8080/realms/interlude"


def test_no_secret_is_among_its_arguments(server: KeycloakServer) -> None:
    prepared(server)
    told = " ".join(server.command)
    assert not any(password in told for password in server.accounts.passwords.values())


def test_it_is_given_what_the_realm_leaves_open_and_nothing_else_that_is_set(
    server: KeycloakServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MASTER_KEY", "KC_DB", "JAVA_TOOL_OPTIONS", "DATABASE_URL"):
        monkeypatch.setenv(name, "marmalade")
    given = server.environment
    assert given["THERAPIST_PASSWORD"] == server.accounts.passwords["therapist"]
    assert given["KC_BOOTSTRAP_ADMIN_PASSWORD"] == server.accounts.passwords["admin"]
    assert "marmalade" not in given.values()


def test_nobody_else_may_look_into_its_folder(server: KeycloakServer) -> None:
    prepared(server)
    assert server.folder.stat().st_mode & 0o777 == 0o700


def test_a_second_start_finds_what_the_first_one_left(server: KeycloakServer) -> None:
    data = prepared(server)
    assert (data / "import" / "realm.json").read_bytes() == REALM.read_bytes()
    (data / "keys").touch()
    server.keep()

    prepared(server)

    assert (data / "keys").exists()


def test_a_first_start_that_was_stopped_half_way_begins_anew(server: KeycloakServer) -> None:
    data = prepared(server)
    (data / "half").touch()

    prepared(server)

    assert not (data / "half").exists()
    assert (data / "import" / "realm.json").exists()


def test_a_realm_that_was_changed_is_imported_anew(
    server: KeycloakServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = prepared(server)
    (data / "keys").touch()
    server.keep()
    changed = tmp_path / "changed" / "realm.json"
    changed.parent.mkdir()
    changed.write_text("{}")
    monkeypatch.setattr(keycloak, "REALM", changed)

    prepared(server)

    assert not (data / "keys").exists()
    assert (data / "import" / "realm.json").read_text() == "{}"
    assert not (server.folder / HOME / "kept").exists()
