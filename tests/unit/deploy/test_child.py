"""What is started dies with who started it, and readers let those go first who answer people."""

import os
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from deploy.local import child
from deploy.local.processes import PROCESSES
from tests.bench.stage import ROOT


def niceness(*, patient: bool) -> int:
    program = [sys.executable, "-c", "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"]
    started = child.argv(program, patient=patient)
    return int(subprocess.run(started, capture_output=True, text=True, check=True).stdout)


def test_a_patient_child_lets_others_go_first() -> None:
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert niceness(patient=False) == here
    assert niceness(patient=True) == min(here + 5, 19)


def test_whoever_answers_people_is_not_patient() -> None:
    assert {each.role for each in PROCESSES if not each.patient} == {"api"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells a child of the death")
def test_a_child_dies_with_a_parent_that_was_started_in_the_background() -> None:
    """Such a parent ignores SIGINT, as a shell has it do, and is killed."""
    parent = textwrap.dedent("""
        import signal, subprocess, sys, time
        from deploy.local import child
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
        print(subprocess.Popen(child.argv(sleeper)).pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        orphan = psutil.Process(int(started.stdout.readline()))
        _until_asleep(orphan)
        started.kill()
        assert not psutil.wait_procs([orphan], timeout=10)[1]


def _until_asleep(process: psutil.Process) -> None:
    """It has become the sleeper; before that, there is no promise."""
    for _ in range(100):
        if "time.sleep(60)" in " ".join(process.cmdline()) and "--parent" not in process.cmdline():
            return
        time.sleep(0.05)
    raise AssertionError("the child did not start")
