"""What keys are called, and what wraps them: a master key, or a KMS behind the same hook."""

from dataclasses import dataclass
from typing import Protocol, get_args
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from libs.privacy.private import KeyClass

KEY_BYTES = 32
NONCE_BYTES = 12
CLASSES: tuple[KeyClass, ...] = get_args(KeyClass)


class WrapBroken(Exception):  # noqa: N818 - another master key, or a row that was moved
    """A wrapped key does not open under this master key and this name."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """One subject's key in one clinic. `generation` rises when a key is rotated."""

    tenant_id: UUID
    subject_id: UUID
    key_class: KeyClass
    generation: int = 1

    @property
    def id(self) -> str:
        """As it stands in a sealed value; the tenant is known from the envelope."""
        return f"{self.subject_id}.{self.key_class}.{self.generation}"

    @classmethod
    def of(cls, key_id: str, tenant_id: UUID) -> "KeyName | None":
        """None for what no key of ours is called."""
        subject, _, rest = key_id.partition(".")
        key_class, _, generation = rest.partition(".")
        if key_class not in CLASSES or not generation.isdecimal():
            return None
        try:
            return cls(tenant_id, UUID(subject), key_class, int(generation))
        except ValueError:
            return None


class Chance(Protocol):
    """`os.urandom`, handed in so that a test can foresee it."""

    def __call__(self, size: int, /) -> bytes: ...


class Wrapper(Protocol):
    """Where the master key lives: here in the process (`MasterKey`), or in a KMS."""

    async def wrap(self, key: bytes, label: bytes, /) -> bytes:
        """`label` says whose key this is; the wrapped key opens under the same label only."""

    async def unwrap(self, wrapped: bytes, label: bytes, /) -> bytes:
        """Raises `WrapBroken`."""


class MasterKey:
    """AES-256-GCM key wrap. `key`: 32 bytes derived from MASTER_KEY under the label `keyring`."""

    def __init__(self, key: bytes, *, nonce: Chance) -> None:
        self._cipher = AESGCM(key)
        self._nonce = nonce

    async def wrap(self, key: bytes, label: bytes) -> bytes:
        nonce = self._nonce(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, label)

    async def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], label)
        except (InvalidTag, ValueError):
            raise WrapBroken from None


def lookup_digest(key: bytes, tenant_id: UUID, kind: str, value: str) -> bytes:
    """Finds an external id or an address again without keeping it. Equal only within a clinic."""
    mac = HMAC(key, SHA256())
    mac.update(tenant_id.bytes + kind.encode() + b"\0" + value.encode())
    return mac.finalize()
