"""What all depends on: when it falls, that is said by name and everything stops."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.backing import KAFKA_STOPS, Backing, running
from deploy.local.run import watch
from deploy.local.supervisor import Fallen
from deploy.local.trouble import Trouble

SPEAKS_AND_STAYS = "import time; print('low on disk', flush=True); time.sleep(60)"


class Watched:
    """Hears what the supervisor would hear."""

    def __init__(self) -> None:
        self.fallen: Fallen | None = None

    def fell(self, fallen: Fallen) -> None:
        self.fallen = fallen


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "database.log"


@pytest.fixture
def database(log: Path) -> Iterator[Backing]:
    def has_spoken() -> bool:
        return log.exists() and bool(log.read_text())

    argv = [sys.executable, "-c", SPEAKS_AND_STAYS]
    with running("Database", argv, log=log, ready=has_spoken, stops=KAFKA_STOPS) as backing:
        yield backing


def test_who_falls_is_named_with_its_last_words(database: Backing) -> None:
    told = Watched()
    watching = watch(database, told)
    database.process.kill()
    watching.join(10)
    assert told.fallen == Fallen("Database", -9, ("low on disk",))


def test_who_falls_is_named_even_if_its_log_is_gone(database: Backing, log: Path) -> None:
    told = Watched()
    watching = watch(database, told)
    log.unlink()
    database.process.kill()
    watching.join(10)
    assert told.fallen == Fallen("Database", -9, ())


def test_who_is_not_ready_in_time_is_named(log: Path) -> None:
    argv = [sys.executable, "-c", SPEAKS_AND_STAYS]
    never = running("Database", argv, log=log, ready=lambda: False, stops=KAFKA_STOPS, within=0.2)
    with pytest.raises(Trouble, match="Database did not start"), never:
        pass
