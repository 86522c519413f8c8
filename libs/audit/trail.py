"""What an operation finds out about itself on its way; written down once it is answered.

Whoever answers something new fills one in: `asked_by` as soon as it is known who asks, `about` once
it is known whose it is, `allowed` once they may. An export says `verb="export"`. The edge does the
rest: an operation of somebody known leaves one record, whatever comes of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from libs.access.policy import Grant
from libs.access.principal import Principal
from libs.audit.record import Reason, Record, Verb, reason
from libs.eventstore.telling import Role


@dataclass(slots=True)
class Trail:
    """Without a `principal` nothing is written: nobody was let in."""

    principal: Principal | None = None
    verb: Verb | None = None
    thing_id: UUID | None = None
    patients: tuple[UUID, ...] = ()
    role: Role | None = None
    why: Reason | None = None
    on_behalf_of: UUID | None = None

    def asked_by(self, principal: Principal) -> None:
        self.principal = principal

    def about(self, *patients: UUID | None) -> None:
        self.patients = tuple(dict.fromkeys(each for each in patients if each is not None))

    def allowed(self, role: Role, granted: Grant, on_behalf_of: UUID | None = None) -> None:
        self.role, self.why = role, reason(role, granted.relations[role])
        self.on_behalf_of = on_behalf_of

    def left_to_parts(self) -> None:
        """What was asked for together has left a record each."""
        self.principal = None

    def record(
        self, verb: Verb, action: str, *, outcome: str, refused: bool, correlation_id: UUID
    ) -> Record | None:
        """`verb` unless the operation has said another. Who was refused, also by a rule,
        was let for no reason: they have seen nothing.
        """
        who = self.principal
        if who is None:
            return None
        return Record(
            tenant_id=who.tenant_id,
            person_id=who.person_id,
            role=self.role or roles(who.roles),
            on_behalf_of=self.on_behalf_of,
            verb=self.verb or verb,
            action=action,
            thing_id=self.thing_id,
            patients=self.patients,
            reasons=() if refused or self.why is None else (self.why,) * max(1, len(self.patients)),
            outcome=outcome,
            client=who.client,
            correlation_id=correlation_id,
        )


def roles(held: Iterable[str]) -> str:
    """All that somebody came with, as one word."""
    return "+".join(sorted(held)) or "none"
