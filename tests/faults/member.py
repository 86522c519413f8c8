"""One process of Interlude that a campaign starts, and ends in every way that a process can end."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.local import child
from deploy.local.ports import wait_until
from tests.bench.stage import ROOT

READY_SECONDS = 150.0
STOP_SECONDS = 25.0
MOST_STARTS = 6
_TOLD = 6000
"""Characters of a log."""

Told = Literal["ready", "degraded", "not-ready", "silent"]


@dataclass
class Member:
    """`module` and `role` as the product starts them, by way of `tests.faults.inside`, which can
    make it die at a named point, or misbehave. Its log is appended to, whoever often it starts.
    """

    name: str
    module: str
    role: str
    settings: Mapping[str, str]
    log: Path
    patient: bool = False

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def readyz(self) -> str:
        return f"http://127.0.0.1:{self.settings['ADMIN_PORT']}/readyz"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, **also: str) -> None:
        """`also` overrides settings for this start only."""
        if self.alive:
            return
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                child.argv(
                    [sys.executable, "-m", "tests.faults.inside", self.module, self.role],
                    patient=self.patient,
                ),
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.settings, **also},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def restart(self, **also: str) -> None:
        self.terminate()
        self.start(**also)

    def kill(self) -> None:
        """As if memory had run out."""
        self._signal(signal.SIGKILL)
        self._gone()

    def terminate(self) -> int | None:
        """SIGTERM, and the exit status; -9 when it had to be killed; None when it was not there."""
        if not self.alive or self._process is None:
            return None
        self._signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def told(self) -> Told:
        """What its readiness probe says."""
        try:
            with urllib.request.urlopen(self.readyz, timeout=3) as answer:  # noqa: S310 - our own loopback URL
                return "degraded" if b"degraded" in answer.read() else "ready"
        except urllib.error.HTTPError:
            return "not-ready"
        except OSError:
            return "silent"

    def wait_until_ready(self) -> None:
        """Starts it again where it has died of the fault, as any supervisor would."""
        deadline = time.monotonic() + READY_SECONDS
        starts = 0
        while self.told() not in {"ready", "degraded"}:
            if time.monotonic() > deadline or starts > MOST_STARTS:
                raise AssertionError(f"{self.name} does not get ready. {self._where_it_stands()}")
            starts += not self.alive
            self.start()
            time.sleep(0.1)

    def wait_until_dead(self, seconds: float) -> bool:
        return wait_until(lambda: not self.alive, seconds=seconds)

    def _where_it_stands(self) -> str:
        """The end of its log, after it was asked for the stack of each of its threads."""
        self._signal(signal.SIGUSR1)
        time.sleep(0.5)
        return f"The end of its log: {self.log.read_text(errors='replace')[-_TOLD:]}"

    def _signal(self, sign: signal.Signals) -> None:
        if self.alive and self._process is not None:
            self._process.send_signal(sign)

    def _gone(self) -> None:
        if self._process is not None:
            self._process.wait()


def all_ready(members: Sequence[Member]) -> None:
    for member in members:
        member.wait_until_ready()
