"""What GET shows of a patient: who they are, where they have lived, and how treatment went on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from libs.eventstore.recorded import Recorded
from libs.vocabulary.identifier import Identifier
from libs.vocabulary.text import Label
from services.care.domain import patient, patient_course
from services.care.domain.identified import PatientIdentified
from services.care.domain.patient import PatientId, PatientRegistered
from services.care.domain.patient_course import (
    DischargeReason,
    PatientDeathCorrected,
    PatientDied,
    PatientDischarged,
    PatientReadmitted,
    Settled,
)
from services.care.domain.patient_details import (
    PatientDetailsChanged,
    PatientZoneChanged,
    ZoneReason,
)
from services.care.view import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOfTheirs:
    """Where their days began and ended from `since` on; the first has neither that nor a reason."""

    zone: str
    since: datetime | None = None
    reason: ZoneReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeView:
    """When treatment ended and why, and what became of homework that was open then."""

    discharged_at: datetime
    reason: DischargeReason
    assignments: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """A patient of the clinic. `zone` is where they live now, `zones` where they have lived;
    `discharge` while treatment has ended.
    """

    id: PatientId
    name: Label
    zone: str
    locale: str
    zones: tuple[ZoneOfTheirs, ...]
    discharge: DischargeView | None = None
    readmitted_at: datetime | None = None
    died_on: date | None = None
    identifiers: tuple[Identifier, ...] = ()


def of_patient(history: Sequence[tuple[Recorded, patient.Event]]) -> PatientView:
    return folded(history, _after)


def _after(view: PatientView | None, fact: patient.Event) -> PatientView | None:
    if isinstance(fact, PatientRegistered):
        return PatientView(
            id=fact.patient_id,
            name=fact.name,
            zone=fact.zone,
            locale=fact.locale,
            zones=(ZoneOfTheirs(zone=fact.zone),),
        )
    return None if view is None else _changed(view, fact)


def _changed(view: PatientView, fact: patient.Event) -> PatientView:
    match fact:
        case PatientRegistered():
            return view
        case PatientIdentified():
            one = Identifier(system=fact.system, value=fact.value)
            return replace(view, identifiers=(*view.identifiers, one))
        case PatientDetailsChanged():
            name = view.name if fact.name is None else fact.name
            return replace(view, name=name, locale=fact.locale or view.locale)
        case PatientZoneChanged():
            now = ZoneOfTheirs(zone=fact.zone, since=fact.changed_at, reason=fact.reason)
            return replace(view, zone=fact.zone, zones=(*view.zones, now))
        case _:
            return _treated(view, fact)


def _treated(view: PatientView, fact: patient_course.Event) -> PatientView:
    match fact:
        case PatientDischarged():
            return replace(view, discharge=_discharged(view.discharge, fact))
        case PatientReadmitted():
            return replace(view, discharge=None, readmitted_at=fact.readmitted_at)
        case PatientDied():
            return replace(view, died_on=fact.died_on)
        case PatientDeathCorrected():
            return replace(view, died_on=None)
        case _:
            assert_never(fact)


def _discharged(before: DischargeView | None, fact: PatientDischarged) -> DischargeView:
    settled = () if before is None else before.assignments
    return DischargeView(
        discharged_at=fact.discharged_at,
        reason=fact.reason,
        assignments=(*settled, *fact.assignments),
    )
