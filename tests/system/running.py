"""All of Interlude as a child process: started as a person would, found by its run.json, and what
is left of it once it has ended.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local import child
from deploy.local.ports import is_free, listens, wait_until
from deploy.local.processes import PROCESSES, SERVICES, Ports
from deploy.local.run_info import RunInfo, read
from deploy.local.var import Var

ROOT = Path(__file__).parents[2]
START_SECONDS = 240.0
"""The first time ever, Kafka's jars are fetched."""
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """`left` names the processes, ports and files that should be gone and are not."""

    status: int
    seconds: float
    output: str
    left: Sequence[str]


class Interlude:
    """One folder and one range of ports; started and ended as often as one likes."""

    def __init__(self, folder: Path, broker: str, identity: str = "development") -> None:
        self.var = Var(folder)
        self.ports = free_ports()
        self._chosen = {"BROKER": broker, "IDENTITY": identity}
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []

    @property
    def output(self) -> str:
        return self._output.read_text() if self._output.exists() else ""

    @property
    def _output(self) -> Path:
        return self.var.folder / "output.txt"

    def start(self, within: float = START_SECONDS) -> RunInfo:
        """Until run.json tells that all is ready."""
        self.var.folder.mkdir(exist_ok=True)
        # PostgreSQL's account passes through it.
        self.var.folder.chmod(0o711)
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                child.argv([sys.executable, *self.command("run")]),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        wait_until(lambda: self._ended or self.info is not None, seconds=within, every=0.1)
        assert self.info is not None, self.output
        own = psutil.Process(self._process.pid)
        self._family = [own, *own.children(recursive=True)]
        return self.info

    def stop(self) -> Ended:
        """As Ctrl-C does, or an operating system that shuts down."""
        assert self._process is not None
        self._process.terminate()
        return self.end()

    def end(self) -> Ended:
        """Once it has ended, whoever asked for it."""
        assert self._process is not None
        began = time.monotonic()
        try:
            status = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            status = -1
        seconds = time.monotonic() - began
        ended = Ended(status=status, seconds=seconds, output=self.output, left=self._left())
        for process in self._family:
            if process.is_running():
                process.kill()
        self._process = None
        return ended

    def kill(self, name: str) -> None:
        """A process of it, as if memory had run out."""
        pids = self.var.remembered("processes")
        assert pids is not None
        psutil.Process(pids[name]).kill()

    def command(self, name: str) -> list[str]:
        return ["-m", "deploy.local", name, "--var", str(self.var.folder)]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours that happens to be set where the tests run."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "KAFKA_JARS") if name in os.environ
        }
        return {**kept, **self._chosen, "PORT_BASE": str(self.ports.base), "COLUMNS": "200"}

    def run(self, name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        return subprocess.run(
            [sys.executable, *self.command(name), *options],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def info(self) -> RunInfo | None:
        return read(self.var.run_json)

    @property
    def family(self) -> Sequence[psutil.Process]:
        """All that was started, once it was ready."""
        return self._family

    @property
    def runs(self) -> bool:
        return self._process is not None

    @property
    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _left(self) -> Sequence[str]:
        processes = [" ".join(each.cmdline()) for each in self._family if _alive(each)]
        ports = [f"port {port}" for port in all_ports(self.ports) if listens(port)]
        return [*processes, *ports, *(["run.json"] if self.var.run_json.exists() else [])]


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_ports() -> Ports:
    """Below those that the system hands out by itself, and other ones in each test process."""
    for attempt in range(50):
        ports = Ports(12_000 + (os.getpid() + attempt * 7) % 50 * 400)
        if all(is_free(port) for port in all_ports(ports)):
            return ports
    raise AssertionError("no range of free ports")


def all_ports(ports: Ports) -> Sequence[int]:
    return [
        *(ports.api(service) for service in ("gateway", *SERVICES)),
        *(ports.admin(process) for process in PROCESSES),
        ports.issuer,
        ports.keycloak,
        ports.postgres,
        ports.kafka,
        ports.kafka_controller,
    ]
