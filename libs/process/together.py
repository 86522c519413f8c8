"""Plain loops that make up one role, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event


def run_together(stop: Event, loops: Sequence[Callable[[Event], None]]) -> None:
    """Until `stop`, or until one of them falls: half of a role would be no role."""
    with ThreadPoolExecutor(len(loops)) as threads:
        running = [threads.submit(loop, stop) for loop in loops]
        wait(running, return_when=FIRST_COMPLETED)
        stop.set()
    for one in running:
        one.result()
