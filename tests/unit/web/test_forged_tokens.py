"""Tokens that somebody made up, twisted or took from elsewhere: all are refused alike, and nothing
that a token names is ever fetched.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from libs.testing.cast import NOW
from libs.web.identity import Identity
from tests.unit.web.issuing import CLAIMS, ISSUER, KEYS, Provider, encoded, refused, token

pytestmark = pytest.mark.security("forged tokens")

EVIL = ECKey.generate_key("P-256", parameters={"kid": "ec"})
EVIL_RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
T = int(NOW.timestamp())


def made(header: Mapping[str, Any], claims: Any = CLAIMS, signature: bytes = b"x" * 64) -> str:
    return f"{encoded(header)}.{encoded(claims)}.{encoded(signature)}"


def by_evil(header: Mapping[str, Any], key: ECKey | RSAKey | OKPKey = EVIL) -> str:
    """Signed well, by somebody else."""
    alg = "RS256" if isinstance(key, RSAKey) else "ES256"
    return jwt.encode({"alg": alg, "typ": "at+jwt", **header}, CLAIMS, key, algorithms=[alg])


def with_public_key_as_secret(alg: str, digest: str, kid: str) -> str:
    told = f"{encoded({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{encoded(CLAIMS)}"
    secret = KEYS["RS256"].as_pem(private=False)
    return f"{told}.{encoded(hmac.digest(secret, told.encode(), digest))}"


class _Careless(JWSRegistry):
    """Writes whatever header it is given."""

    def check_header(self, header: Any) -> None:
        pass


def critical(**header: Any) -> str:
    """Signed by our issuer's own key."""
    registry = _Careless(algorithms=["ES256"])
    told = {"alg": "ES256", "typ": "at+jwt", "kid": "ec", **header}
    return jwt.encode(told, CLAIMS, KEYS["ES256"], registry=registry)


def signed_parts() -> list[str]:
    return token().split(".")


FORGED: Mapping[str, Callable[[], str]] = {
    "no algorithm": lambda: made({"alg": "none", "kid": "ec"}, signature=b""),
    "no algorithm, oddly spelled": lambda: made({"alg": "nOnE", "kid": "ec"}, signature=b""),
    "an empty algorithm": lambda: made({"alg": "", "kid": "ec"}),
    "no algorithm at all": lambda: made({"kid": "ec"}),
    "an algorithm that is a list": lambda: made({"alg": ["ES256"], "kid": "ec"}),
    "HS256 with the public key": lambda: with_public_key_as_secret("HS256", "sha256", "rsa"),
    "HS512 with the public key": lambda: with_public_key_as_secret("HS512", "sha512", "rsa"),
    "HS256 with nothing": lambda: made({"alg": "HS256", "kid": "ec"}, signature=b""),
    "RS256 over an EC key": lambda: by_evil({"kid": "ec"}, EVIL_RSA),
    "another's EC key under our key's id": lambda: by_evil({"kid": "ec"}),
    "another's RSA key under our key's id": lambda: by_evil({"kid": "rsa"}, EVIL_RSA),
    "its own key along": lambda: by_evil({"kid": "ec", "jwk": EVIL.as_dict(private=False)}),
    "a place for its keys": lambda: by_evil({"kid": "ec", "jku": "https://evil.example/keys"}),
    "a place for its certificate": lambda: by_evil({"kid": "ec", "x5u": "https://evil.example/c"}),
    "its own certificate": lambda: by_evil({"kid": "ec", "x5c": ["MIIB"]}),
    "a key id that is a path": lambda: by_evil({"kid": "../../../../dev/null"}),
    "a key id that is SQL": lambda: by_evil({"kid": "' UNION SELECT 'secret"}),
    "a key id that is a command": lambda: by_evil({"kid": "$(id)"}),
    "a key id of another kind": lambda: made({"alg": "ES256", "kid": {"$ne": None}}),
    "a key id that is very long": lambda: by_evil({"kid": "k" * 4000}),
    "something critical that nobody knows": lambda: critical(crit=["hold"], hold=1),
    "something critical that is not there": lambda: critical(crit=["exp"]),
    "nothing that is critical": lambda: critical(crit=[]),
    "a type that is a list": lambda: made({"alg": "ES256", "kid": "ec", "typ": ["JWT"]}),
    "a type that is an object": lambda: made({"alg": "ES256", "kid": "ec", "typ": {"JWT": 1}}),
    "a use that is a list": lambda: token(token_use=["access"]),
    "its content left out": lambda: critical(b64=False, crit=["b64"]),
    "encrypted": lambda: made({"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa"}),
    "five parts": lambda: f"{token()}.a.b",
    "no signature": lambda: ".".join([*signed_parts()[:2], ""]),
    "the signature of another token": lambda: ".".join(
        [*signed_parts()[:2], token(jti="another").split(".")[2]]
    ),
    "a signature that is cut": lambda: token()[:-4],
    "a header that is a list": lambda: made(["ES256"]),  # type: ignore[arg-type]  # that is it
    "claims that are a list": lambda: made({"alg": "ES256", "kid": "ec"}, [CLAIMS]),
    "claims that are deep": lambda: made(
        {"alg": "ES256", "kid": "ec"}, b'{"iss":' + b"[" * 3000 + b"]" * 3000 + b"}"
    ),
    "claims with a name twice": lambda: made(
        {"alg": "ES256", "kid": "ec"}, f'{{"iss":"{ISSUER}","iss":"https://evil"}}'.encode()
    ),
    "claims that are no UTF-8": lambda: made({"alg": "ES256", "kid": "ec"}, b'{"iss":"\xff"}'),
    "too long": lambda: token(padding="x" * 9000),
    "an ID token of Keycloak": lambda: token(typ="ID", nonce="n"),
    "a refresh token of Keycloak": lambda: token(typ="Refresh"),
    "an ID token of Cognito": lambda: token(token_use="id"),  # noqa: S106 - no password
    "an ID token, for the client": lambda: token(aud="web", nonce="n", at_hash="h"),
    "another issuer whose address begins like ours": lambda: token(iss=f"{ISSUER}.evil.example"),
    "an issuer by another scheme": lambda: token(iss=ISSUER.replace("https", "http")),
    "an audience that begins like ours": lambda: token(aud="interlude-staging"),
    "an audience in an object": lambda: token(aud={"interlude": True}),
    "of tomorrow": lambda: token(nbf=T + 86_400),
    "expired a second ago": lambda: token(exp=T - 1),
    "an end in words": lambda: token(exp="2999-01-01"),
    "a moment in milliseconds": lambda: token(exp=T * 10**12),
}


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_token_is_refused(identity: Identity, provider: Provider, kind: str) -> None:
    await refused(identity, FORGED[kind]())
    # The configuration and the keys of our own issuer, at most.
    assert provider.asked <= 2


def test_there_are_thirty_kinds_at_least() -> None:
    assert len(FORGED) >= 30


async def test_what_they_are_twisted_from_is_good(identity: Identity) -> None:
    assert await identity.principal(token())
    assert await identity.principal(token(typ="Bearer", token_use="access"))  # noqa: S106 - as above
