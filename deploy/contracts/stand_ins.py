"""Ciphertext for published examples: right in shape, the same every run, opened by nobody."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import shake_256
from typing import Any

from libs.eventstore.wire import EVERY, Path

_SUBJECT = "00000000-0000-7000-8000-0000000000b1"


def sealed_at(content: Any, paths: Sequence[Path]) -> Any:
    """The same JSON with a stand-in wherever private text stood."""
    for path in paths:
        content = _sealed(content, path, "")
    return content


def _sealed(content: Any, path: Path, place: str) -> Any:
    if isinstance(content, str) and not path:
        return _stand_in(place, content)
    if isinstance(content, list) and path and path[0] == EVERY:
        return [_sealed(item, path[1:], f"{place}.{at}") for at, item in enumerate(content)]
    if isinstance(content, dict) and path and path[0] in content:
        name = path[0]
        return {**content, name: _sealed(content[name], path[1:], f"{place}.{name}")}
    return content


def _stand_in(place: str, text: str) -> dict[str, str]:
    noise = shake_256(place.encode()).digest(12 + len(text.encode()) + 16)
    return {
        "key": f"{_SUBJECT}.clinical.1",
        "nonce": b64encode(noise[:12]).decode(),
        "ciphertext": b64encode(noise[12:]).decode(),
    }
