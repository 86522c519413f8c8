"""Each fact vouches for all before it: an HMAC over the previous link, the envelope and the bytes.

Made from nothing but what is stored and published, so a consumer can compute it again.
"""

import hmac
from datetime import UTC, datetime
from functools import lru_cache

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from libs.eventstore.recorded import Recorded

SIZE = 16
"""Bytes of a link: half of SHA-256 is beyond anybody's search."""


def link(key: bytes, previous: bytes, recorded: Recorded) -> bytes:
    """`previous` is the chain of the version before, `b""` for the first; `recorded.chain` is not
    looked at.
    """
    # The previous link's length goes first: without it, where it ends would be a matter of opinion.
    message = bytes((len(previous),)) + previous + _envelope(recorded) + recorded.data
    vouching = _keyed(key).copy()
    vouching.update(message)
    return vouching.finalize()[:SIZE]


def fits(key: bytes, previous: bytes, recorded: Recorded) -> bool:
    return hmac.compare_digest(link(key, previous, recorded), recorded.chain)


@lru_cache(maxsize=64)
def _keyed(key: bytes) -> HMAC:
    """Taking the key in takes as long as all else, and there is one for each service."""
    return HMAC(key, SHA256())


def _envelope(recorded: Recorded) -> bytes:
    # A JSON array says itself where it ends, and where each of its values does.
    return orjson.dumps(
        [
            recorded.event_id,
            recorded.stream_id,
            recorded.version,
            recorded.type,
            recorded.tenant_id,
            recorded.subject_id,
            recorded.actor_id,
            recorded.actor_role,
            recorded.on_behalf_of,
            recorded.correlation_id,
            recorded.causation_id,
            recorded.traceparent,
            _instant(recorded.occurred_at),
            recorded.zone,
            _instant(recorded.recorded_at),
        ]
    )


def _instant(moment: datetime) -> datetime | str:
    """With its microseconds. orjson writes them at a fifth of the price, but not where there are
    none.
    """
    if moment.tzinfo is UTC and moment.microsecond:
        return moment
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
