"""When treatment ended elsewhere, or a life, request that of the homework here.

Death ends whatever is open of the patient's. Homework that was given at that very moment is looked
at once more when this service hears of it itself, and so is what is reopened: between the two of
them nothing is missed. A discharge says of each open homework what becomes of it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from libs.access.care_facts import people
from libs.eventstore.desk import Desk
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from libs.vocabulary.moment import LocalMoment
from services.assignment import follow
from services.assignment.domain.leaving import (
    CorrectDeath,
    DischargeOutcome,
    EndAtDischarge,
    EndByDeath,
)
from services.assignment.domain.outcome import CompletionId
from services.assignment.domain.terms import PatientId
from services.assignment.follow import deaths, homework

_CARE = "interlude.care.{}.v1"
_OWN = "interlude.assignment.{}.v1"
CATEGORIES = frozenset({"patient", "assignment"})

Assignments = Desk[Any, Any, Any]


class Discharged(Fact):
    assignment_id: UUID
    outcome: DischargeOutcome


class PatientDischarged(Fact):
    patient_id: UUID
    assignments: tuple[Discharged, ...] = ()


def reactions(assignments: Assignments) -> Reactions:
    def discharging(cause: Cause[PatientDischarged], _db: Connection) -> Sequence[Wish]:
        outcomes = {each.assignment_id: each.outcome for each in cause.fact.assignments}
        return [
            Wish(desk=assignments, stream_uuid=id_, command=_at_discharge(cause, outcome))
            for id_, outcome in outcomes.items()
        ]

    def dying(cause: Cause[follow.PatientDied], db: Connection) -> Sequence[Wish]:
        command = _by_death(cause, db, cause.fact.patient_id, cause.fact.died_on)
        return _of_all(cause, db, command)

    def living(cause: Cause[follow.PatientDeathCorrected], db: Connection) -> Sequence[Wish]:
        command = CorrectDeath(**cause.telling, patient_id=PatientId(cause.fact.patient_id))
        return _of_all(cause, db, command)

    def heard_of_later(cause: Cause[Any], db: Connection) -> Sequence[Wish]:
        patient_id = cause.recorded.subject_id
        died_on = None if patient_id is None else _died_on(db, cause.recorded.tenant_id, patient_id)
        if patient_id is None or died_on is None:
            return []
        command = _by_death(cause, db, patient_id, died_on)
        return [Wish(desk=assignments, stream_uuid=cause.recorded.stream_uuid, command=command)]

    def _of_all(cause: Cause[Any], db: Connection, command: Any) -> Sequence[Wish]:
        """Open or not: only the homework itself knows that, and what is kept may be older."""
        found = db.execute(
            select(homework.c.assignment_id)
            .where(
                homework.c.tenant_id == cause.recorded.tenant_id,
                homework.c.patient_id == command.patient_id,
            )
            .order_by(homework.c.assignment_id)
        ).scalars()
        return [
            Wish(desk=assignments, stream_uuid=UUID(int=id_.int), command=command) for id_ in found
        ]

    return {
        _CARE.format("PatientDischarged"): [
            Reaction(name="ended-at-discharge", reads=PatientDischarged, wishes=discharging)
        ],
        _CARE.format("PatientDied"): [
            Reaction(name="ended-by-death", reads=follow.PatientDied, wishes=dying)
        ],
        _CARE.format("PatientDeathCorrected"): [
            Reaction(
                name="reopened-by-correction", reads=follow.PatientDeathCorrected, wishes=living
            )
        ],
        _OWN.format("AssignmentCreated"): [
            Reaction(name="ended-as-created", reads=follow.AssignmentCreated, wishes=heard_of_later)
        ],
        _OWN.format("AssignmentReopened"): [
            Reaction(
                name="ended-as-reopened", reads=follow.AssignmentReopened, wishes=heard_of_later
            )
        ],
    }


def _at_discharge(cause: Cause[PatientDischarged], outcome: DischargeOutcome) -> EndAtDischarge:
    return EndAtDischarge(
        **cause.telling,
        id=CompletionId(cause.recorded.event_id),
        patient_id=PatientId(cause.fact.patient_id),
        outcome=outcome,
    )


def _by_death(cause: Cause[Any], db: Connection, patient_id: UUID, died_on: date) -> EndByDeath:
    """As of the beginning of that day: what was asked for after it, nobody missed."""
    zone = _zone(db, cause.recorded.tenant_id, patient_id)
    begins = LocalMoment(local=datetime.combine(died_on, time()), zone=zone).instant()
    return EndByDeath(
        by=cause.telling["by"],
        happened_at=begins.astimezone(UTC),
        now=cause.telling["now"],
        patient_id=PatientId(UUID(int=patient_id.int)),
        died_on=died_on,
    )


def _died_on(db: Connection, tenant_id: UUID, patient_id: UUID) -> date | None:
    found: date | None = db.execute(
        select(deaths.c.died_on).where(
            deaths.c.tenant_id == tenant_id, deaths.c.patient_id == patient_id
        )
    ).scalar()
    return found


def _zone(db: Connection, tenant_id: UUID, patient_id: UUID) -> str:
    found: str | None = db.execute(
        select(people.c.zone).where(
            people.c.tenant_id == tenant_id,
            people.c.person_id == patient_id,
            people.c.kind == "patient",
        )
    ).scalar()
    return found or "UTC"
