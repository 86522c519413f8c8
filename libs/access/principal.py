"""Who is calling, as their verified token says."""

from dataclasses import dataclass
from uuid import UUID

from libs.eventstore.telling import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`tenant_id` is the clinic, `client` the program that the token was given to, by its issuer's
    name for it.
    """

    tenant_id: UUID
    person_id: UUID
    roles: frozenset[Role]
    scopes: frozenset[str] = frozenset()
    expires_at: float = 0.0
    client: str = ""

    def __repr__(self) -> str:
        return f"Principal({self.person_id})"
