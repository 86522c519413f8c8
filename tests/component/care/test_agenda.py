"""Whether somebody has another session at a time, as care has kept its own sessions."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.eventstore.pool import open_pool
from libs.testing.cast import ANNA, BORIS, LEV, MASHA, NOW
from libs.testing.databases import Database
from services.care.agenda import KnownAgenda, Slot, Whose
from tests.component.care_facts.care import (
    CANCELLED,
    MISSED,
    MOVED,
    REINSTATED,
    group_session,
    session,
    tell,
)
from tests.component.engines import engine_as

pytestmark = pytest.mark.postgres

TOMORROW = NOW + timedelta(days=1)
THERE = uuid4()
ANNA_WITH_LEV = Whose(therapist_id=ANNA, patient_ids=[LEV], sessions=[uuid4()])
BORIS_WITH_MASHA = Whose(therapist_id=BORIS, patient_ids=[MASHA], sessions=[uuid4()])


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("care_follow", database) as engine:
        yield engine


@pytest.fixture
async def agenda(database: Database) -> AsyncIterator[KnownAgenda]:
    pool = await open_pool(database.url_as("care_app"), size=1, durable=False)
    yield KnownAgenda(pool)
    await pool.close()


@pytest.fixture
def tenant(engine: Engine) -> UUID:
    """A clinic of the test's own, where Anna meets Masha tomorrow."""
    tenant = uuid4()
    tell(engine, tenant, session(THERE))
    return tenant


def slot(*, minutes: int, length: int = 50) -> Slot:
    """So many minutes after the session that there is begins."""
    return Slot(starts_at=TOMORROW + timedelta(minutes=minutes), duration_min=length)


@pytest.mark.parametrize("whose", [ANNA_WITH_LEV, BORIS_WITH_MASHA], ids=["therapist", "patient"])
@pytest.mark.parametrize(
    ("at", "overlaps"),
    [
        (slot(minutes=0), True),
        (slot(minutes=49), True),
        (slot(minutes=-49), True),
        (slot(minutes=10, length=10), True),
        (slot(minutes=-60, length=240), True),
        (slot(minutes=50), False),
        (slot(minutes=-50), False),
        (slot(minutes=60 * 24), False),
    ],
    ids=["same", "its end", "its start", "within", "around", "after", "before", "a day later"],
)
async def test_sessions_of_one_therapist_or_one_patient_overlap(
    agenda: KnownAgenda, tenant: UUID, whose: Whose, at: Slot, *, overlaps: bool
) -> None:
    assert await agenda.overlaps(tenant, [at], whose) is overlaps


async def test_other_people_meet_at_the_same_time(agenda: KnownAgenda, tenant: UUID) -> None:
    others = Whose(therapist_id=BORIS, patient_ids=[LEV], sessions=[])
    assert not await agenda.overlaps(tenant, [slot(minutes=0)], others)


async def test_a_session_does_not_overlap_with_itself_nor_with_another_clinics(
    agenda: KnownAgenda, tenant: UUID
) -> None:
    itself = Whose(therapist_id=ANNA, patient_ids=[MASHA], sessions=[THERE])
    assert not await agenda.overlaps(tenant, [slot(minutes=10)], itself)
    assert not await agenda.overlaps(uuid4(), [slot(minutes=10)], ANNA_WITH_LEV)


@pytest.mark.parametrize("off", [CANCELLED, MISSED], ids=["cancelled", "missed"])
async def test_a_session_that_is_off_is_in_nobodys_way(
    agenda: KnownAgenda, engine: Engine, off: tuple[str, dict[str, object]]
) -> None:
    tenant, there = uuid4(), uuid4()
    tell(engine, tenant, session(there, off))
    assert not await agenda.overlaps(tenant, [slot(minutes=0)], ANNA_WITH_LEV)
    tell(engine, tenant, session(there, off, REINSTATED))
    assert await agenda.overlaps(tenant, [slot(minutes=0)], ANNA_WITH_LEV)


async def test_c25_a_groups_session_is_in_the_way_of_who_leads_it(
    agenda: KnownAgenda, engine: Engine
) -> None:
    tenant = uuid4()
    tell(engine, tenant, group_session(uuid4()))
    assert await agenda.overlaps(tenant, [slot(minutes=0)], ANNA_WITH_LEV)
    assert not await agenda.overlaps(tenant, [slot(minutes=0)], BORIS_WITH_MASHA)


async def test_where_a_session_was_moved_to_is_what_counts(
    agenda: KnownAgenda, engine: Engine
) -> None:
    tenant = uuid4()
    tell(engine, tenant, session(uuid4(), MOVED))
    assert not await agenda.overlaps(tenant, [slot(minutes=0)], ANNA_WITH_LEV)
    a_day_later = slot(minutes=24 * 60)
    assert await agenda.overlaps(tenant, [slot(minutes=0), a_day_later], ANNA_WITH_LEV)
