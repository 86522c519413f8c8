"""When this happened, request that: how care carries out an erasure and a hand-over.

interlude.care.ErasureReleased            →  the keys are destroyed, then ErasePatient
interlude.care.PatientErased              →  ConfirmErasure, for care itself
interlude.<other>.ErasureConfirmed        →  ConfirmErasure, for that service
interlude.care.CareHandedOver             →  BeginCareRelationship (handing_over.py)

Whatever dies in between is done again: what is destroyed is destroyed, what is recorded is recorded
once. The gateway, which records nothing, confirms by a command.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from libs.access import erasing
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from libs.privacy.keyring import Keyring
from libs.privacy.sealer import HELD_FOR
from libs.vocabulary.removal import Removed, removed
from services.care import handing_over
from services.care.domain import erasure
from services.care.domain.erasure import ConfirmErasure, ErasePatient
from services.care.domain.erasure_facts import Event, Where

Erasures = Desk[erasure.Command, erasure.State, Event]

CATEGORIES = erasing.SPARED | handing_over.CATEGORIES

_DESTROYED_WITHIN = 5.0
"""Seconds after which the keys are gone, counted from before they are destroyed. The keyring is
given up after two; then nothing is recorded, and what is tried again counts anew.
"""

_OTHERS: Mapping[str, Where] = {
    "interlude.assignment.ErasureConfirmed.v1": "assignment",
    "interlude.diary.ErasureConfirmed.v1": "diary",
    "interlude.review.ErasureConfirmed.v1": "review",
}


class ErasureReleased(Fact):
    patient_id: UUID


class Count(Fact):
    what: str
    count: int


class ErasureConfirmed(Fact):
    patient_id: UUID
    removed: tuple[Count, ...] = ()
    confirmed_at: datetime


def reactions(
    erasures: Erasures, keyring: Keyring, relationships: handing_over.CareRelationships
) -> Reactions:
    return {
        **handing_over.reactions(relationships),
        "interlude.care.ErasureReleased.v1": [
            Reaction(
                name="erase-patient",
                reads=ErasureReleased,
                first=_destroying(keyring),
                wishes=lambda cause, _kept: [_erased(erasures, cause)],
            )
        ],
        erasing.ERASED: [
            Reaction(
                name="confirm-own-erasure",
                reads=erasing.PatientErased,
                wishes=lambda cause, kept: [_by_care(erasures, cause, kept)],
            )
        ],
        **{name: [_by_another(erasures, where)] for name, where in _OTHERS.items()},
    }


def _destroying(keyring: Keyring) -> Callable[[Cause[ErasureReleased]], Awaitable[None]]:
    async def destroyed(cause: Cause[ErasureReleased]) -> None:
        await keyring.destroy(cause.recorded.tenant_id, cause.fact.patient_id)

    return destroyed


def _erased(erasures: Erasures, cause: Cause[ErasureReleased]) -> Wish:
    """Whoever had fetched a key before it was destroyed remembers it for so long at most."""
    destroyed_by = cause.telling["now"] + timedelta(seconds=_DESTROYED_WITHIN)
    unreadable_from = destroyed_by + timedelta(seconds=HELD_FOR)
    command = ErasePatient(**cause.telling, unreadable_from=unreadable_from)
    return Wish(desk=erasures, stream_uuid=cause.fact.patient_id, command=command)


def _by_care(erasures: Erasures, cause: Cause[erasing.PatientErased], kept: Connection) -> Wish:
    counts = erasing.removed(kept, cause.recorded.tenant_id, cause.fact.patient_id)
    if counts is None:
        # What is kept comes before what it causes, so it could not be removed: it is parked.
        raise NotKnownYet
    command = ConfirmErasure(
        **cause.telling,
        where="care",
        removed=tuple(removed(counts)),
        confirmed_at=cause.telling["now"],
    )
    return Wish(desk=erasures, stream_uuid=cause.fact.patient_id, command=command)


def _by_another(erasures: Erasures, where: Where) -> Reaction[Any]:
    def wishes(cause: Cause[ErasureConfirmed], _kept: Connection) -> list[Wish]:
        fact = cause.fact
        command = ConfirmErasure(
            **cause.telling,
            where=where,
            removed=tuple(Removed(what=each.what, count=each.count) for each in fact.removed),
            confirmed_at=fact.confirmed_at,
        )
        return [Wish(desk=erasures, stream_uuid=fact.patient_id, command=command)]

    return Reaction(name=f"hear-{where}-confirm", reads=ErasureConfirmed, wishes=wishes)
