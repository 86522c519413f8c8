"""Loopback ports: which are free, and when somebody listens."""

import errno
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

HOST = "127.0.0.1"


SERVERS = range(20_000, 32_000)
"""Systems give their clients ports from 32,768 on, or from 49,152. One of those may be some
connection's before anybody listens on it.
"""
_TRIES = 1_000


def free_port() -> int:
    """Raises OSError when none is to be found."""
    for _ in range(_TRIES):
        port = SERVERS[secrets.randbelow(len(SERVERS))]
        if is_free(port):
            return port
    raise OSError(errno.EADDRNOTAVAIL, "no free port on loopback")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback URL
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, OSError):
        return False


def wait_until(done: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """False when the time is up."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
