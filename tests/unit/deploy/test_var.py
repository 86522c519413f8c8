"""The folder `var/`: one run at a time, and what a reset forgets."""

from pathlib import Path

import pytest

from deploy.local.run_info import RunInfo, read, write
from deploy.local.trouble import Trouble
from deploy.local.var import Var

RUN = RunInfo(
    gateway="http://127.0.0.1:8000",
    services={"care": "http://127.0.0.1:8001"},
    admin={"care-api": "http://127.0.0.1:8101"},
    broker="kafka://127.0.0.1:8092",
    database="postgresql://postgres@127.0.0.1:8032/interlude",
    issuer="http://127.0.0.1:8009",
    tokens={"therapist": "a.b.c"},
    story={"goal": "1"},
)


@pytest.fixture
def var(tmp_path: Path) -> Var:
    return Var(tmp_path)


def test_a_second_run_is_told_that_one_runs_already(var: Var) -> None:
    with var.only_run(), pytest.raises(Trouble, match="already runs"), var.only_run():
        pass


def test_after_a_run_there_may_be_another(var: Var) -> None:
    with var.only_run():
        assert var.running_pid() is not None
    assert var.running_pid() is None
    with var.only_run():
        pass


def test_the_master_key_is_drawn_once_and_for_its_owner_only(var: Var) -> None:
    first = var.master_key()
    assert var.master_key() == first
    assert (var.folder / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_reset_forgets_all_but_what_came_from_the_network(var: Var) -> None:
    (var.folder / "jars").mkdir()
    var.keycloak.mkdir()
    var.master_key()
    var.remember("story", {"today": "2026-03-02"})
    with var.only_run():
        var.empty()
    assert {path.name for path in var.folder.iterdir()} == {"jars", "run.lock"}
    assert var.remembered("story") is None


def test_run_json_is_read_as_it_was_written_and_by_its_owner_only(var: Var) -> None:
    write(RUN, var.run_json)
    assert read(var.run_json) == RUN
    assert var.run_json.stat().st_mode & 0o777 == 0o600


def test_without_a_run_there_is_no_run_json(var: Var) -> None:
    assert read(var.run_json) is None


def test_tokens_are_not_in_what_is_printed_of_a_run() -> None:
    assert "a.b.c" not in repr(RUN)
