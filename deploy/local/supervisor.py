"""Runs the processes with honcho: one falls, it is said which and why, and all stop.

honcho would fork a process of its own beside each child to read its output; a thread does the
same for less memory.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import honcho.manager
import honcho.process
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message
from honcho.process import Popen

STOP_SECONDS = 15
"""What a child has between being asked to stop and being killed."""

_LAST_LINES = 15

honcho.manager.KILL_WAIT = STOP_SECONDS


@dataclass(frozen=True, slots=True)
class Fallen:
    """Who ended although nobody asked, with what exit status, and what it said last."""

    name: str
    status: int
    last_lines: Sequence[str]


class Logs:
    """Each child's lines to a file of its own; the last ones are remembered. honcho's printer."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.width = 0  # honcho sets it, for printers with columns
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        self._last: dict[str, deque[str]] = {}

    def write(self, message: Message) -> None:
        line = (
            message.data
            if isinstance(message.data, str)
            else message.data.decode("utf-8", "replace")
        )
        self._last.setdefault(message.name, deque(maxlen=_LAST_LINES)).append(line.rstrip("\n"))
        self._file(message.name).write(line)

    def last_lines(self, name: str) -> Sequence[str]:
        return tuple(self._last.get(name, ()))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, name: str) -> IO[str]:
        if name not in self._files:
            name_of_file = "supervisor" if name == SYSTEM_PRINTER_NAME else name
            self._files[name] = (self._folder / f"{name_of_file}.log").open("w", buffering=1)
        return self._files[name]


class _Runner(honcho.process.Process):  # type: ignore[misc]  # honcho has no types
    """A program with its arguments, not a line for a shell, and started by the main thread:
    the kernel tells a child of the death of the *thread* that started it.
    """

    def begin(self, events: "queue.Queue[Message]") -> int:
        self._events = events
        child = Popen(self.cmd, env=self.env, cwd=self.cwd, shell=False)
        self._child_ctor = lambda *_arguments, **_options: child
        threading.Thread(target=self.run, args=(events,), name=self.name, daemon=True).start()
        pid: int = child.pid
        return pid


class Supervisor(Manager):  # type: ignore[misc]  # honcho has no types
    """`add_process` each, then `run`."""

    def __init__(self, logs: Logs) -> None:
        super().__init__(printer=logs)
        self.events: queue.Queue[Message] = queue.Queue()
        self.stopping = threading.Event()
        self.fallen: Fallen | None = None
        self._logs = logs
        self._process_ctor = _Runner

    def run(self, meanwhile: Callable[[], None]) -> None:
        """Until somebody asks to stop, or a child falls. `meanwhile` runs beside it in a thread."""
        beside = threading.Thread(target=meanwhile, name="meanwhile", daemon=True)
        beside.start()
        self.loop()
        beside.join(timeout=STOP_SECONDS)

    def pids(self) -> Mapping[str, int]:
        return {name: held["pid"] for name, held in self._processes.items() if "pid" in held}

    def terminate(self) -> None:
        """Any thread may ask for it, as often as it likes."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        # honcho counts only from the first child that stopped, and one that hangs never would.
        killing = threading.Timer(STOP_SECONDS, self.kill)
        killing.daemon = True
        killing.start()
        super().terminate()

    def fell(self, fallen: Fallen) -> None:
        """Something that all depends on has ended; only the first to fall is to blame."""
        if not self.stopping.is_set():
            self.fallen = fallen
            self.terminate()

    def _start(self) -> None:
        for held in self._processes.values():
            if self.stopping.is_set():
                held.update(pid=0, returncode=0)
            else:
                held["pid"] = held["obj"].begin(self.events)

    def _any_stopped(self) -> bool:
        for name, held in self._processes.items():
            status = held.get("returncode")
            if status is not None:
                self.fell(Fallen(name, status, self._logs.last_lines(name)))
                return True
        return False
