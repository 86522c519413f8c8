"""What GET shows of an erasure, of the clinic's policy for it, and of erased private text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from libs.eventstore.recorded import Recorded
from libs.privacy.private import KeyClass
from services.care.domain import erasure_policy, private_text
from services.care.domain.clinic import ClinicId
from services.care.domain.erasure_facts import (
    Asker,
    Because,
    Confirmation,
    CountedFrom,
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
)
from services.care.domain.patient import PatientId

Status = Literal["requested", "announced", "withdrawn", "released", "erased", "certified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """What holds it, and until when; without an end, until somebody ends it."""

    reason: Hold
    until: datetime | None
    counted_from: CountedFrom | None
    held_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """Where it stands. With `certified_at` it is the certificate: `destroyed` says which keys were,
    `unreadable_from` from when on nobody could read anything, `confirmations` who removed what.
    """

    id: PatientId
    status: Status
    requested_by: Asker
    because: Because
    requested_at: datetime
    announced_at: datetime | None = None
    not_before: datetime | None = None
    holds: tuple[HoldView, ...] = ()
    withdrawn_at: datetime | None = None
    released_at: datetime | None = None
    erased_at: datetime | None = None
    unreadable_from: datetime | None = None
    destroyed: tuple[KeyClass, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    certified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePolicyView:
    """`grace_days` between announcing and erasing; `retention_years` after the last contact."""

    id: ClinicId
    grace_days: int
    retention_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextErasureView:
    """When the patient last erased what they had written for themselves alone."""

    id: PatientId
    erased_at: datetime


def of_policy(
    history: Sequence[tuple[Recorded, erasure_policy.Event]],
) -> ErasurePolicyView:
    fact = history[-1][1]
    return ErasurePolicyView(
        id=fact.clinic_id, grace_days=fact.grace_days, retention_years=fact.retention_years
    )


def of_private_text(
    history: Sequence[tuple[Recorded, private_text.Event]],
) -> PrivateTextErasureView:
    fact = history[-1][1]
    return PrivateTextErasureView(id=fact.patient_id, erased_at=fact.erased_at)


def of_erasure(history: Sequence[tuple[Recorded, Event]]) -> ErasureView:
    view: ErasureView | None = None
    for _, fact in history:
        view = _requested(view, fact) if isinstance(fact, ErasureRequested) else _after(view, fact)
    assert view is not None  # noqa: S101 - a stream begins with its first fact
    return view


def _requested(before: ErasureView | None, fact: ErasureRequested) -> ErasureView:
    """A wish that comes again finds what holds it; one that joins the clinic's is told already."""
    if before is not None and before.status in {"requested", "announced"}:
        return replace(
            before,
            requested_by=fact.requested_by,
            because=fact.because,
            requested_at=fact.requested_at,
        )
    return ErasureView(
        id=fact.patient_id,
        status="requested",
        requested_by=fact.requested_by,
        because=fact.because,
        requested_at=fact.requested_at,
        holds=() if before is None else before.holds,
    )


def _after(view: ErasureView | None, fact: Event) -> ErasureView | None:
    match fact, view:
        case ErasureAnnounced(), ErasureView():
            return replace(
                view,
                status="announced",
                announced_at=fact.announced_at,
                not_before=fact.not_before,
            )
        case ErasureHeld() | ErasureHoldEnded(), ErasureView():
            return replace(view, holds=_holds(view, fact))
        case ErasureWithdrawn(), ErasureView():
            return replace(view, status="withdrawn", withdrawn_at=fact.withdrawn_at)
        case ErasureReleased(), ErasureView():
            return replace(view, status="released", released_at=fact.released_at)
        case _:
            return _done(view, fact)


def _done(view: ErasureView | None, fact: Event) -> ErasureView | None:
    match fact, view:
        case PatientErased(), ErasureView():
            return replace(
                view,
                status="erased",
                erased_at=fact.erased_at,
                unreadable_from=fact.unreadable_from,
            )
        case ErasureConfirmed(), ErasureView():
            return replace(view, confirmations=(*view.confirmations, fact.confirmation))
        case ErasureCertified(), ErasureView():
            return replace(
                view,
                status="certified",
                destroyed=fact.destroyed,
                certified_at=fact.certified_at,
            )
        case _:
            return view


def _holds(view: ErasureView, fact: ErasureHeld | ErasureHoldEnded) -> tuple[HoldView, ...]:
    others = tuple(each for each in view.holds if each.reason != fact.reason)
    if isinstance(fact, ErasureHoldEnded):
        return others
    held = HoldView(
        reason=fact.reason,
        until=fact.until,
        counted_from=fact.counted_from,
        held_at=fact.held_at,
    )
    return (*others, held)
