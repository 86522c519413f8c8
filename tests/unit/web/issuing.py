"""An issuer, its keys, and the tokens that it signs."""

import base64
import json
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from libs.process.trusting import Trusted
from libs.testing.cast import ANNA, CLINIC, NOW
from libs.web.identity import Identity
from libs.web.problems import Problem

ISSUER = "https://id.example/realms/interlude"
T = NOW.timestamp()
Key = RSAKey | ECKey | OKPKey

KEYS: dict[str, Key] = {
    "RS256": RSAKey.generate_key(2048, parameters={"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", parameters={"kid": "ec", "use": "sig", "alg": "ES256"}),
    "EdDSA": OKPKey.generate_key("Ed25519", parameters={"kid": "ed", "use": "sig"}),
}
KEYS["PS256"] = KEYS["RS256"]

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "interlude",
    "exp": int(T) + 300,
    "iat": int(T),
    "tenant_id": str(CLINIC),
    "person_id": str(ANNA),
    "roles": ["therapist"],
    "scope": "openid care",
}


class Provider:
    """An issuer on the other side of a transport; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.jwks: list[Any] = [key.as_dict(private=False) for key in KEYS.values()]
        self.configuration: Any = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"}
        self.seconds = 1_000.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away")
        if request.url.path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(200, json=self.configuration)
        if request.url.path.endswith("/certs"):
            return httpx.Response(200, json={"keys": self.jwks})
        return httpx.Response(404)


def identity_of(provider: Provider, *trusted: Trusted) -> Identity:
    return Identity(
        trusted,
        httpx.AsyncClient(transport=httpx.MockTransport(provider)),
        audience="interlude",
        seconds=lambda: T,
        monotonic=lambda: provider.seconds,
    )


def token(alg: str = "ES256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    key = KEYS[alg]
    name = "Ed25519" if alg == "EdDSA" else alg
    told = {key: value for key, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(
        {"alg": name, "typ": "at+jwt", "kid": key.kid, **(header or {})},
        told,
        key,
        algorithms=[name],
    )


async def refused(identity: Identity, given: str, code: str = "not-authenticated") -> None:
    with pytest.raises(Problem) as problem:
        await identity.principal(given)
    assert problem.value.code == code


def encoded(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_header(good: str, change: dict[str, Any]) -> str:
    head, *rest = good.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return ".".join([encoded({**header, **change}), *rest])
