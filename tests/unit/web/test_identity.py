"""Tokens: ours, for us, in time, signed by a key that the issuer published for this."""

import asyncio
import base64
import hmac
import json
from collections.abc import Callable
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


@pytest.fixture
def provider() -> Provider:
    return Provider()


def identity_of(provider: Provider, *trusted: Trusted) -> Identity:
    return Identity(
        trusted,
        httpx.AsyncClient(transport=httpx.MockTransport(provider)),
        audience="interlude",
        seconds=lambda: T,
        monotonic=lambda: provider.seconds,
    )


@pytest.fixture
def identity(provider: Provider) -> Identity:
    return identity_of(provider, Trusted(url=ISSUER))


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


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_a_good_token_says_who_calls(identity: Identity, alg: str) -> None:
    principal = await identity.principal(token(alg))
    assert (principal.tenant_id, principal.person_id) == (CLINIC, ANNA)
    assert principal.roles == {"therapist"}
    assert principal.scopes == {"openid", "care"}


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
    changed = _with_header(token(), header)
    await refused(identity, changed)


def _with_header(good: str, change: dict[str, Any]) -> str:
    head, *rest = good.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return ".".join([_encoded({**header, **change}), *rest])


def _encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


async def test_the_token_does_not_choose_its_algorithm(identity: Identity) -> None:
    unsigned = f"{_encoded({'alg': 'none', 'typ': 'JWT', 'kid': 'ec'})}.{_encoded(CLAIMS)}."
    await refused(identity, unsigned)
    told = f"{_encoded({'alg': 'HS256', 'kid': 'rsa'})}.{_encoded(CLAIMS)}"
    public = KEYS["RS256"].as_pem(private=False)
    confused = hmac.digest(public, told.encode(), "sha256")
    await refused(identity, f"{told}.{base64.urlsafe_b64encode(confused).decode().rstrip('=')}")
    await refused(identity, _with_header(token("RS256"), {"kid": "ec"}))


async def test_a_changed_claim_is_noticed(identity: Identity) -> None:
    head, _, signature = token().split(".")
    await refused(identity, f"{head}.{_encoded({**CLAIMS, 'roles': ['operator']})}.{signature}")


@pytest.mark.parametrize(
    "garbage",
    ["", "a", "a.b", "a.b.c", "..", "a.b.c.d", "x" * 10_000, "é.é.é", f"{'A' * 4000}.A.A"],
)
async def test_garbage_is_refused_like_anything_else(identity: Identity, garbage: str) -> None:
    await refused(identity, garbage)


@pytest.mark.parametrize(
    "change",
    [
        lambda provider: provider.jwks[1].update(use="enc"),
        lambda provider: provider.jwks[1].update(alg="ES512"),
        lambda provider: provider.jwks[1].update(crv="P-999"),
        lambda provider: provider.jwks.pop(1),
    ],
)
async def test_only_keys_that_are_for_signing_in_our_ways_count(
    identity: Identity, provider: Provider, change: Callable[[Provider], Any]
) -> None:
    change(provider)
    await refused(identity, token("ES256"))


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


async def test_a_new_key_is_fetched_when_first_seen(identity: Identity, provider: Provider) -> None:
    held = provider.jwks.pop(1)
    await refused(identity, token())
    provider.jwks.append(held)
    provider.seconds += 11
    assert await identity.principal(token())


async def test_who_comes_while_the_keys_are_fetched_waits_for_them() -> None:
    provider = Provider()
    asked = asyncio.Event()

    async def slowly(request: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.sleep(0.05)
        return provider(request)

    identity = Identity(
        [Trusted(url=ISSUER)],
        httpx.AsyncClient(transport=httpx.MockTransport(slowly)),
        audience="interlude",
        seconds=lambda: T,
        monotonic=lambda: T,
    )
    first = asyncio.create_task(identity.principal(token("ES256")))
    await asked.wait()
    second = await identity.principal(token("RS256"))
    assert second.person_id == (await first).person_id
    assert provider.asked == 2


async def test_unknown_key_ids_do_not_make_us_ask_each_time(
    identity: Identity, provider: Provider
) -> None:
    await identity.principal(token())
    for n in range(50):
        await refused(identity, _with_header(token(), {"kid": f"made-up-{n}"}))
    assert provider.asked == 2


async def test_strangers_issuers_are_never_asked(identity: Identity, provider: Provider) -> None:
    await refused(identity, token(iss="https://evil.example"))
    assert provider.asked == 0


async def test_while_the_issuer_is_away_its_known_keys_stay_good(
    identity: Identity, provider: Provider
) -> None:
    await identity.principal(token())
    provider.away = True
    provider.seconds += 10_000
    assert await identity.principal(token(jti="another"))


async def test_before_any_key_was_had_an_absent_issuer_is_no_fault_of_the_caller(
    identity: Identity, provider: Provider
) -> None:
    provider.away = True
    await refused(identity, token(), "identity-unavailable")


@pytest.mark.parametrize(
    "configuration",
    [
        {"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/certs"},
        {"issuer": ISSUER, "jwks_uri": "http://id.other.example/certs"},
        {"issuer": ISSUER},
        {"jwks_uri": f"{ISSUER}/certs"},
        [],
    ],
)
async def test_a_configuration_that_leads_elsewhere_is_not_followed(
    identity: Identity, provider: Provider, configuration: Any
) -> None:
    provider.configuration = configuration
    await refused(identity, token(), "identity-unavailable")
