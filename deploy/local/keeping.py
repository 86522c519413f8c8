"""What is drawn once and kept for its owner only."""

import os
from collections.abc import Callable
from pathlib import Path


def kept(file: Path, draw: Callable[[], bytes]) -> bytes:
    """What the file holds; drawn the first time."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(draw())
    return file.read_bytes()
