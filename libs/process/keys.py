"""Every key that a process uses, derived from one master key; the label says what for.

Labels in use: `chain:<service>`, `fingerprint:<service>`, `lookup:<service>`, `keyring`,
`analytics:<epoch>`, `consistency`, `cursors`.
"""

import base64
import binascii

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


def guessable(key: bytes) -> bool:
    """A key that somebody typed or copied from here rather than drew."""
    return key == base64.b64decode(DEVELOPMENT_MASTER_KEY) or len(set(key)) < KEY_BYTES // 4
