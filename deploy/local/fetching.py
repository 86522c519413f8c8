"""The folder for what comes from Maven's central repository: one process at a time fills it."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.trouble import Trouble

ROOT = Path(__file__).parents[2]


def default_cache() -> Path:
    return Path(os.environ.get("KAFKA_JARS") or ROOT / "var" / "jars")


def is_whole(file: Path, sha256: str) -> bool:
    if not file.exists():
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """`what` is to be kept in it; `unavailable` is raised where it cannot be."""

    path: Path
    what: str
    unavailable: type[Trouble]

    @contextmanager
    def alone(self, deadline: float) -> Iterator[None]:
        """Two test workers may start at once; the second finds what the first one fetched.
        `deadline` in seconds of the steady clock.
        """
        with self._lock() as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise self.unavailable(
                            f"Another process has been fetching {self.what} into {self.path} for"
                            " too long. Let it finish or end it, then try again."
                        ) from None
                    time.sleep(0.1)
            yield

    def _lock(self) -> IO[str]:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            return (self.path / ".lock").open("w")
        except OSError as trouble:
            raise self.unavailable(
                f"In {self.path} one cannot keep {self.what} ({trouble.strerror}). Make it writable"
                " for this user, or name another folder with KAFKA_JARS."
            ) from trouble
