"""SIGTERM and SIGINT as one quiet wish to stop; the loops decide where it is safe."""

import asyncio
import os
import signal
from threading import Event

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_when_asked() -> None:
    """For a process that only starts: it ends at once, and well, for it has not begun anything.
    Until its loop has a better answer (`on_signals`).
    """
    for each in SIGNALS:
        signal.signal(each, lambda *_: os._exit(0))


def on_signals() -> Event:
    """For loops in the main thread: set once somebody asked the process to stop."""
    stop = Event()
    for each in SIGNALS:
        signal.signal(each, lambda *_: stop.set())
    return stop


def on_signals_async() -> asyncio.Event:
    """The same for a running event loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in SIGNALS:
        loop.add_signal_handler(each, stop.set)
    return stop
