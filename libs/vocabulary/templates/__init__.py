"""The built-in catalogue: templates of homework for every clinic, in files beside this one.

They cover what the source names as kinds of homework (C08-C11). A file is one version of one
template, `<key>.v<version>.json`, and is never edited once it was released: homework pins it. To
revise a template add the next version beside it. The words are ours, and anybody may use them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

Json = dict[str, Any]

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """One version. `content` is what a clinic would publish, in JSON."""

    id: UUID
    version: int
    published_at: datetime
    content: Json


@cache
def built_in() -> Mapping[UUID, Sequence[BuiltIn]]:
    """All versions of each, oldest first."""
    found: dict[UUID, list[BuiltIn]] = {}
    for each in sorted(map(_read, FOLDER.glob("*.json")), key=lambda one: one.version):
        found.setdefault(each.id, []).append(each)
    return found


def _read(file: Path) -> BuiltIn:
    told = orjson.loads(file.read_bytes())
    return BuiltIn(
        id=UUID(told["id"]),
        version=told["version"],
        published_at=datetime.fromisoformat(told["published_at"]),
        content=told["content"],
    )
