"""All run, or none: with real child processes, small ones."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import wait_until

SUPERVISED = Path(__file__).parent / "supervised.py"


class Started:
    def __init__(self, folder: Path, *children: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(SUPERVISED), str(folder), *children],
            stdout=subprocess.PIPE,
            text=True,
        )

    def all_up(self) -> list[psutil.Process]:
        family = psutil.Process(self.process.pid)
        assert wait_until(lambda: len(list(self.folder.glob("*.up"))) == 3, seconds=20)
        return family.children(recursive=True)

    def end(self) -> str:
        output, _ = self.process.communicate(timeout=40)
        return output


def all_gone(children: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(children, timeout=10)[1]


def test_who_falls_is_named_with_its_last_words_and_all_stop(tmp_path: Path) -> None:
    started = Started(tmp_path, "patient", "patient", "falling")
    children = started.all_up()
    told = started.end()
    assert "2-falling fell with 1" in told
    assert "out of luck" in told
    assert all_gone(children)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_all_stop_and_nobody_is_blamed(tmp_path: Path, sign: signal.Signals) -> None:
    started = Started(tmp_path, "patient", "patient", "patient")
    children = started.all_up()
    started.process.send_signal(sign)
    assert "nobody fell" in started.end()
    assert all_gone(children)


def test_who_will_not_stop_is_killed(tmp_path: Path) -> None:
    started = Started(tmp_path, "deaf", "deaf", "deaf")
    children = started.all_up()
    started.process.send_signal(signal.SIGTERM)
    assert "nobody fell" in started.end()
    assert all_gone(children)


def test_when_the_supervisor_is_killed_nobody_is_left_behind(tmp_path: Path) -> None:
    started = Started(tmp_path, "patient", "patient", "patient")
    children = started.all_up()
    started.process.kill()
    started.end()
    assert all_gone(children)


def test_what_a_child_says_is_in_its_log(tmp_path: Path) -> None:
    started = Started(tmp_path, "patient", "patient", "patient")
    started.all_up()
    started.process.terminate()
    started.end()
    assert (tmp_path / "logs" / "0-patient.log").read_text().startswith("up")
