"""The type of what people write: plain while it is being said, sealed for ever after."""

from dataclasses import dataclass
from typing import Literal

KeyClass = Literal["clinical", "patient_private"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Ciphertext as it is stored and published (`key` id, `nonce`, `ciphertext`, base64).

    `found_at` ("<event id>/<field path>") is where it stood when it was read. It is part of what
    the seal binds and is never published with it, so a value moved elsewhere does not open.
    """

    key: str
    nonce: str
    ciphertext: str
    found_at: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """Its key was destroyed: something stood here, and nobody can read it again."""

    erased: Literal[True] = True


Private = str | Sealed | Erased
