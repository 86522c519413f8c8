"""The ports that a process is told to listen on.

CannotListen
"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_WAITING = 2048
"""Connections that wait to be accepted, as Uvicorn has it."""


class CannotListen(Exception):  # noqa: N818 - somebody else's settings, not a malfunction
    """Says which setting must change."""


@contextmanager
def naming(setting: str) -> Iterator[None]:
    """What goes wrong while listening becomes `CannotListen`, about `setting`."""
    try:
        yield
    except OSError as error:
        raise CannotListen(_line(setting, error)) from error


def listening(setting: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with naming(setting):
        return socket.create_server((host, port), family=family, backlog=_WAITING)


def _line(setting: str, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"{setting}: another program has this port."
        case errno.EACCES:
            return f"{setting}: this port takes rights that the process does not have."
        case _:
            return f"HOST: the address for {setting} is not one of this machine."
