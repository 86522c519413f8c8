"""Bearer tokens: who calls, verified against the keys of the issuers that we trust.

The algorithm comes from the key, never from the token; every failure looks the same to the caller.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from libs.access.passes import RESERVED
from libs.access.principal import Principal
from libs.eventstore.telling import Role
from libs.process.trusting import Trusted
from libs.web.issuers import Issuers
from libs.web.problems import Problem

LONGEST = 8 * 1024
"""Characters of a token."""

SKEW = 30.0
"""Seconds that clocks may differ."""

_LATEST = 253_402_300_800
"""The first second of the year 10000: no clock of ours gets there."""

_KEPT = 10_000
_LONGEST_CLIENT = 200
_KINDS: AbstractSet[str | None] = {None, "Bearer"}
_USES: AbstractSet[str | None] = {None, "access"}
"""What Keycloak and Cognito say of access tokens. They sign ID tokens with the same keys."""

_TYPES: AbstractSet[str | None] = {None, "JWT", "jwt", "at+jwt", "application/at+jwt"}


_CLIENT = re.compile(r"[!-~]{1,100}")


class Unverified(Exception):  # noqa: N818 - answered as 401
    """The token is not good enough; why, nobody outside is told."""


class _Pinned(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        # As the parent, without its warning about the name EdDSA: Keycloak and others still use it.
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


def algorithms(key: RSAKey | ECKey | OKPKey) -> Sequence[str]:
    """What this key may have signed with."""
    match key:
        case RSAKey():
            allowed: tuple[str, ...] = ("RS256", "PS256")
        case ECKey() if key.curve_name == "P-256":
            allowed = ("ES256",)
        case OKPKey() if key.curve_name == "Ed25519":
            allowed = ("EdDSA", "Ed25519")
        case _:
            allowed = ()
    return [name for name in allowed if key.alg in {None, name}]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verified:
    """With the keys that its issuer had at the moment `keys_of` of a steady clock."""

    principal: Principal
    issuer: str
    keys_of: float | None


class Identity:
    """`trusted` are the issuers that are believed; `client` is the way to their keys. `seconds` is
    the Unix time. Verified tokens are kept (bounded) until they
    expire, or until their issuer's keys are fetched again.
    """

    def __init__(
        self,
        trusted: Sequence[Trusted],
        client: httpx.AsyncClient,
        *,
        audience: str,
        seconds: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = {each.url: each for each in trusted}
        self._issuers = Issuers(list(self._trusted), client, seconds=monotonic)
        self._audience = audience
        self._seconds = seconds
        self._known: dict[str, _Verified] = {}

    async def principal(self, token: str) -> Principal:
        """Raises `Problem` (401), or 503 when an issuer's keys cannot be had."""
        known = self._known.get(token)
        if known is not None and self._still_good(known):
            return known.principal
        try:
            verified = await self._verified(token)
        except Unverified:
            self._known.pop(token, None)
            raise Problem("not-authenticated") from None
        self._keep(token, verified)
        return verified.principal

    def _still_good(self, known: _Verified) -> bool:
        since = self._issuers.known_since(known.issuer)
        if since is None or since != known.keys_of:
            return False
        return known.principal.expires_at > self._seconds()

    def _keep(self, token: str, verified: _Verified) -> None:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[token] = verified

    async def _verified(self, token: str) -> _Verified:
        if len(token) > LONGEST or token.count(".") != 2:  # noqa: PLR2004 - a compact JWS
            raise Unverified
        header, claims = (_peek(part) for part in token.split(".")[:2])
        # What is critical must be understood, and of all that could be, nothing is here.
        if not _is_one(header.get("typ"), _TYPES) or "crit" in header or "b64" in header:
            raise Unverified
        trusted = self._trusted.get(_issuer(claims))
        if trusted is None:
            raise Unverified
        key = await self._issuers.key(trusted.url, header.get("kid"))
        if key is None:
            raise Unverified
        return _Verified(
            principal=self._principal(_signed(token, key), trusted),
            issuer=trusted.url,
            keys_of=self._issuers.known_since(trusted.url),
        )

    def _principal(self, claims: Mapping[str, Any], trusted: Trusted) -> Principal:
        now = self._seconds()
        expires = _moment(claims, "exp")
        if expires <= now or _moment(claims, "nbf", 0.0) > now + SKEW:
            raise Unverified
        if not (_is_one(claims.get("typ"), _KINDS) and _is_one(claims.get("token_use"), _USES)):
            raise Unverified
        audience = trusted.audience or self._audience
        if _moment(claims, "iat", 0.0) > now + SKEW or not _is_for(audience, claims):
            raise Unverified
        at = trusted.claims
        return Principal(
            tenant_id=_tenant(claims, trusted),
            person_id=_uuid(_at(claims, at.person)),
            roles=_roles(_at(claims, at.roles), trusted),
            scopes=frozenset(_words(_at(claims, at.scope))) - RESERVED,
            expires_at=expires,
            client=_client(_at(claims, at.client) or claims.get("client_id")),
        )


def _signed(token: str, key: RSAKey | ECKey | OKPKey) -> Mapping[str, Any]:
    allowed = algorithms(key)
    if not allowed:
        raise Unverified
    try:
        return jwt.decode(token, key, registry=_Pinned(algorithms=allowed)).claims
    except (JoseError, ValueError) as refused:
        raise Unverified from refused


def _peek(part: str) -> Mapping[str, Any]:
    """Not yet trusted: only says which issuer and key to verify with."""
    try:
        content = orjson.loads(urlsafe_b64decode(part.encode()))
    except ValueError as broken:
        raise Unverified from broken
    if not isinstance(content, dict):
        raise Unverified
    return content


def _moment(claims: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unverified
    if not -_LATEST < value < _LATEST:  # NaN neither
        raise Unverified
    return float(value)


def _is_for(audience: str, claims: Mapping[str, Any]) -> bool:
    told = claims.get("aud")
    return audience == told or (isinstance(told, list) and audience in told)


def _is_one(told: Any, of: AbstractSet[str | None]) -> bool:
    """A list or an object is none of them, and cannot even be looked up."""
    return isinstance(told, str | None) and told in of


def _issuer(claims: Mapping[str, Any]) -> str:
    told = claims.get("iss")
    return told.rstrip("/") if isinstance(told, str) else ""


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """None where there is nothing. Some name their claims by addresses, which have dots too."""
    if path in claims:
        return claims[path]
    here: Any = claims
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here


def _tenant(claims: Mapping[str, Any], trusted: Trusted) -> UUID:
    """Of those that this issuer may speak for."""
    told = _at(claims, trusted.claims.tenant)
    tenant_id = trusted.only_tenant if told is None else _uuid(told)
    if tenant_id is None or not trusted.speaks_for(tenant_id):
        raise Unverified
    return tenant_id


def _roles(told: Any, trusted: Trusted) -> frozenset[Role]:
    """What the issuer calls otherwise is nothing here."""
    return frozenset(role for name in _words(told) if (role := trusted.role(name)) is not None)


def _client(told: Any) -> str:
    """The program's id; what is no id is none."""
    return told if isinstance(told, str) and _CLIENT.fullmatch(told) else ""


def _uuid(told: Any) -> UUID:
    try:
        return UUID(told)
    except (ValueError, AttributeError, TypeError) as broken:
        raise Unverified from broken


def _words(value: Any) -> Sequence[Any]:
    words = value.split() if isinstance(value, str) else value
    return [each for each in words if isinstance(each, str)] if isinstance(words, list) else []
