"""The file that names trusted documents: each by the SHA-256 of its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal

import orjson

Mode = Literal["off", "log", "enforce"]
"""Whether a document that nobody has named is taken, counted, or refused."""


def named(text: str) -> str:
    """The SHA-256 of its UTF-8, in hexadecimal. Raises UnicodeEncodeError for half a character."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Documents by their names."""

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, file: Path) -> "Manifest":
        """Raises OSError where it cannot be read, ValueError where a name is not its document's."""
        content = orjson.loads(file.read_bytes())
        if not isinstance(content, dict) or not content:
            raise ValueError(file.name)
        for name, text in content.items():
            if not isinstance(text, str) or named(text) != name:
                raise ValueError(file.name)
        return cls(content)
