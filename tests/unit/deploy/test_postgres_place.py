"""Where the private PostgreSQL keeps its data: in the same place in every run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.postgres import place_for, temporary_place


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One that root shares with the account that PostgreSQL runs as."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    folder = temporary_place()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_the_second_run_finds_what_the_first_one_kept(open_folder: Path) -> None:
    wanted = open_folder / "postgres"
    first = place_for(wanted)
    wanted.mkdir(mode=0o700)
    assert place_for(wanted) == first == wanted


def test_a_folder_that_only_root_can_reach_is_stood_in_for(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    assert place_for(open_folder / "postgres") != open_folder / "postgres"
