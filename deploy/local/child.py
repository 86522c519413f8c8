"""Becomes another program that gives up root and never outlives who started it.

`python -m deploy.local.child [--account NAME] [--patient] --parent PID -- program argument…`

An executable of its own because both must happen between fork and exec, where Python's
`preexec_fn` is unsafe once threads run, and because `setpriv` is not on every machine.
"""

import ctypes
import os
import pwd
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


_PATIENT = 5
"""How much nicer, as `nice` counts: a third of the processor time, where there is too little."""


def argv(program: Sequence[str], *, account: str | None = None, patient: bool = False) -> list[str]:
    """What to start, so that `program` runs as `account` and dies with this process. A `patient`
    one lets others go first where processors are short.
    """
    who = [] if account is None else ["--account", account]
    who += ["--patient"] if patient else []
    here = [sys.executable, "-I", "-S", str(Path(__file__)), "--parent", str(os.getpid())]
    return [*here, *who, "--", *program]


def _give_up_root(account: str) -> None:
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _die_with(parent: int) -> None:
    # A shell that starts something in the background has it ignore SIGINT, and so its children.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # After setuid, which clears it; SIGINT, because PostgreSQL's SIGTERM waits for its clients.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--account")
    parser.add_argument("--patient", action="store_true")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("program", nargs="+")
    told = parser.parse_args()
    if told.patient:
        os.nice(_PATIENT)
    if told.account is not None:
        _give_up_root(told.account)
    _die_with(told.parent)
    os.execvp(told.program[0], told.program)  # noqa: S606 - the whole point; no shell is involved


if __name__ == "__main__":
    main()
