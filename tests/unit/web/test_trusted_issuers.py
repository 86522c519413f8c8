"""Several issuers, each believed about its own clinics, in its own words."""

from typing import Any
from uuid import UUID

import pytest

from libs.process.trusting import Claims, Trusted
from libs.testing.cast import ANNA, CLINIC
from libs.web.identity import Identity
from tests.unit.web.issuing import ISSUER, Provider, identity_of, refused, token

ANOTHER_CLINIC = UUID("00000000-0000-7000-8000-00000000c002")
THEIRS = Trusted(url=ISSUER, tenants=frozenset({CLINIC}))


async def test_an_issuer_speaks_for_its_own_clinics(provider: Provider) -> None:
    identity = identity_of(provider, THEIRS)
    assert (await identity.principal(token())).tenant_id == CLINIC


async def test_an_issuer_lets_nobody_into_another_clinic(provider: Provider) -> None:
    identity = identity_of(provider, THEIRS)
    await refused(identity, token(tenant_id=str(ANOTHER_CLINIC)))


async def test_the_issuer_of_one_clinic_need_not_name_it(provider: Provider) -> None:
    identity = identity_of(provider, THEIRS)
    assert (await identity.principal(token(tenant_id=None))).tenant_id == CLINIC


async def test_the_issuer_of_two_must_say_which(provider: Provider) -> None:
    both = Trusted(url=ISSUER, tenants=frozenset({CLINIC, ANOTHER_CLINIC}))
    identity = identity_of(provider, both)
    await refused(identity, token(tenant_id=None))
    assert (await identity.principal(token(tenant_id=str(ANOTHER_CLINIC)))).tenant_id


async def test_a_clinic_that_is_named_wrongly_is_not_taken_for_the_only_one(
    provider: Provider,
) -> None:
    await refused(identity_of(provider, THEIRS), token(tenant_id="not-a-uuid"))
    await refused(identity_of(provider, THEIRS), token(tenant_id=7))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ({"person": "sub"}, {"sub": str(ANNA), "person_id": None}),
        (
            {"person": "https://id.example/person"},
            {"https://id.example/person": str(ANNA), "person_id": None},
        ),
        ({"person": "who.it.is"}, {"who": {"it": {"is": str(ANNA)}}, "person_id": None}),
    ],
)
async def test_who_somebody_is_stands_where_the_issuer_puts_it(
    provider: Provider, at: dict[str, str], told: dict[str, Any]
) -> None:
    identity = identity_of(provider, Trusted(url=ISSUER, claims=Claims(**at)))
    assert (await identity.principal(token(**told))).person_id == ANNA


@pytest.mark.parametrize("told", [{"who": 7}, {"who": {"it": []}}, {}, {"who.it": {"is": 7}}])
async def test_a_path_that_leads_nowhere_is_no_person(
    provider: Provider, told: dict[str, Any]
) -> None:
    identity = identity_of(provider, Trusted(url=ISSUER, claims=Claims(person="who.it.is")))
    await refused(identity, token(person_id=None, **told))


REALM = Trusted(
    url=ISSUER,
    claims=Claims(roles="realm_access.roles", scope="permissions"),
    roles={"Psychotherapist": "therapist", "Front office": "clinic_admin"},
)


async def test_roles_have_the_issuers_names(provider: Provider) -> None:
    told: dict[str, Any] = {"realm_access": {"roles": ["Psychotherapist", "uma_authorization"]}}
    principal = await identity_of(provider, REALM).principal(token(roles=None, **told))
    assert principal.roles == {"therapist"}


async def test_our_own_names_are_no_roles_where_the_issuer_has_others(provider: Provider) -> None:
    told: dict[str, Any] = {"realm_access": {"roles": ["operator", "therapist", "system"]}}
    principal = await identity_of(provider, REALM).principal(token(roles=["operator"], **told))
    assert principal.roles == frozenset()


async def test_scopes_may_be_a_list_elsewhere(provider: Provider) -> None:
    told: dict[str, Any] = {"permissions": ["care", "diary"], "scope": "review"}
    principal = await identity_of(provider, REALM).principal(token(**told))
    assert principal.scopes == {"care", "diary"}


async def test_an_issuer_may_know_us_by_another_name(provider: Provider) -> None:
    identity = identity_of(provider, Trusted(url=ISSUER, audience="homework"))
    assert await identity.principal(token(aud="homework"))
    await refused(identity, token(aud="interlude"))


async def test_each_is_believed_by_its_own_rules(provider: Provider) -> None:
    """The other issuer's clinics and names do not leak into this one's tokens."""
    other = Trusted(
        url="https://other.example", tenants=frozenset({ANOTHER_CLINIC}), claims=Claims(person="x")
    )
    identity: Identity = identity_of(provider, other, THEIRS)
    assert (await identity.principal(token())).person_id == ANNA
    await refused(identity, token(tenant_id=str(ANOTHER_CLINIC)))
