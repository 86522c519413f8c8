"""Tokens: ours, for us, in time, and as they were signed."""

import base64
import hmac
from typing import Any

import httpx
import pytest

from libs.process.trusting import Claims, Trusted
from libs.testing.cast import ANNA, CLINIC
from libs.web.identity import Identity
from tests.unit.web.issuing import (
    CLAIMS,
    ISSUER,
    KEYS,
    Provider,
    T,
    encoded,
    identity_of,
    refused,
    token,
    with_header,
)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_a_good_token_says_who_calls(identity: Identity, alg: str) -> None:
    principal = await identity.principal(token(alg))
    assert (principal.tenant_id, principal.person_id) == (CLINIC, ANNA)
    assert principal.roles == {"therapist"}
    assert principal.scopes == {"openid", "care"}


@pytest.mark.parametrize(
    ("claims", "client"),
    [
        ({}, ""),
        ({"azp": "web"}, "web"),
        ({"client_id": "web"}, "web"),
        ({"azp": "web", "client_id": "other"}, "web"),
        ({"azp": "x" * 5_000}, ""),
        ({"azp": 7}, ""),
        ({"azp": ["web"]}, ""),
        ({"azp": {"a": 1}}, ""),
    ],
)
async def test_a_token_may_say_which_client_it_was_given_to(
    identity: Identity, claims: dict[str, Any], client: str
) -> None:
    assert (await identity.principal(token(**claims))).client == client


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(T)},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e30},
        {"exp": 10**400},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"nbf": float("nan")},
        {"iat": -(10**400)},
        {"nbf": int(T) + 300},
        {"iat": int(T) + 300},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": 7},
        {"tenant_id": None},
        {"tenant_id": "not-a-uuid"},
        {"person_id": 7},
    ],
)
async def test_a_token_that_is_not_for_here_and_now_is_refused(
    identity: Identity, claims: dict[str, Any]
) -> None:
    await refused(identity, token(**claims))


@pytest.mark.parametrize(
    ("claims", "client"),
    [
        ({}, ""),
        ({"azp": "web"}, "web"),
        ({"client_id": "hospital"}, "hospital"),
        ({"azp": "web", "client_id": "hospital"}, "web"),
        ({"azp": "Masha Orlova"}, ""),
        ({"azp": "w" * 101}, ""),
        ({"azp": ["web"]}, ""),
    ],
)
async def test_it_may_say_which_program_it_was_given_to(
    identity: Identity, claims: Any, client: str
) -> None:
    """What is no id could be anything, and is left out."""
    assert (await identity.principal(token(**claims))).client == client


async def test_nobody_is_given_by_their_provider_what_our_own_passes_are_for(
    provider: Provider,
) -> None:
    """Under whatever claim it is found."""
    wide = "openid erasure:confirm care/patients.read"
    here = identity_of(provider, Trusted(url=ISSUER))
    assert (await here.principal(token(scope=wide))).scopes == {"openid", "care/patients.read"}
    renamed = identity_of(provider, Trusted(url=ISSUER, claims=Claims(scope="permissions")))
    listed = token(permissions=["erasure:confirm"])
    assert (await renamed.principal(listed)).scopes == frozenset()


async def test_a_moment_may_have_fractions(identity: Identity) -> None:
    assert (await identity.principal(token(exp=T + 300.5))).expires_at == T + 300.5


async def test_it_may_be_for_several(identity: Identity) -> None:
    assert await identity.principal(token(aud=["account", "interlude"]))


async def test_nobody_is_the_system_or_a_role_that_we_do_not_know(identity: Identity) -> None:
    principal = await identity.principal(token(roles=["system", "wizard", 7, "patient"]))
    assert principal.roles == {"patient"}


@pytest.mark.parametrize("roles", [None, 7, {"therapist": True}])
async def test_without_a_list_of_roles_there_are_none(identity: Identity, roles: Any) -> None:
    assert (await identity.principal(token(roles=roles))).roles == frozenset()


@pytest.mark.parametrize("header", [{"typ": "dpop+jwt"}, {"kid": "unknown"}, {"kid": 7}])
async def test_another_type_or_key_is_refused(identity: Identity, header: dict[str, Any]) -> None:
    changed = with_header(token(), header)
    await refused(identity, changed)


async def test_the_token_does_not_choose_its_algorithm(identity: Identity) -> None:
    unsigned = f"{encoded({'alg': 'none', 'typ': 'JWT', 'kid': 'ec'})}.{encoded(CLAIMS)}."
    await refused(identity, unsigned)
    told = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(CLAIMS)}"
    public = KEYS["RS256"].as_pem(private=False)
    confused = hmac.digest(public, told.encode(), "sha256")
    await refused(identity, f"{told}.{base64.urlsafe_b64encode(confused).decode().rstrip('=')}")
    await refused(identity, with_header(token("RS256"), {"kid": "ec"}))


async def test_a_changed_claim_is_noticed(identity: Identity) -> None:
    head, _, signature = token().split(".")
    await refused(identity, f"{head}.{encoded({**CLAIMS, 'roles': ['operator']})}.{signature}")


@pytest.mark.parametrize(
    "garbage",
    ["", "a", "a.b", "a.b.c", "..", "a.b.c.d", "x" * 10_000, "é.é.é", f"{'A' * 4000}.A.A"],
)
async def test_garbage_is_refused_like_anything_else(identity: Identity, garbage: str) -> None:
    await refused(identity, garbage)


async def test_a_verified_token_is_not_verified_again(
    identity: Identity, provider: Provider
) -> None:
    good = token()
    first = await identity.principal(good)
    assert await identity.principal(good) is first
    assert provider.asked == 2  # the configuration and the keys, once


async def test_a_kept_token_ends_when_it_expires(provider: Provider) -> None:
    now = [T]
    identity = Identity(
        [Trusted(url=ISSUER)],
        httpx.AsyncClient(transport=httpx.MockTransport(provider)),
        audience="interlude",
        seconds=lambda: now[0],
        monotonic=lambda: provider.seconds,
    )
    good = token()
    await identity.principal(good)
    now[0] += 301
    await refused(identity, good)
