"""What was run so far, a line of JSON for each: of which code, which fault, from which seed.

Code is what could change a result: `libs/` and `services/`, committed or not. A change there makes
all earlier lines history.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from tests.bench.stage import ROOT
from tests.faults.running import Result

KEPT = ROOT / "var" / "faults" / "ledger.jsonl"


def code() -> str:
    """A digest of every file below `libs/` and `services/`, as it is on disk."""
    content = sha256()
    for folder in ("libs", "services"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".sql"}:
                content.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return content.hexdigest()[:16]


def commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


@dataclass(frozen=True)
class Ledger:
    """`planted` lines are of runs with a bug in them, and count for no fault."""

    file: Path
    code: str

    def write(self, result: Result, *, planted: str = "") -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        line = {"code": self.code, "commit": commit(), "planted": planted, **asdict(result)}
        with self.file.open("ab") as file:
            file.write(orjson.dumps(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self, *, planted: bool = False) -> Sequence[dict[str, Any]]:
        """Of this code."""
        return [
            line
            for line in self._all()
            if line["code"] == self.code and bool(line["planted"]) == planted
        ]

    def _all(self) -> Iterator[dict[str, Any]]:
        if not self.file.exists():
            return
        for line in self.file.read_bytes().splitlines():
            yield orjson.loads(line)
