"""Patients' zones and sessions, as any service knows them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.access.known_care import KnownCare
from libs.access.relationships import KnownPatient, KnownSession
from libs.testing.cast import ANNA, BORIS, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.streams import Told
from tests.component.care_facts.care import (
    AWAY,
    CANCELLED,
    CLINIC_LIFE,
    ENDED,
    LONDON,
    MISSED,
    MOVED,
    RENAMED,
    SPANISH,
    STARTED,
    patient,
    session,
    tell,
)

pytestmark = pytest.mark.postgres


async def test_a_patients_days_have_a_zone(engine: Engine, known: KnownCare, tenant: UUID) -> None:
    tell(engine, tenant, patient(LEV, "Asia/Tokyo"), CLINIC_LIFE[1])
    assert await known.patient(tenant, LEV) == KnownPatient(
        patient_id=LEV, zone="Asia/Tokyo", locale="en-GB"
    )
    assert await known.patient(tenant, MASHA) is None
    assert await known.patient(tenant, ANNA) is None
    assert await known.patient(OTHER_CLINIC, LEV) is None


async def test_a_patients_days_begin_where_they_are_by_now(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    """Whatever else is said of them meanwhile."""
    tell(engine, tenant, patient(MASHA, LONDON, RENAMED, AWAY, SPANISH))
    assert await known.patient(tenant, MASHA) == KnownPatient(patient_id=MASHA, zone="Asia/Tokyo")


async def test_a_session_is_known_with_where_it_was_moved_to(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    uuid = uuid4()
    tell(engine, tenant, session(uuid, MOVED))
    assert await known.session(tenant, uuid) == KnownSession(
        session_id=uuid,
        patient_id=MASHA,
        therapist_id=ANNA,
        starts_at=NOW + timedelta(days=2),
        zone=LONDON,
    )
    assert await known.session(OTHER_CLINIC, uuid) is None


@pytest.mark.parametrize(
    ("later", "held", "off"),
    [
        ([], False, False),
        ([STARTED], True, False),
        ([STARTED, ENDED], True, False),
        ([CANCELLED], False, True),
        ([MISSED], False, True),
    ],
)
async def test_a_session_is_held_off_or_still_to_come(
    engine: Engine, known: KnownCare, tenant: UUID, later: list[Told], *, held: bool, off: bool
) -> None:
    uuid = uuid4()
    tell(engine, tenant, session(uuid, *later))
    found = await known.session(tenant, uuid)
    assert found is not None
    assert (found.held, found.off) == (held, off)


async def test_the_next_session_is_the_first_that_is_not_off(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    cancelled, third, fourth = (uuid4() for _ in range(3))
    tell(
        engine,
        tenant,
        session(fourth, days=9),
        session(third, days=5),
        session(cancelled, CANCELLED, days=3),
    )
    following = await known.next_session(tenant, MASHA, ANNA, NOW)
    assert following is not None
    assert following.session_id == third
    assert await known.next_session(tenant, MASHA, ANNA, NOW + timedelta(days=9)) is None
    assert await known.next_session(tenant, MASHA, BORIS, NOW) is None
    assert await known.next_session(tenant, LEV, ANNA, NOW) is None


async def test_told_late_the_next_session_may_have_been_held(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    held = uuid4()
    tell(engine, tenant, session(uuid4(), days=5), session(held, STARTED, ENDED))
    following = await known.next_session(tenant, MASHA, ANNA, NOW)
    assert following is not None
    assert following.session_id == held
