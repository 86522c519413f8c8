"""A patient is erased: asked for, announced, perhaps held, released, done, and proved.

requested → announced, with a time of grace → held, or released → keys destroyed → erased
→ confirmed everywhere → certified

One stream for each patient, whose id it has: a wish that was withdrawn may come again, and there
are never two at once. What cannot be undone is decided by `now`, when it is asked for: a grace that
could be told backwards would be none.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.moment import Instant
from libs.vocabulary.removal import Removed
from services.care.domain.erasure_facts import (
    Asker,
    Because,
    Confirmation,
    ErasureAnnounced,
    ErasureCertified,
    ErasureConfirmed,
    ErasureHeld,
    ErasureHoldEnded,
    ErasureReleased,
    ErasureRequested,
    ErasureWithdrawn,
    Event,
    Hold,
    PatientErased,
    Where,
)
from services.care.domain.patient import PatientId

# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NeverRequested:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A wish that comes again finds what holds it."""

    patient_id: PatientId
    holds: tuple[tuple[Hold, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """`not_before` is known once it was announced; a hold without an end is None."""

    patient_id: PatientId
    requested_by: Asker
    not_before: datetime | None = None
    holds: tuple[tuple[Hold, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    patient_id: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    patient_id: PatientId
    erased_at: datetime
    unreadable_from: datetime
    confirmed: tuple[Confirmation, ...] = ()


State = NeverRequested | Withdrawn | Requested | Released | Erased


def evolve(state: State, event: Event) -> State:
    match event:
        case ErasureRequested():
            return _asked(state, event)
        case ErasureReleased():
            return Released(patient_id=event.patient_id)
        case PatientErased():
            return Erased(
                patient_id=event.patient_id,
                erased_at=event.erased_at,
                unreadable_from=event.unreadable_from,
            )
        case ErasureConfirmed():
            return _confirmed(state, event)
        case ErasureCertified():
            return state
        case _:
            return _meanwhile(state, event)


def _asked(state: State, event: ErasureRequested) -> Requested:
    """A wish that comes again finds what holds it; one that joins the clinic's is told already."""
    return Requested(
        patient_id=event.patient_id,
        requested_by=event.requested_by,
        not_before=state.not_before if isinstance(state, Requested) else None,
        holds=state.holds if isinstance(state, Requested | Withdrawn) else (),
    )


def _meanwhile(
    state: State, event: ErasureAnnounced | ErasureHeld | ErasureHoldEnded | ErasureWithdrawn
) -> State:
    """Between the wish and its release."""
    if not isinstance(state, Requested):
        return state
    match event:
        case ErasureAnnounced():
            return replace(state, not_before=event.not_before)
        case ErasureHeld():
            return replace(
                state, holds=(*_without(event.reason, state), (event.reason, event.until))
            )
        case ErasureHoldEnded():
            return replace(state, holds=_without(event.reason, state))
        case ErasureWithdrawn():
            return Withdrawn(patient_id=state.patient_id, holds=state.holds)
        case _:
            assert_never(event)


def _without(reason: Hold, state: Requested) -> tuple[tuple[Hold, datetime | None], ...]:
    return tuple(held for held in state.holds if held[0] != reason)


def _confirmed(state: State, event: ErasureConfirmed) -> State:
    if not isinstance(state, Erased):
        return state
    return replace(state, confirmed=(*state.confirmed, event.confirmation))


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure(Told):
    """A patient need not say why. The clinic, who asks on their behalf, says `because`. What the
    clinic asked for is the patient's own wish from when they ask for it too.
    """

    patient_id: PatientId
    because: Because | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawErasure(Told):
    """The patient has changed their mind, as they may until it is released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceErasure(Told):
    """The clinic has seen it: the patient is told from when on it will happen."""

    grace_days: Annotated[int, LOOKED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldErasure(Told):
    """`legal_hold`: somebody else may need the record, `until` then or for as long as it takes.
    `retention`: the law has the clinic keep it, `until` then, or for the clinic's years after the
    last contact; of a minor, after the day on which they come of age, if that is later.
    """

    reason: Hold
    until: Instant | None = None
    last_contact_at: Instant | None = None
    of_age_at: Instant | None = None
    retention_years: Annotated[int, LOOKED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndErasureHold(Told):
    """What held it is over, or was a mistake."""

    reason: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseErasure(Told):
    """Nothing holds it any more: keys are destroyed, and that cannot be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePatient(Told):
    """Ours, once the keys are destroyed; `unreadable_from` is when nobody remembers one either."""

    unreadable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmErasure(Told):
    """Whoever kept something of this patient has removed it."""

    removed: Annotated[tuple[Removed, ...], MaxLen(100)] = ()
    where: Annotated[Where, LOOKED_UP]
    confirmed_at: Annotated[datetime, LOOKED_UP]


Command = (
    RequestErasure
    | WithdrawErasure
    | AnnounceErasure
    | HoldErasure
    | EndErasureHold
    | ReleaseErasure
    | ErasePatient
    | ConfirmErasure
)


class ErasureReason(Rejected):
    """The clinic says why it asks; a patient need not, and says nothing else than their wish."""

    code = "erasure-reason"
    pointer = "/because"


class ErasureNotRequested(Rejected):
    """Nobody asks for it any more: it was withdrawn."""

    code = "erasure-not-requested"


class ErasureUnderWay(Rejected):
    """It is released or done, and cannot be taken back, held or announced again."""

    code = "erasure-under-way"


class ErasureThePatients(Rejected):
    """The patient asked for it themselves, so they alone withdraw it. The clinic may hold it."""

    code = "erasure-the-patients"


class ErasureNotAnnounced(Rejected):
    """First the patient is told from when on it will happen."""

    code = "erasure-not-announced"


class ErasureTooEarly(Rejected):
    """The time of grace, in which the patient may change their mind, is not over."""

    code = "erasure-too-early"


class ErasureIsHeld(Rejected):
    """Something holds it still: a legal hold, or a time for which the record must be kept."""

    code = "erasure-held"


class HoldEnd(Rejected):
    """A time of retention ends: give `until`, or `last_contact_at` to count from, but not both."""

    code = "hold-end"
    pointer = "/until"


class HoldOver(Rejected):
    """That end has passed already, so it holds nothing."""

    code = "hold-over"
    pointer = "/until"


class PatientNotErased(Rejected):
    """There is nothing to confirm: the keys are there still."""

    code = "patient-not-erased"
