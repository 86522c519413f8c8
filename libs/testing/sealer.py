"""A sealer without keys: what it seals looks sealed, and anybody can open it."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.privacy.private import Erased, KeyClass, Private, Sealed
from libs.privacy.sealing import Path, SubjectErased


class ReadableSealer:
    def __init__(self) -> None:
        self._erased: set[UUID] = set()

    async def seal(
        self,
        content: dict[str, Any],
        paths: Sequence[Path],
        *,
        tenant_id: UUID,  # noqa: ARG002 - the protocol's
        subject_id: UUID,
        event_id: UUID,
        key_class: KeyClass,
    ) -> None:
        if subject_id in self._erased:
            raise SubjectErased
        for path in paths:
            _seal(content, path, f"{subject_id}/{key_class}", str(event_id))

    async def open(self, value: Private, *, tenant_id: UUID) -> str | Erased:  # noqa: ARG002 - as above
        if not isinstance(value, Sealed):
            return value
        if UUID(value.key.partition("/")[0]) in self._erased:
            return Erased()
        return b64decode(value.ciphertext).decode()

    def erase(self, subject_id: UUID) -> None:
        self._erased.add(subject_id)


def _seal(content: Any, path: Path, key: str, nonce: str) -> None:
    step, rest = path[0], path[1:]
    for at in range(len(content)) if step == "*" else [step] if step in content else []:
        if rest:
            _seal(content[at], rest, key, nonce)
        else:
            text = b64encode(content[at].encode()).decode()
            content[at] = {"key": key, "nonce": nonce, "ciphertext": text}
