"""Which issuers are believed, about which clinics, and how each says who somebody is.

`ISSUERS` takes addresses, separated by commas, for issuers that speak for every clinic and name
things as we do; or a JSON list, one object for each issuer:

    [{"url": "https://id.example/realms/clinic", "tenants": ["0190…"], "audience": "interlude",
      "claims": {"tenant": "clinic", "person": "sub", "roles": "realm_access.roles"},
      "roles": {"Psychotherapist": "therapist"}}]
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args
from uuid import UUID

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from libs.eventstore.telling import Role
from libs.process.addresses import is_address, is_loopback
from libs.process.hints import wrong

_HINT = "this takes issuer URLs, separated by commas, or a JSON list of {url, tenants, claims, …}"


def _address(url: str) -> str:
    if not is_address(url, {"http", "https"}):
        raise wrong(_HINT)
    return url.rstrip("/")


def _of_people(role: Role) -> Role:
    """Nobody outside gets to be the system."""
    if role == "system":
        raise wrong("nobody outside can be given the role of the system")
    return role


PersonsRole = Annotated[Role, AfterValidator(_of_people)]
_OURS: Mapping[str, Role] = {role: role for role in get_args(Role) if role != "system"}

Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Claims(_Said):
    """Where in a token of this issuer something stands: a claim's name, or a path with dots where
    no claim has that whole name.
    """

    tenant: Name = "tenant_id"
    person: Name = "person_id"
    roles: Name = "roles"
    scope: Name = "scope"
    client: Name = "azp"


class Trusted(_Said):
    """`tenants` are the clinics that it speaks for, None for all. `roles` are its names for ours;
    None where they are the same, and then what it calls otherwise is no role. `audience` is its
    name for us, where that is not `AUDIENCE`.
    """

    url: Annotated[str, AfterValidator(_address)]
    tenants: Annotated[frozenset[UUID], Field(min_length=1)] | None = None
    audience: Name | None = None
    claims: Claims = Claims()
    roles: Mapping[Name, PersonsRole] | None = None

    def speaks_for(self, tenant_id: UUID) -> bool:
        return self.tenants is None or tenant_id in self.tenants

    @property
    def only_tenant(self) -> UUID | None:
        """Whose tokens need not say for which clinic they are."""
        tenants = self.tenants or frozenset()
        return next(iter(tenants)) if len(tenants) == 1 else None

    def role(self, named: str) -> Role | None:
        return (_OURS if self.roles is None else self.roles).get(named)


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _parsed(value)
    return [{"url": part} for part in value.replace(",", " ").split()]


def _parsed(value: str) -> Any:
    try:
        return orjson.loads(value)
    except ValueError:
        raise wrong(_HINT) from None


def _each_once(issuers: Sequence[Trusted]) -> Sequence[Trusted]:
    if len({each.url for each in issuers}) < len(issuers):
        raise wrong("each issuer stands here once")
    return issuers


Issuers = Annotated[
    tuple[Trusted, ...],
    NoDecode,
    BeforeValidator(_listed),
    Field(min_length=1),
    AfterValidator(_each_once),
]


def unsafe(issuers: Sequence[Trusted]) -> str | None:
    """What must be changed before patients' data may depend on them; None if nothing."""
    if any(not each.url.startswith("https://") or is_loopback(each.url) for each in issuers):
        return "production takes https issuers only; the development issuer is for PROFILE=local"
    if len(issuers) > 1 and any(each.tenants is None for each in issuers):
        return "of several issuers each says its `tenants`, or one could speak for another's clinic"
    return None
