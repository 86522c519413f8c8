"""Whose session it is, and who calls one off, where a request does not say: whoever tells it."""

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from services.care.domain.session_facts import CancelledBy
from services.care.domain.therapist import TherapistId


class TherapistNeeded(Rejected):
    """Say whose session it is; only a therapist who schedules may leave it out."""

    code = "therapist-needed"
    pointer = "/therapist_id"


class CancelledByThemselves(Rejected):
    """A patient cancels in their own name, not in that of a therapist or the clinic."""

    code = "cancelled-by-themselves"
    pointer = "/cancelled_by"


def therapist_of(named: TherapistId | None, told: Told) -> TherapistId:
    if named is not None:
        return named
    if told.by.role != "therapist":
        raise TherapistNeeded
    return TherapistId(told.by.person_id)


def cancelled_by(named: CancelledBy | None, told: Told) -> CancelledBy:
    match told.by.role:
        case "patient":
            if named not in {None, "patient"}:
                raise CancelledByThemselves
            return "patient"
        case "therapist":
            return named or "therapist"
        case _:
            return named or "clinic"
