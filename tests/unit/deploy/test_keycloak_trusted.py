"""Keycloak's tokens are read in Keycloak's own shape: how, is one setting."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import TypeAdapter

from deploy.local import realm
from deploy.local.people import CLINIC, PEOPLE
from libs.process.trusting import Issuers, Trusted, unsafe
from libs.testing.cast import NOW
from libs.web.identity import Identity
from libs.web.problems import Problem

ISSUER = "http://127.0.0.1:8080/realms/interlude"
T = int(NOW.timestamp())
KEY = RSAKey.generate_key(2048, parameters={"kid": "k", "use": "sig", "alg": "RS256"})

SHAPE: Mapping[str, Any] = {
    "exp": T + 86400,
    "iat": T,
    "jti": "onrtro:2e43e639-2b31-1432-e870-3d1de860b58a",
    "iss": ISSUER,
    "aud": "interlude",
    "sub": str(PEOPLE["integrator"].id),
    "typ": "Bearer",
    "azp": "integrator",
    "realm_access": {"roles": ["integrator", "offline_access"]},
    "scope": "care/patients.read diary/entries.write",
    "tenant_id": str(CLINIC),
}
"""What Keycloak 26.4 puts into an access token of our realm."""


def signed(**changed: Any) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": "k"}
    return jwt.encode(header, {**SHAPE, **changed}, KEY, algorithms=["RS256"])


def provider(request: httpx.Request) -> httpx.Response:
    certs = f"{ISSUER}/protocol/openid-connect/certs"
    if str(request.url) == certs:
        return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
    return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": certs})


@pytest.fixture
def trusted() -> tuple[Trusted, ...]:
    """What a process reads from ISSUERS."""
    return TypeAdapter[tuple[Trusted, ...]](Issuers).validate_python(realm.issuers(ISSUER))


@pytest.fixture
def identity(trusted: tuple[Trusted, ...]) -> Identity:
    client = httpx.AsyncClient(transport=httpx.MockTransport(provider))
    return Identity(trusted, client, audience="somebody-else", seconds=lambda: T)


async def test_person_roles_scopes_and_clinic_are_found_where_keycloak_puts_them(
    identity: Identity,
) -> None:
    integrator = await identity.principal(signed())
    assert integrator.person_id == PEOPLE["integrator"].id
    assert integrator.tenant_id == CLINIC
    assert integrator.roles == {"integrator"}
    assert integrator.scopes == {"care/patients.read", "diary/entries.write"}


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "account"},
        {"aud": None},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"tenant_id": "00000000-0000-7000-8000-0000000000c2"},
        {"sub": None, "person_id": str(PEOPLE["therapist"].id)},
    ],
    ids=["another's", "nobody's", "an ID token", "a refresh token", "another clinic", "no person"],
)
async def test_what_else_the_same_keycloak_signs_is_refused(
    identity: Identity, changed: Mapping[str, Any]
) -> None:
    with pytest.raises(Problem, match="not-authenticated"):
        await identity.principal(signed(**changed))


def test_one_on_loopback_is_not_for_production(trusted: tuple[Trusted, ...]) -> None:
    assert unsafe(trusted) is not None
