"""What keys are called, and what wraps them: keys of a setting, or a KMS behind the same hook."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


class WrapBroken(Exception):  # noqa: N818 - another wrapping key, or a row that was moved
    """A wrapped key does not open under this wrapping key and this name."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """One subject's key in one clinic. `generation` rises whenever one begins anew: what is written
    then is sealed under the newest, and what was written before still opens under its own.
    """

    tenant_id: UUID
    subject_id: UUID
    key_class: KeyClass
    generation: int = 1

    @property
    def id(self) -> str:
        """As it stands in a sealed value; the tenant is known from the envelope."""
        return f"{self.subject_id}.{self.key_class}.{self.generation}"

    @property
    def label(self) -> bytes:
        """Bound to the wrapped key: a row copied to another clinic or subject does not open."""
        return f"{self.tenant_id}/{self.id}".encode()

    @property
    def next(self) -> "KeyName":
        return replace(self, generation=self.generation + 1)

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
    """Where a wrapping key lives: here in the process (`WrappingKey`), or in a KMS."""

    async def wrap(self, key: bytes, label: bytes, /) -> bytes:
        """`label` says whose key this is; the wrapped key opens under the same label only."""

    async def unwrap(self, wrapped: bytes, label: bytes, /) -> bytes:
        """Raises `WrapBroken`."""


Wrappers = Mapping[int, Wrapper]
"""By the numbers that the keyring knows them by. The highest that has begun wraps what is new."""


class WrappingKey:
    """AES-256-GCM key wrap. `key`: 32 bytes, one of KEYRING_KEYS."""

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
