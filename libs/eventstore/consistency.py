"""A token that says: not older than these streams at these versions.

It is signed, for whether something has come to be known is an answer: whoever could name streams at
will would learn from it how far those have come that they may not see.
"""

import hmac
import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from uuid import UUID

LABEL = "consistency"
"""Of the key: every service and the gateway believe each other's tokens."""

MOST_STREAMS = 16
_SIGNATURE_BYTES = 16
_LONGEST = 2048
_HIGHEST = 2**31 - 1
_STREAM = re.compile(
    r"([a-z]{1,32}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@([1-9][0-9]{0,9})"
)


class BadToken(ValueError):  # noqa: N818 - what the client sent, not what broke
    """Not a token of ours; it is not repeated, for it may hold anything."""

    code = "bad-consistency-token"


class Tokens:
    """Gives tokens out and takes them back. `key` is the one that all derive under `LABEL`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, tenant_id: UUID, encoded: str) -> str:
        """Of what `encode` gave; opaque, safe in a header and in a URL."""
        return f"{encoded}.{self._signature(tenant_id, encoded)}"

    def streams(self, tenant_id: UUID, token: str) -> Sequence[tuple[str, int]]:
        """Raises `BadToken` for what was not given out as such in this clinic."""
        if len(token) > _LONGEST:
            raise BadToken
        encoded, _, signature = token.rpartition(".")
        ours = self._signature(tenant_id, encoded)
        if not hmac.compare_digest(ours.encode(), _bytes(signature)):
            raise BadToken
        return decode(encoded)

    def _signature(self, tenant_id: UUID, encoded: str) -> str:
        whole = hmac.digest(self._key, tenant_id.bytes + _bytes(encoded), "sha256")
        return urlsafe_b64encode(whole[:_SIGNATURE_BYTES]).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Lone surrogates too: a client may send them."""
    return text.encode("utf-8", "surrogatepass")


def encode(streams: Sequence[tuple[str, int]]) -> str:
    """What a token says, not yet signed; at most 16 streams, versions from 1."""
    if len(streams) > MOST_STREAMS:
        raise ValueError("a token holds at most 16 streams")
    plain = ",".join(f"{stream}@{version}" for stream, version in streams)
    return urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def decode(encoded: str) -> Sequence[tuple[str, int]]:
    parts = _plain(encoded).split(",")
    if len(parts) > MOST_STREAMS:
        raise BadToken
    return [_stream(part) for part in parts]


def _plain(encoded: str) -> str:
    try:
        padded = encoded.encode("ascii") + b"=" * (-len(encoded) % 4)
        return b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (NotBase64, UnicodeError) as error:
        raise BadToken from error


def _stream(part: str) -> tuple[str, int]:
    found = _STREAM.fullmatch(part)
    if found is None or int(found[2]) > _HIGHEST:
        raise BadToken
    return found[1], int(found[2])
