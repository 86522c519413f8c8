"""One server for all the workers of a test run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from libs.testing.processes import shared


class Server:
    def __init__(self) -> None:
        self.started = 0
        self.runs = False

    @contextmanager
    def start(self) -> Iterator[str]:
        self.started += 1
        self.runs = True
        yield f"address {self.started}"
        self.runs = False


def test_the_second_finds_what_the_first_started(tmp_path: Path) -> None:
    server = Server()
    with (
        shared(tmp_path, "it", server.start) as first,
        shared(tmp_path, "it", server.start) as second,
    ):
        assert (first, second, server.started) == ("address 1", "address 1", 1)
        assert server.runs
        # The second leaves first here; the first stops it.
    assert not server.runs


def test_who_started_it_waits_for_the_others(tmp_path: Path) -> None:
    server = Server()
    first = shared(tmp_path, "it", server.start)
    second = shared(tmp_path, "it", server.start)
    first.__enter__()
    second.__enter__()
    leaving = Thread(target=first.__exit__, args=(None, None, None))
    leaving.start()
    leaving.join(timeout=0.3)
    still_runs = server.runs
    second.__exit__(None, None, None)
    leaving.join(timeout=10)
    assert still_runs
    assert not server.runs


def test_who_comes_after_the_end_starts_another(tmp_path: Path) -> None:
    server = Server()
    for expected in ("address 1", "address 2"):
        with shared(tmp_path, "it", server.start) as address:
            assert address == expected
