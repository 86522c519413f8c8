"""A token that says: not older than these streams at these versions."""

import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence

MOST_STREAMS = 16
_LONGEST = 2048
_HIGHEST = 2**31 - 1
_STREAM = re.compile(
    r"([a-z]{1,32}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@([1-9][0-9]{0,9})"
)


class BadToken(ValueError):  # noqa: N818 - what the client sent, not what broke
    """Not a token of ours; it is not repeated, for it may hold anything."""

    code = "bad-consistency-token"


def encode(streams: Sequence[tuple[str, int]]) -> str:
    """Opaque, safe in a header and in a URL; at most 16 streams, versions from 1."""
    if len(streams) > MOST_STREAMS:
        raise ValueError("a token holds at most 16 streams")
    plain = ",".join(f"{stream}@{version}" for stream, version in streams)
    return urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def decode(token: str) -> Sequence[tuple[str, int]]:
    if len(token) > _LONGEST:
        raise BadToken
    parts = _plain(token).split(",")
    if len(parts) > MOST_STREAMS:
        raise BadToken
    return [_stream(part) for part in parts]


def _plain(token: str) -> str:
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        return b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (NotBase64, UnicodeError) as error:
        raise BadToken from error


def _stream(part: str) -> tuple[str, int]:
    found = _STREAM.fullmatch(part)
    if found is None or int(found[2]) > _HIGHEST:
        raise BadToken
    return found[1], int(found[2])
