"""How people, scripts and tests find a running Interlude: `var/run.json`."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """URLs, ready-made tokens by whose they are, and the ids that the story made.

    `services` by their names; `admin` by process (`care-relay`): `/livez`, `/readyz`, `/metrics`.
    `database` is the superuser's.
    """

    gateway: str
    services: Mapping[str, str]
    admin: Mapping[str, str]
    broker: str = field(repr=False)
    database: str = field(repr=False)
    issuer: str
    tokens: Mapping[str, str] = field(repr=False)
    story: Mapping[str, Any] = field(default_factory=dict)


def read(file: Path) -> RunInfo | None:
    """None when nothing runs."""
    try:
        return RunInfo(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None


def write(run: RunInfo, file: Path) -> None:
    """Whole or not at all, and for its owner only: it holds tokens."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(asdict(run), output, indent=2)
    draft.rename(file)
