"""An issuer's keys: fetched when first needed, kept while it is away, and sought nowhere else."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.process.trusting import Trusted
from libs.web.identity import Identity
from libs.web.issuers import FRESH
from tests.unit.web.issuing import ISSUER, Provider, T, refused, token, with_header


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


async def test_a_new_key_is_fetched_when_first_seen(identity: Identity, provider: Provider) -> None:
    held = provider.jwks.pop(1)
    await refused(identity, token())
    provider.jwks.append(held)
    provider.seconds += 11
    assert await identity.principal(token())


async def test_a_token_that_was_seen_is_believed_no_longer_than_its_key(
    identity: Identity, provider: Provider
) -> None:
    seen = token()
    assert await identity.principal(seen)
    provider.jwks.pop(1)
    assert await identity.principal(seen)
    provider.seconds += FRESH + 1
    await refused(identity, seen)


async def test_while_the_issuer_is_away_a_token_that_was_seen_stays_good(
    identity: Identity, provider: Provider
) -> None:
    seen = token()
    assert await identity.principal(seen)
    provider.away = True
    provider.seconds += FRESH + 1
    assert await identity.principal(seen)
    assert await identity.principal(seen)


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
        await refused(identity, with_header(token(), {"kid": f"made-up-{n}"}))
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
