"""PostgreSQL, Kafka and Keycloak as child processes: up before the services, gone after them."""

import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import wait_until
from deploy.local.trouble import Trouble

START_SECONDS = 60.0
_LAST_LINES = 15

POSTGRES_STOPS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
"""Fast (throws clients out, all is on disk), immediate (recovers at the next start), at once."""

KAFKA_STOPS = (signal.SIGTERM, signal.SIGKILL)

KEYCLOAK_STOPS = (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL)
"""Asked twice, for the time it takes: it has a database to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self) -> Sequence[str]:
        """Empty when somebody took the log away: that it fell must be said all the same."""
        try:
            return tuple(self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
        except OSError:
            return ()

    @property
    def fell(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def running(
    name: str,
    argv: Sequence[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    stops: Sequence[signal.Signals],
    environment: Mapping[str, str] | None = None,
    within: float = START_SECONDS,
) -> Iterator[Backing]:
    """From `ready` until the end of the block. A session of its own keeps the terminal's Ctrl-C
    from it: those who depend on it stop first. `within` in seconds.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own argv, no shell
            argv,
            env=None if environment is None else dict(environment),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    backing = Backing(name=name, process=process, log=log)
    try:
        _wait(backing, ready, within)
        yield backing
    finally:
        _stop(process, stops)


def _wait(backing: Backing, ready: Callable[[], bool], seconds: float) -> None:
    def decided() -> bool:
        return backing.fell or ready()

    if wait_until(decided, seconds=seconds) and not backing.fell:
        return
    last = "\n".join(backing.last_lines())
    raise Trouble(f"{backing.name} did not start. The end of {backing.log}:\n{last}")


def _stop(
    process: subprocess.Popen[bytes], stops: Sequence[signal.Signals], each_seconds: float = 3.0
) -> None:
    for sign in stops:
        if process.poll() is not None:
            return
        process.send_signal(sign)
        try:
            process.wait(each_seconds)
        except subprocess.TimeoutExpired:
            continue
