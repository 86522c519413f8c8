"""What care tells of a clinic's people, of who treats whom and of their sessions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine

from libs.access import care_facts
from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW
from libs.testing.streams import Told, stream

LONDON = "Europe/London"


def _care(fact: str, **data: Any) -> Told:
    return f"interlude.care.{fact}.v1", data


def patient(who: UUID = MASHA, zone: str = LONDON, *later: Told) -> Sequence[Recorded]:
    told = _care("PatientRegistered", patient_id=who, zone=zone, locale="en-GB")
    return stream("patient", who, told, *later, subject=who)


def therapist(who: UUID) -> Sequence[Recorded]:
    return stream("therapist", who, _care("TherapistRegistered", therapist_id=who), subject=who)


def relationship(uuid: UUID, *, ended: bool = False) -> Sequence[Recorded]:
    began = _care(
        "CareRelationshipBegan", patient_id=MASHA, therapist_id=ANNA, began_at=NOW.isoformat()
    )
    after = [_care("CareRelationshipEnded", ended_at=NOW.isoformat())] if ended else []
    return stream("relationship", uuid, began, *after)


def handed_over(uuid: UUID, to: UUID, *, began_days_ago: int = 30) -> Sequence[Recorded]:
    """From Anna to Boris, now; the other relationship begins in a stream of its own."""
    began_at = (NOW - timedelta(days=began_days_ago)).isoformat()
    began = _care("CareRelationshipBegan", patient_id=MASHA, therapist_id=ANNA, began_at=began_at)
    over = _care(
        "CareHandedOver",
        relationship_id=uuid,
        to_relationship_id=to,
        from_therapist_id=ANNA,
        to_therapist_id=BORIS,
        patient_id=MASHA,
        handed_over_at=NOW.isoformat(),
        reason="therapist_left",
    )
    return stream("relationship", uuid, began, over)


def supervision(uuid: UUID, *, ended: bool = False) -> Sequence[Recorded]:
    """Boris supervises Anna."""
    began = _care(
        "SupervisionBegan", supervisor_id=BORIS, therapist_id=ANNA, began_at=NOW.isoformat()
    )
    after = [_care("SupervisionEnded", ended_at=NOW.isoformat())] if ended else []
    return stream("supervision", uuid, began, *after, subject=None)


def departure(
    who: UUID, *, days: int = 0, returned: bool = False, left_again: bool = False
) -> Sequence[Recorded]:
    """So many days from now on."""
    at = (NOW + timedelta(days=days)).isoformat()
    left = _care("StaffLeft", person_id=who, left_at=at)
    back = [_care("StaffReturned", returned_at=at)] if returned else []
    return stream("departure", who, left, *back, *([left] if left_again else []), subject=None)


def window(*days: int) -> Sequence[Recorded]:
    told = [_care("RecordsWindowSet", clinic_id=CLINIC, days=each) for each in days]
    return stream("window", CLINIC, *told, subject=None)


def session(uuid: UUID, *later: Told, days: int = 1) -> Sequence[Recorded]:
    scheduled = _care(
        "SessionScheduled",
        session_id=uuid,
        patient_id=MASHA,
        therapist_id=ANNA,
        **_times(days),
    )
    return stream("session", uuid, scheduled, *later)


def group_session(uuid: UUID) -> Sequence[Recorded]:
    """Anna leads it tomorrow."""
    scheduled = _care(
        "GroupSessionScheduled",
        session_id=uuid,
        group_id=UUID(int=5),
        therapist_id=ANNA,
        **_times(1),
    )
    return stream("session", uuid, scheduled, subject=None)


def _times(days: int) -> dict[str, Any]:
    starts_at = (NOW + timedelta(days=days)).isoformat()
    return {"starts_at": starts_at, "zone": LONDON, "duration_min": 50}


AWAY = _care("PatientZoneChanged", zone="Asia/Tokyo", changed_at=NOW.isoformat(), reason="moved")
RENAMED = _care("PatientDetailsChanged", name={"key": "…"}, changed_at=NOW.isoformat())
SPANISH = _care("PatientDetailsChanged", locale="es-ES", changed_at=NOW.isoformat())
MOVED = _care("SessionRescheduled", **_times(2))
STARTED = _care("SessionStarted", started_at=NOW.isoformat())
ENDED = _care("SessionEnded", ended_at=NOW.isoformat())
CANCELLED = _care("SessionCancelled")
MISSED = _care("SessionNoShowRecorded")
REINSTATED = _care("SessionReinstated")

CLINIC_LIFE: Sequence[Sequence[Recorded]] = [
    stream("clinic", CLINIC, _care("ClinicRegistered", name="x", zone=LONDON), subject=None),
    therapist(ANNA),
    patient(MASHA, LONDON, AWAY, RENAMED, SPANISH),
    patient(LEV, "Asia/Tokyo"),
    # Two requests at once, each of which saw nobody under this id:
    therapist(LEV),
    relationship(uuid4(), ended=True),
    relationship(uuid4()),
    handed_over(uuid4(), uuid4()),
    departure(BORIS, returned=True, left_again=True),
    departure(ANNA, returned=True),
    window(14, 0, 30),
    session(uuid4(), STARTED, ENDED),
    session(uuid4(), MOVED, CANCELLED),
    session(uuid4(), MOVED, MOVED, MISSED),
    session(uuid4(), CANCELLED, REINSTATED),
    group_session(uuid4()),
]


def tell(engine: Engine, tenant: UUID, *streams: Sequence[Recorded]) -> None:
    with engine.begin() as db:
        for told in streams:
            care_facts.keep(db, _of(tenant, told))


def _of(tenant: UUID, told: Sequence[Recorded]) -> Sequence[Recorded]:
    return [replace(one, tenant_id=tenant) for one in told]
