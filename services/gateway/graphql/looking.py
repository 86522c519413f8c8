"""Whose rows an operation has been shown, gathered where rows are read."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from libs.audit.record import Reason, Verb
from services.gateway.queries.reading import Json


@dataclass(slots=True)
class Looking:
    """Of one operation. `shown` are the patients whose rows it has read, `named` those whom it
    asked for; `thing` is what else it asked for by its id. What was `missed` is a kind of node and
    its id. Whom a service let them see by rules of its own is in `let`, with why; whom not, in
    `refused`.
    """

    shown: dict[str, None] = field(default_factory=dict)
    named: dict[UUID, None] = field(default_factory=dict)
    let: dict[UUID, Reason] = field(default_factory=dict)
    refused: dict[UUID, None] = field(default_factory=dict)
    thing: UUID | None = None
    verb: Verb = "read"
    missed: list[tuple[str, UUID]] = field(default_factory=list)
    rows: int = 0
    asked_for_one: bool = False

    def asked_for(self, patient: UUID | None) -> None:
        self.asked_for_one = True
        if patient is not None:
            self.named[patient] = None

    def asked_for_thing(self, thing: UUID) -> None:
        self.asked_for_one, self.thing = True, thing

    def was_let(self, patient: UUID, reason: Reason) -> None:
        self.let[patient] = reason
        self.rows += 1

    def was_refused(self, patient: UUID | None) -> None:
        self.asked_for(patient)
        if patient is not None:
            self.refused[patient] = None

    def saw(self, rows: Iterable[Json]) -> None:
        for row in rows:
            self.rows += 1
            if patient := row.get("patient_id"):
                self.shown[patient] = None

    @property
    def patients(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys([*map(UUID, self.shown), *self.let, *self.named]))

    @property
    def let_by_relation(self) -> tuple[UUID, ...]:
        """Those whom whoever treats or supervises them may see by that alone."""
        return tuple(
            each for each in self.patients if each not in self.refused or str(each) in self.shown
        )

    def shown_all(self, patients: Iterable[UUID]) -> bool:
        """Who was asked for, and of whom no row was shown, may be nobody's."""
        return all(str(each) in self.shown for each in patients)

    @property
    def in_vain(self) -> bool:
        return self.asked_for_one and not self.rows


looking: ContextVar[Looking] = ContextVar("looking")
"""A WebSocket carries many operations in one context, so this is kept apart, as freshness is."""


def now_looking() -> Looking:
    """That of the operation which is going on; what happens outside of one leaves none."""
    return looking.get(None) or Looking()
