"""The PostgreSQL and the Kafka of a campaign: killed, stopped, emptied and started again."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port, wait_until
from deploy.local.postgres import Postgres

_START_SECONDS = 60.0


class PostgresServer:
    """`folder` may be a small file system of its own, which somebody fills."""

    def __init__(self, folder: Path) -> None:
        self._postgres = Postgres(folder=folder, port=free_port())
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._postgres.url()

    @property
    def port(self) -> int:
        return self._postgres.port

    @property
    def folder(self) -> Path:
        return self._postgres.folder

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        if self.alive:
            return
        self._postgres.prepare()
        with (self._postgres.folder.parent / "postgres.log").open("ab") as output:
            self._process = subprocess.Popen(
                self._postgres.argv(),
                cwd=self._postgres.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        assert wait_until(self._accepts, seconds=_START_SECONDS), "PostgreSQL does not come back"

    def stop(self) -> None:
        """Everybody is thrown out, all is on disk."""
        if self._process is not None and self.alive:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def kill(self) -> None:
        """With all its children at once: nobody writes a last word."""
        if self._process is None or not self.alive:
            return
        own = psutil.Process(self._process.pid)
        family = [own, *own.children(recursive=True)]
        own.suspend()  # or it would notice its children's end and start to recover
        for each in reversed(family):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._process.wait()
        psutil.wait_procs(family, timeout=10)

    def _accepts(self) -> bool:
        if not self.alive:
            return False
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Kafka:
    """The same port and folder every time it is started."""

    def __init__(self, folder: Path) -> None:
        self._server = KafkaServer(folder, free_port())

    @property
    def port(self) -> int:
        return self._server.port

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        self._server.kill()

    def wipe(self) -> None:
        """Its data folder is gone, as after a disk's death."""
        self._server.kill()
        self._server.wipe()


def small_file_system(folder: Path, megabytes: int) -> bool:
    """Whether one could be mounted here; only root may, and not in every container."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)],  # noqa: S607 - where it lies differs between systems
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def unmounted(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)  # noqa: S607 - as above
