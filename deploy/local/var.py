"""The folder `var/`: all that a run keeps, and what tells another run that this one is there."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.keeping import kept
from deploy.local.postgres import place_for
from deploy.local.trouble import Trouble

KEPT_BY_RESET = {"jars", "run.lock"}
"""Kafka's jars and Keycloak's zip come from the network and hold nothing of ours."""


@dataclass(frozen=True, slots=True)
class Var:
    folder: Path

    @property
    def run_json(self) -> Path:
        return self.folder / "run.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def kafka(self) -> Path:
        return self.folder / "kafka"

    @property
    def keycloak(self) -> Path:
        return self.folder / "keycloak"

    @property
    def postgres(self) -> Path:
        """Elsewhere when `var/` lies in a home folder of root's, which PostgreSQL cannot enter."""
        return place_for(self.folder / "postgres")

    @property
    def issuer_key(self) -> Path:
        return self.folder / "issuer.pem"

    def master_key(self) -> str:
        """Drawn once: what is stored is sealed under it."""
        drawn = kept(self.folder / "master.key", lambda: base64.b64encode(secrets.token_bytes(32)))
        return drawn.decode()

    def remembered(self, what: str) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = json.loads((self.folder / f"{what}.json").read_text())
        except FileNotFoundError:
            return None
        return found

    def remember(self, what: str, content: Mapping[str, Any]) -> None:
        draft = self.folder / f".{what}.json"
        draft.write_text(json.dumps(content, indent=2))
        draft.rename(self.folder / f"{what}.json")

    def forget(self, what: str) -> None:
        (self.folder / f"{what}.json").unlink(missing_ok=True)

    @contextmanager
    def only_run(self) -> Iterator[None]:
        """Raises `Trouble` while another run has this folder; the lock goes with its process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Trouble(
                    f"Interlude already runs here (process {self.running_pid()}). "
                    "`make status` shows it, `make stop` stops it."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            try:
                yield
            finally:
                lock.truncate(0)

    def running_pid(self) -> int | None:
        """The supervisor's; None when nothing runs here."""
        try:
            with (self.folder / "run.lock").open("r+") as lock:
                return _holder(lock.fileno(), lock.read())
        except FileNotFoundError:
            return None

    def empty(self) -> None:
        """Only inside `only_run`."""
        shutil.rmtree(self.postgres, ignore_errors=True)
        for path in self.folder.iterdir():
            if path.name in KEPT_BY_RESET:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _holder(lock: int, told: str) -> int | None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(told) if told.isdecimal() else None
    return None
