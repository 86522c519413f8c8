"""The rules by which a patient is erased, or is not yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never, get_args

from libs.eventstore.decider import Decider
from libs.eventstore.telling import Actor
from libs.privacy.private import KeyClass
from services.care.domain.erasure import (
    AnnounceErasure,
    Command,
    ConfirmErasure,
    EndErasureHold,
    Erased,
    ErasePatient,
    ErasureIsHeld,
    ErasureNotAnnounced,
    ErasureNotRequested,
    ErasureReason,
    ErasureThePatients,
    ErasureTooEarly,
    ErasureUnderWay,
    HoldEnd,
    HoldErasure,
    HoldOver,
    NeverRequested,
    PatientNotErased,
    Released,
    ReleaseErasure,
    Requested,
    RequestErasure,
    State,
    WithdrawErasure,
    Withdrawn,
    evolve,
)
from services.care.domain.erasure_facts import (
    EVERYWHERE,
    Asker,
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
    PatientErased,
)

_KEY_CLASSES: tuple[KeyClass, ...] = get_args(KeyClass)


# --- Until it is released. ---


def request(command: RequestErasure, state: State) -> Sequence[Event]:
    asker = _asker(command.by)
    because = command.because or ("patients_wish" if asker == "patient" else None)
    if because is None or (asker == "patient" and because != "patients_wish"):
        raise ErasureReason
    # A patient who joins in what the clinic asked for has said so: from then on it is theirs.
    if isinstance(state, Requested) and asker in {"clinic_admin", state.requested_by}:
        return []
    if isinstance(state, Released | Erased):
        raise ErasureUnderWay
    return [
        ErasureRequested(
            patient_id=command.patient_id,
            requested_by=asker,
            because=because,
            requested_at=command.happened_at,
        )
    ]


def withdraw(command: WithdrawErasure, state: State) -> Sequence[Event]:
    if isinstance(state, Withdrawn):
        return []
    asker = _asker(command.by)
    if (_requested(state).requested_by, asker) == ("patient", "clinic_admin"):
        raise ErasureThePatients
    return [ErasureWithdrawn(withdrawn_by=asker, withdrawn_at=command.happened_at)]


def announce(command: AnnounceErasure, state: State) -> Sequence[Event]:
    if _requested(state).not_before is not None:
        return []
    not_before = command.now + timedelta(days=command.grace_days)
    return [ErasureAnnounced(not_before=not_before, announced_at=command.happened_at)]


def hold(command: HoldErasure, state: State) -> Sequence[Event]:
    requested = _requested(state)
    until, counted_from = _end(command)
    if until is not None and until <= command.now:
        raise HoldOver
    if (command.reason, until) in requested.holds:
        return []
    return [
        ErasureHeld(
            reason=command.reason,
            until=until,
            counted_from=counted_from,
            held_at=command.happened_at,
        )
    ]


def end_hold(command: EndErasureHold, state: State) -> Sequence[Event]:
    if command.reason not in dict(_requested(state).holds):
        return []
    return [ErasureHoldEnded(reason=command.reason, ended_at=command.happened_at)]


def release(command: ReleaseErasure, state: State) -> Sequence[Event]:
    if isinstance(state, Released | Erased):
        return []
    requested = _requested(state)
    if requested.not_before is None:
        raise ErasureNotAnnounced
    if command.now < requested.not_before:
        raise ErasureTooEarly
    if any(until is None or command.now < until for _, until in requested.holds):
        raise ErasureIsHeld
    return [ErasureReleased(patient_id=requested.patient_id, released_at=command.now)]


def _end(command: HoldErasure) -> tuple[datetime | None, CountedFrom | None]:
    if command.reason == "legal_hold":
        if command.last_contact_at is not None or command.of_age_at is not None:
            raise HoldEnd
        return command.until, None
    last, of_age = command.last_contact_at, command.of_age_at
    if (command.until is None) == (last is None) or (last is None and of_age is not None):
        raise HoldEnd
    if last is None:
        return command.until, "date"
    if of_age is not None and of_age > last:
        return _years_after(of_age, command.retention_years), "majority"
    return _years_after(last, command.retention_years), "last_contact"


def _years_after(instant: datetime, years: int) -> datetime:
    """Of the 29th of February, the day after the 28th: never a day too short."""
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, month=3, day=1)


def _requested(state: State) -> Requested:
    match state:
        case Requested():
            return state
        case Released() | Erased():
            raise ErasureUnderWay
        case NeverRequested() | Withdrawn():
            raise ErasureNotRequested
        case _:
            assert_never(state)


def _asker(by: Actor) -> Asker:
    return "patient" if by.role == "patient" else "clinic_admin"


# --- Once it is. ---


def erase(command: ErasePatient, state: State) -> Sequence[Event]:
    if isinstance(state, Erased):
        return []
    if not isinstance(state, Released):
        raise ErasureNotRequested
    return [
        PatientErased(
            patient_id=state.patient_id,
            erased_at=command.now,
            unreadable_from=command.unreadable_from,
        )
    ]


def confirm(command: ConfirmErasure, state: State) -> Sequence[Event]:
    """The last one to confirm completes the certificate."""
    if not isinstance(state, Erased):
        raise PatientNotErased
    if any(each.where == command.where for each in state.confirmed):
        return []
    confirmation = Confirmation(
        where=command.where, removed=command.removed, confirmed_at=command.confirmed_at
    )
    confirmed = ErasureConfirmed(patient_id=state.patient_id, confirmation=confirmation)
    everybody = (*state.confirmed, confirmation)
    if {each.where for each in everybody} != set(EVERYWHERE):
        return [confirmed]
    return [confirmed, _certificate(state, everybody, command.now)]


def _certificate(
    state: Erased, confirmations: tuple[Confirmation, ...], now: datetime
) -> ErasureCertified:
    """It may come within the minute in which a process remembers a key, and says when that is over:
    `unreadable_from`.
    """
    return ErasureCertified(
        patient_id=state.patient_id,
        destroyed=_KEY_CLASSES,
        erased_at=state.erased_at,
        unreadable_from=state.unreadable_from,
        confirmations=confirmations,
        certified_at=now,
    )


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RequestErasure():
            return request(command, state)
        case WithdrawErasure():
            return withdraw(command, state)
        case ErasePatient() | ConfirmErasure():
            return _done(command, state)
        case _:
            return _prepared(command, state)


def _prepared(
    command: AnnounceErasure | HoldErasure | EndErasureHold | ReleaseErasure, state: State
) -> Sequence[Event]:
    """What the clinic does about it."""
    match command:
        case AnnounceErasure():
            return announce(command, state)
        case HoldErasure():
            return hold(command, state)
        case EndErasureHold():
            return end_hold(command, state)
        case ReleaseErasure():
            return release(command, state)
        case _:
            assert_never(command)


def _done(command: ErasePatient | ConfirmErasure, state: State) -> Sequence[Event]:
    match command:
        case ErasePatient():
            return erase(command, state)
        case ConfirmErasure():
            return confirm(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NeverRequested(), evolve, decide)
