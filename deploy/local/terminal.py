"""What `make run` shows while it works: a line per step, with its seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

Say = Callable[[str], None]


class Terminal:
    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, what: str) -> Iterator[Say]:
        """Inside, what is said last stands beside the step. A step that fails says nothing more."""
        began = time.monotonic()
        with self.console.status(what) as status:
            beside = _Beside(status, what)
            yield beside.say
        seconds = time.monotonic() - began
        self.console.print(
            f"[green]✓[/] {what}{beside.text} [dim]{seconds:.1f} s[/]", highlight=False
        )

    def trouble(self, message: str) -> None:
        self.console.print("[bold red]✗[/] ", end="")
        self.console.print(message, markup=False, highlight=False)

    def warn(self, message: str) -> None:
        self.console.print("[bold yellow]![/] ", end="")
        self.console.print(message, markup=False, highlight=False)


class _Beside:
    def __init__(self, status: Status, what: str) -> None:
        self._status = status
        self._what = what
        self.text = ""

    def say(self, text: str) -> None:
        self.text = f" [dim]{text}[/]"
        self._status.update(f"{self._what}{self.text}")
