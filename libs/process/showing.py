"""What an operator sees of long work: how far it is, how fast, how long still. Ctrl-C and SIGTERM
end it between two of its steps.

Interrupted
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from libs.process.stopping import SIGNALS, on_signals

Told = Callable[[int, int], None]
"""How much is done, of how much."""


class Interrupted(Exception):  # noqa: N818 - somebody asked for it
    """Says what that means for the work."""


@contextmanager
def _asked_to_stop() -> Iterator[Event]:
    """Afterwards signals do what they did before."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    try:
        yield on_signals()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")


@contextmanager
def shown(what: str, *, interrupted: str, console: Console | None = None) -> Iterator[Told]:
    """On a terminal only: a log has no use for bars. Once somebody asks to stop, the next telling
    raises `Interrupted` with that sentence.
    """
    console = console or Console(stderr=True)
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with (
        _asked_to_stop() as stop,
        Progress(*columns, console=console, disable=not console.is_terminal) as bar,
    ):
        tasks: list[TaskID] = []

        def tell(done: int, total: int) -> None:
            if not tasks:
                # Here and not before: what an earlier run has done is not this one's speed.
                tasks.append(bar.add_task("", total=total, completed=done))
            bar.update(tasks[0], completed=done, total=total)
            if stop.is_set():
                raise Interrupted(interrupted)

        yield tell
