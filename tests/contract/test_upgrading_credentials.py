"""An installation of before is given what this version needs besides, and keeps what it has."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy import credentials

TEXT = credentials.COMPOSE.read_text()
NEW = ("CARE_AUDITOR_PASSWORD", "KEYRING_ROTATOR_PASSWORD", "PASS_KEYS")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drawn(tmp_path)
    return tmp_path


def drawn(folder: Path) -> list[str]:
    """What was said of it."""
    said: list[str] = []
    credentials.write(folder, TEXT, datetime.now(UTC), said.append)
    return said


def test_what_is_new_is_added_to_what_is_there(folder: Path) -> None:
    environment, told = folder / ".env", folder / "secrets" / "passwords.sql"
    whole = credentials._settings(environment)
    before = "".join(f"{name}={each}\n" for name, each in whole.items() if name not in NEW)
    before = f"# Ours.\n{before}ISSUERS='https://id.example'"
    environment.write_text(before)
    told.write_text("-- As it was.\n")
    assert drawn(folder)[0].endswith(f"now has {', '.join(NEW)} too.")
    assert environment.read_text().startswith(f"{before}\n")
    given = credentials._settings(environment)
    assert given.keys() == {*whole, "ISSUERS"}
    assert given["PASS_KEYS"] == whole["PASS_KEYS"]
    first, *roles = told.read_text().splitlines()
    assert first == "-- As it was."
    assert [line.split()[2] for line in roles] == ["care_auditor", "keyring_rotator"]
    assert environment.stat().st_mode & 0o777 == 0o600
    assert "stays as it is" in drawn(folder)[0]


@pytest.mark.parametrize("name", ["MASTER_KEY", "KAFKA_CLUSTER_ID", "POSTGRES_PASSWORD"])
def test_what_an_installation_has_elsewhere_is_not_drawn_again(folder: Path, name: str) -> None:
    """What is stored would no longer open, or not be found again."""
    environment = folder / ".env"
    lines = environment.read_text().splitlines(keepends=True)
    kept = "".join(each for each in lines if not each.startswith(f"{name}="))
    environment.write_text(kept)
    assert f"{name} is yours to give." in drawn(folder)
    assert environment.read_text() == kept
