"""Who may do what, in one place: deny by default, by role and by relation to whom it is about.

A grant is a sentence of the route: `grant(therapist="related", patient="own")`. Relations:

- `own`: the patient it is about, or the therapist or supervisor whose it is
- `related`: a therapist who treats the patient it is about; of a group's session, who leads it
- `supervised`: a supervisor of a therapist who treats the patient it is about
- `facilitates`: a therapist who leads the group it is about
- `clinic`: anybody of this role in the tenant (an integrator only with the operation's scope)
- `any`: as `clinic`, where there is no tenant's data to speak of

Who has left the clinic has no relation but a patient's to what is their own. An operation that
`finishes` is open to the therapist whose record it is for as long as the clinic allows, once they
have left or treat the patient no more; what is said to have occurred afterwards is not theirs.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never, get_args
from uuid import UUID

from libs.access.principal import Principal
from libs.access.relationships import Relationships
from libs.eventstore.telling import Role

Relation = Literal["own", "related", "supervised", "facilitates", "clinic", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a stream is about: the patient, and the therapist and supervisor whose it is, or a
    group. What is `private` is the patient's own: no other relation holds.
    """

    patient_id: UUID | None = None
    therapist_id: UUID | None = None
    supervisor_id: UUID | None = None
    group_id: UUID | None = None
    private: bool = False


NOBODY = Subject()
"""For what concerns the clinic as a whole."""


@dataclass(frozen=True, slots=True)
class Grant:
    """In the order of the route's sentence: somebody with two roles acts in the first that may.

    `scope` is what an integrator's token must carry besides; without one, none will do.
    """

    relations: Mapping[Role, Relation]
    scope: str = ""
    finishes: bool = False

    def refusal(self, principal: Principal) -> str | None:
        """The code for whoever may not, whatever it is about. This much everybody may know: roles
        and scopes of an operation are public.
        """
        named = principal.roles & self.relations.keys()
        if not named:
            return "role-not-allowed"
        if principal.left and named.isdisjoint(self._left_to_them):
            return "staff-left"
        if named == {"integrator"} and not self.is_granted_to(principal):
            return "scope-not-granted"
        return None

    @property
    def _left_to_them(self) -> AbstractSet[Role]:
        """The roles in which somebody who has left may still act."""
        return {"patient", "therapist"} if self.finishes else {"patient"}

    def is_granted_to(self, principal: Principal) -> bool:
        """By the scopes of a program's token."""
        return bool(self.scope) and self.scope in principal.scopes


def grant(*, finishes: bool = False, **relations: Relation) -> Grant:
    """`grant(therapist="related", patient="own")`; roles that are not named may not."""
    for role, relation in relations.items():
        if role not in get_args(Role) or relation not in get_args(Relation):
            raise ValueError(f"{role}={relation} is not a role with a relation")
    return Grant(relations, finishes=finishes)  # type: ignore[arg-type]  # the keys were checked above


async def may(
    principal: Principal,
    granted: Grant,
    subject: Subject,
    relationships: Relationships,
    *,
    occurred_at: datetime | None = None,
) -> Role | None:
    """The role in which they may; None if in none. `occurred_at` where a time is said."""
    for role, relation in granted.relations.items():
        if role not in principal.roles:
            continue
        if role == "integrator" and not granted.is_granted_to(principal):
            continue
        if subject.private and (role, relation) != ("patient", "own"):
            continue
        if role in principal.roles_here and await _holds(
            role, relation, principal, subject, relationships
        ):
            return role
        if (
            granted.finishes
            and role == "therapist"
            and await _finishes(principal, subject, relationships, occurred_at)
        ):
            return role
    return None


async def _holds(
    role: Role,
    relation: Relation,
    principal: Principal,
    subject: Subject,
    relationships: Relationships,
) -> bool:
    match relation:
        case "own":
            return principal.person_id == _owner(role, subject)
        case "related":
            return await _treats(principal, subject, relationships)
        case "supervised":
            return await _supervises(principal, subject, relationships)
        case "facilitates":
            return await _facilitates(principal, subject, relationships)
        case "clinic" | "any":
            return True
        case _:
            assert_never(relation)


async def _finishes(
    principal: Principal,
    subject: Subject,
    relationships: Relationships,
    occurred_at: datetime | None,
) -> bool:
    if subject.patient_id is None or subject.therapist_id != principal.person_id:
        return False
    return await relationships.finishes(
        principal.tenant_id, principal.person_id, subject.patient_id, occurred_at
    )


def _owner(role: Role, subject: Subject) -> UUID | None:
    match role:
        case "patient":
            return subject.patient_id
        case "supervisor":
            return subject.supervisor_id
        case _:
            return subject.therapist_id


async def _treats(principal: Principal, subject: Subject, relationships: Relationships) -> bool:
    if "therapist" not in principal.roles:
        return False
    if subject.patient_id is None:
        return await _facilitates(principal, subject, relationships)
    return await relationships.treats(principal.tenant_id, principal.person_id, subject.patient_id)


async def _supervises(principal: Principal, subject: Subject, relationships: Relationships) -> bool:
    if subject.patient_id is None:
        return False
    return await relationships.supervises(
        principal.tenant_id, principal.person_id, subject.patient_id
    )


async def _facilitates(
    principal: Principal, subject: Subject, relationships: Relationships
) -> bool:
    if subject.group_id is None:
        return False
    return await relationships.facilitates(
        principal.tenant_id, principal.person_id, subject.group_id
    )
