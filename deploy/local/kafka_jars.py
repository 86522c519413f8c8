"""Apache Kafka without Maven: its jars by jgo into a folder of ours, each checked by its hash.

KafkaUnavailable
"""

import logging
import os
import queue
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread

from jgo.maven import MavenContext

from deploy.local.fetching import ROOT, Folder, default_cache, is_whole
from deploy.local.trouble import Trouble

__all__ = ["ROOT", "KafkaUnavailable", "Progress", "class_path", "default_cache", "wanted"]

LIST = ROOT / "deploy" / "kafka" / "jars.txt"
AT_ONCE = 6

Progress = Callable[[int, int], None]


class KafkaUnavailable(Trouble):
    """Why there can be no Kafka here, and what to do about it."""


def wanted() -> Mapping[str, str]:
    """Coordinate → SHA-256."""
    lines = (line.split() for line in LIST.read_text().splitlines() if not line.startswith("#"))
    return {words[0]: words[1] for words in lines if words}


def class_path(
    cache: Path | None = None, *, timeout: float = 180, progress: Progress | None = None
) -> str:
    """The jars, fetched when they are not there yet (43 MB, about 15 s).

    `timeout` in seconds bounds it all; `progress` is told how many of how many are there.
    """
    cache = cache or default_cache()
    deadline = time.monotonic() + timeout
    folder = Folder(path=cache, what="Kafka's jars", unavailable=KafkaUnavailable)
    with folder.alone(deadline):
        return os.pathsep.join(str(jar) for jar in _jars(cache, deadline, progress))


def _jars(cache: Path, deadline: float, progress: Progress | None) -> list[Path]:
    sums = wanted()
    jars = {coordinate: _place(cache, coordinate) for coordinate in sums}
    missing = [name for name, jar in jars.items() if not is_whole(jar, sums[name])]
    for done, name in enumerate(_fetch(cache, missing, deadline), start=1):
        if not is_whole(jars[name], sums[name]):
            jars[name].unlink(missing_ok=True)
            raise KafkaUnavailable(
                f"The jar {name} that was fetched is not the one in deploy/kafka/jars.txt: its"
                " SHA-256 differs. Try again; if it stays so, don't trust where it comes from."
            )
        if progress:
            progress(len(jars) - len(missing) + done, len(jars))
    return list(jars.values())


def _place(cache: Path, coordinate: str) -> Path:
    group, artifact, version = coordinate.split(":")
    return cache / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.jar"


def _fetch(cache: Path, coordinates: list[str], deadline: float) -> Iterator[str]:
    """Daemon threads, because a transfer that hangs must not keep the process from giving up."""
    logging.getLogger("jgo").setLevel(logging.ERROR)  # its warnings about sums: ours are stricter
    for coordinate in coordinates:
        _place(cache, coordinate).unlink(missing_ok=True)  # cut short earlier; jgo would trust it
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    done: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()
    for coordinate in coordinates:
        todo.put(coordinate)
    for _ in range(min(AT_ONCE, len(coordinates))):
        Thread(target=_work, args=(cache, todo, done), daemon=True).start()
    for _ in coordinates:
        yield _next(done, deadline)


def _work(
    cache: Path, todo: "queue.SimpleQueue[str]", done: "queue.SimpleQueue[str | Exception]"
) -> None:
    maven = MavenContext(repo_cache=cache, timeout=20)
    while True:
        try:
            coordinate = todo.get_nowait()
        except queue.Empty:
            return
        try:
            maven.create_dependency(coordinate).artifact.resolve()
        except Exception as trouble:  # noqa: BLE001 - handed to the thread that waits
            done.put(trouble)
        else:
            done.put(coordinate)


def _next(done: "queue.SimpleQueue[str | Exception]", deadline: float) -> str:
    try:
        got = done.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise KafkaUnavailable(
            "Kafka's jars did not arrive in time. With a network, try again (what arrived is kept);"
            " without one, use BROKER=embedded."
        ) from None
    if isinstance(got, Exception):
        raise KafkaUnavailable(
            f"Kafka's jars cannot be fetched ({type(got).__name__}). With a network, try again"
            " (what arrived is kept); without one, use BROKER=embedded."
        ) from got
    return got
