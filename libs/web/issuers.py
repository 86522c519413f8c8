"""The keys of the issuers that we trust, fetched when needed, kept while good, asked for rarely."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from libs.process.addresses import is_loopback
from libs.web.problems import Problem

log = structlog.get_logger()

Key = RSAKey | ECKey | OKPKey

FRESH = 600.0
"""Seconds after which the keys are fetched again when next needed."""

BACK_OFF = 10.0
"""Seconds between two attempts, however many unknown key ids come by."""

_TIMEOUT = httpx.Timeout(5.0)
_LARGEST = 256 * 1024
_MOST_KEYS = 50


@dataclass(slots=True)
class _Keyring:
    """`tried_at` and `fetched_at` in seconds of a steady clock."""

    keys: Mapping[str | None, Key] = field(default_factory=dict)
    fetched_at: float = float("-inf")
    tried_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Issuers:
    """Of those that are believed. `client` is the way out (tests give a transport); it must not
    follow redirects, for a redirect could lead to somebody else's keys.
    """

    def __init__(
        self,
        urls: Sequence[str],
        client: httpx.AsyncClient,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rings = {url: _Keyring() for url in urls}
        self._client = client
        self._seconds = seconds

    async def key(self, issuer: str, kid: Any) -> Key | None:
        """None for a key that this issuer does not have. Raises `Problem` (503) while none of its
        keys could be had at all, and KeyError for a stranger.
        """
        ring = self._rings[issuer]
        if not isinstance(kid, str | None):
            return None
        if self._is_due(ring, kid) or (kid not in ring.keys and ring.lock.locked()):
            # Who comes while the keys are on their way waits for them: a process that has just
            # started would refuse its first callers otherwise, and so would one at a rotation.
            await self._refresh(issuer, ring, kid)
        if not ring.keys:
            raise Problem("identity-unavailable")
        return ring.keys.get(kid)

    def known_since(self, issuer: str) -> float | None:
        """When the keys that are known of it were fetched, a moment of the steady clock; None once
        they are to be fetched again. What was verified with earlier ones is to be verified anew:
        the key may be there no more.
        """
        ring = self._rings[issuer]
        return None if self._seconds() - ring.fetched_at > FRESH else ring.fetched_at

    def _is_due(self, ring: _Keyring, kid: str | None) -> bool:
        now = self._seconds()
        wanted = kid not in ring.keys or now - ring.fetched_at > FRESH
        return wanted and now - ring.tried_at > BACK_OFF

    async def _refresh(self, issuer: str, ring: _Keyring, kid: str | None) -> None:
        async with ring.lock:
            if not self._is_due(ring, kid):
                return
            ring.tried_at = self._seconds()
            try:
                ring.keys = await self._fetched(issuer)
            except (httpx.HTTPError, ValueError, KeyError, TypeError) as failed:
                # The keys that we have stay good: an issuer may be away for a while.
                log.warning("issuer-unreachable", error=type(failed).__name__)
            else:
                ring.fetched_at = ring.tried_at

    async def _fetched(self, issuer: str) -> Mapping[str | None, Key]:
        found = await self._json(f"{issuer}/.well-known/openid-configuration")
        if found["issuer"].rstrip("/") != issuer:
            raise ValueError("somebody else's configuration")
        published = await self._json(_safe(found["jwks_uri"], issuer))
        return _by_id([_imported(each) for each in published["keys"][:_MOST_KEYS]])

    async def _json(self, url: str) -> dict[str, Any]:
        async with self._client.stream("GET", url, timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _LARGEST:
                    raise ValueError("too large")
        content = orjson.loads(body)
        if not isinstance(content, dict):
            raise TypeError("not an object")
        return content


def _safe(url: str, issuer: str) -> str:
    """Keys come as safely as the issuer itself is named, else anybody on the way could sign."""
    if urlsplit(url).scheme == "https" or (is_loopback(url) and is_loopback(issuer)):
        return url
    if urlsplit(url).netloc == urlsplit(issuer).netloc:
        return url
    raise ValueError("not a safe place for keys")


def _imported(published: Mapping[str, Any]) -> Key | None:
    """None for kinds that we do not use: encryption keys, curves of tomorrow."""
    if published.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(dict(published))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) and not key.is_private else None


def _by_id(keys: Sequence[Key | None]) -> Mapping[str | None, Key]:
    """A token without a key id is accepted only where there is no choice."""
    usable = [key for key in keys if key is not None]
    named: dict[str | None, Key] = {key.kid: key for key in usable if key.kid is not None}
    return {**named, None: usable[0]} if len(usable) == 1 else named
