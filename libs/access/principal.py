"""Who is calling, as their verified token says."""

from dataclasses import dataclass
from uuid import UUID

from libs.eventstore.telling import Role

_PATIENT: frozenset[Role] = frozenset({"patient"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`tenant_id` is the clinic, `client` the program that the token was given to, by its issuer's
    name for it, where it says so. `left`: they work there no more, which no token says.
    """

    tenant_id: UUID
    person_id: UUID
    roles: frozenset[Role]
    scopes: frozenset[str] = frozenset()
    expires_at: float = 0.0
    left: bool = False
    client: str = ""

    @property
    def roles_here(self) -> frozenset[Role]:
        """Who has left is no more than a patient, if they are one."""
        return self.roles & _PATIENT if self.left else self.roles

    def __repr__(self) -> str:
        return f"Principal({self.person_id})"
