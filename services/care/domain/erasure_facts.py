"""What is said of a patient's erasure. Ids, codes, counts and times only: it outlives the keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from libs.privacy.private import KeyClass
from libs.vocabulary.removal import Removed
from services.care.domain.patient import PatientId

Asker = Literal["patient", "clinic_admin"]

Because = Literal["patients_wish", "retention_over", "entered_in_error", "other"]

Hold = Literal["legal_hold", "retention"]

CountedFrom = Literal["date", "last_contact", "majority"]

Where = Literal["care", "assignment", "diary", "review", "gateway"]

EVERYWHERE: tuple[Where, ...] = get_args(Where)
"""Who keeps something of a patient, and so has to confirm."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """The patient wishes to be erased; told by themselves, or by the clinic on their behalf."""

    patient_id: PatientId
    requested_by: Asker
    because: Because
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAnnounced:
    """Nothing is erased before `not_before`; until then the patient may withdraw."""

    not_before: datetime
    announced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureHeld:
    """It may not be carried out `until` then; without an end, until somebody ends the hold.
    `counted_from` says what a time of retention was counted from.
    """

    reason: Hold
    until: datetime | None = None
    counted_from: CountedFrom | None = None
    held_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureHoldEnded:
    """This reason holds it no more; another one may."""

    reason: Hold
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureWithdrawn:
    """Nothing is erased. The wish may come again."""

    withdrawn_by: Asker
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReleased:
    """From here on it cannot be taken back: the patient's keys are destroyed next."""

    patient_id: PatientId
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientErased:
    """The patient's keys are destroyed, and with them all that anybody wrote about them. Whoever
    keeps something of this patient removes it now, and confirms. `unreadable_from`: by then no
    process remembers a key either.
    """

    patient_id: PatientId
    erased_at: datetime
    unreadable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Where it was removed, when, and how much of what."""

    where: Where
    removed: tuple[Removed, ...]
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureConfirmed:
    """One of those who kept something of this patient has removed it."""

    patient_id: PatientId
    confirmation: Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCertified:
    """The certificate: which keys were destroyed and when, from when on nobody could read anything,
    and who removed what, where and when. Backups of the keyring outlive it by 30 days at most.
    """

    patient_id: PatientId
    destroyed: tuple[KeyClass, ...]
    erased_at: datetime
    unreadable_from: datetime
    confirmations: tuple[Confirmation, ...]
    certified_at: datetime


Event = (
    ErasureRequested
    | ErasureAnnounced
    | ErasureHeld
    | ErasureHoldEnded
    | ErasureWithdrawn
    | ErasureReleased
    | PatientErased
    | ErasureConfirmed
    | ErasureCertified
)
