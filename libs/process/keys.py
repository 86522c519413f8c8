"""Every key that a process uses, derived from one master key; the label says what for.

Labels in use: `chain:<service>`, `fingerprint:<service>`, `lookup:<service>`, `keyring`,
`analytics:<epoch>`, `audit:<service>`, `passes:<whose>`, `consistency`, `cursors`. Whoever opens
nothing is not given the master key, but the keys that it uses, derived already (`Derived`).

The master key never changes: what was chained and named under it has to fit for ever. What wraps
the keys in the keyring does change, and so are keys of their own, by numbers (`wrapping`); only the
first follows from the master key.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32

DEVELOPMENT_MASTER_KEY = base64.b64encode(b"interlude-development-key-0001!!").decode()
"""Printed in this repository, so anybody may know it: refused in production."""


def derived(master: bytes, label: str) -> bytes:
    """32 bytes (HKDF-SHA256, RFC 5869). Another label gives an unrelated key."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label.encode()).derive(master)


def master_key(encoded: str) -> bytes:
    """From base64. Raises ValueError unless it is exactly 32 bytes."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as broken:
        raise ValueError("not base64") from broken
    if len(key) != KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key


KeyOf = Callable[[str], bytes]
"""A process's keys, by their labels."""


class KeyNotGiven(Exception):  # noqa: N818 - a setting that lacks something, with its name
    """Says which setting, and of what."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Keys of one kind by what follows the colon of their labels: `care` of `chain:care`."""

    kind: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, master: bytes, kind: str, names: Iterable[str]) -> "Derived":
        return cls(kind, {name: derived(master, f"{kind}:{name}") for name in names})

    @classmethod
    def read(cls, kind: str, written: str) -> "Derived":
        """As `written` writes them. Raises ValueError."""
        pairs = [pair.strip().partition(":") for pair in written.split(",")]
        if not all(name.isalnum() for name, _, _ in pairs):
            raise ValueError("a key without a name")
        return cls(kind, {name: master_key(encoded) for name, _, encoded in pairs})

    @property
    def by_number(self) -> Mapping[int, bytes]:
        """Where their names are numbers."""
        return {int(name): key for name, key in self.keys.items()}

    def written(self) -> str:
        """`care:<base64>,diary:<base64>`"""
        encoded = {name: base64.b64encode(key).decode() for name, key in self.keys.items()}
        return ",".join(f"{name}:{key}" for name, key in encoded.items())

    @property
    def guessable(self) -> bool:
        """Derived from the development key, or typed by somebody."""
        development = base64.b64decode(DEVELOPMENT_MASTER_KEY)
        known = {derived(development, f"{self.kind}:{name}") for name in self.keys}
        known.add(derived(development, self.kind))
        return any(guessable(key) or key in known for key in self.keys.values())

    def key(self, label: str) -> bytes:
        """Raises `KeyNotGiven`."""
        kind, _, name = label.partition(":")
        if kind != self.kind or name not in self.keys:
            raise KeyNotGiven(f"{self.kind.upper()}_KEYS: there is none for {label}.")
        return self.keys[name]


FIRST = "1"
"""The number of what wrapped all keys in the keyring before there were numbers."""


def wrapping(master: bytes) -> Derived:
    """KEYRING_KEYS of a keyring that nobody has wrapped anew."""
    return Derived("keyring", {FIRST: derived(master, "keyring")})


def guessable(key: bytes) -> bool:
    """A key that somebody typed or copied from here rather than drew."""
    return key == base64.b64decode(DEVELOPMENT_MASTER_KEY) or len(set(key)) < KEY_BYTES // 4
