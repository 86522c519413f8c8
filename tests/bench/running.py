"""All of Interlude as `make run` starts it, on a real Kafka, in a folder that goes afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.ports import is_free, wait_until
from deploy.local.postgres import temporary_place
from deploy.local.run_info import RunInfo, read
from tests.bench.stage import ROOT, end

_STARTED_WITHIN_S = 240.0
_STOPPED_WITHIN_S = 30.0
_PORTS = range(22_000, 60_000, 500)
_BLOCK = 410
"""As many ports above PORT_BASE are Interlude's."""


@contextmanager
def interlude() -> Iterator[tuple[RunInfo, Path]]:
    """What it says of itself, and a folder for whatever else."""
    folder = temporary_place()
    log = folder / "run.log"
    environment = {**os.environ, "BROKER": "kafka", "PORT_BASE": str(_free_block())}
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run", "--var", str(folder / "var")],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        folder.chmod(0o755)
        yield _started(running, folder / "var" / "run.json", log), folder
    finally:
        end(running, within=_STOPPED_WITHIN_S)
        shutil.rmtree(folder, ignore_errors=True)


def _started(running: "subprocess.Popen[bytes]", run_json: Path, log: Path) -> RunInfo:
    wait_until(lambda: run_json.exists() or running.poll() is not None, seconds=_STARTED_WITHIN_S)
    told = read(run_json)
    if told is None:
        raise RuntimeError(f"Interlude did not start: {log.read_text()[-2000:]}")
    return told


def _free_block() -> int:
    return next(base for base in _PORTS if all(is_free(base + at) for at in range(0, _BLOCK, 3)))
