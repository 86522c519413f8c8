"""Names that stand for ids: the same within one consent and one epoch, and meaningless beyond.

Whoever holds the master key, or the epoch's, could always work them out again; nobody else can, and
what has changed its epoch or its consent cannot be told to be the same.
"""

import hmac
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from libs.process.keys import KeyOf

SIZE = 16
"""Bytes: two ids of one epoch will not meet by chance."""


def epoch_key(key_of: KeyOf, epoch: int) -> bytes:
    return key_of(f"analytics:{epoch}")


@dataclass(frozen=True)
class Pseudonyms:
    """Of the patient who gave this consent, in the epoch that the key belongs to."""

    key: bytes
    consent: UUID
    patient_id: UUID

    def of(self, told: str) -> str:
        """The same for an id wherever it occurs, as a stream's or in a field."""
        return _digest(self.key, self.consent.bytes + told.encode())

    @cached_property
    def patient(self) -> str:
        return self.of(str(self.patient_id))


def clinic(key: bytes, tenant_id: UUID) -> str:
    return _digest(key, b"clinic" + tenant_id.bytes)


def _digest(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, "sha256")[:SIZE].hex()
