"""One server for all the workers of a test run: whoever needs it first starts it, and stops it
once nobody uses it any more.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO

Start = Callable[[], AbstractContextManager[str]]


@contextmanager
def shared(folder: Path, name: str, start: Start) -> Iterator[str]:
    """The address that `start` yields, the same in every process that shares `folder`.

    Users hold a shared lock on one file; who looks whether there are any holds another file alone.
    The kernel forgets locks with their process, so a killed worker holds up nobody.
    """
    address = folder / f"{name}.address"
    with (folder / f"{name}.users").open("a") as users, ExitStack() as server:
        with _looking(folder, name):
            ours = _nobody_else(users)
            if ours:
                address.write_text(server.enter_context(start()))
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield address.read_text()
        finally:
            if ours:
                _stop_once_unused(folder, name, users, server)


def _stop_once_unused(folder: Path, name: str, users: IO[str], server: ExitStack) -> None:
    while True:
        with _looking(folder, name):
            if _nobody_else(users):
                server.close()
                return
        time.sleep(0.1)


@contextmanager
def _looking(folder: Path, name: str) -> Iterator[None]:
    with (folder / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nobody_else(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
