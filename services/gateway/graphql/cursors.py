"""Places in a patient's feed, which nobody but us can read or make.

The feed numbers every fact about a patient, also what the patient has not shared. Whoever could
read the numbers would count by their gaps what is private, so each is sealed for the one who asks.
The same place of the same asker always looks the same.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from services.gateway.queries.visible import Asker

LABEL = "cursors"
"""Of the key, which all processes of the gateway share."""

_NUMBER_BYTES = 8


class Cursors:
    """`key`: 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def to_cursor(self, asker: Asker, patient_id: UUID, number: int) -> str:
        plain = number.to_bytes(_NUMBER_BYTES, "big")
        sealed = self._cipher.encrypt(plain, _bound_to(asker, patient_id))
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def number(self, asker: Asker, patient_id: UUID, cursor: str) -> int | None:
        """None for whatever was not given to this person about this patient."""
        try:
            plain = self._cipher.decrypt(_bytes(cursor), _bound_to(asker, patient_id))
        except (InvalidTag, ValueError):
            return None
        return int.from_bytes(plain, "big")


def fact_named(cursor: str, patient_id: UUID) -> UUID | None:
    """The fact that a cursor of the patient's timeline names; None for any other cursor."""
    match _decoded(cursor):
        case [str(of), str(), str(event_id)] if of == f"timeline:{patient_id}":
            return _uuid(event_id)
    return None


def _bound_to(asker: Asker, patient_id: UUID) -> Sequence[bytes]:
    return [asker.tenant_id.bytes, asker.person_id.bytes, patient_id.bytes]


def _decoded(cursor: str) -> Any:
    try:
        return orjson.loads(_bytes(cursor))
    except ValueError:
        return None


def _bytes(cursor: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
