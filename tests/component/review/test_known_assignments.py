"""A review knows whose assignment it is from what assignment tells of it."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.access.known_care import KnownCare
from libs.eventstore.pool import Pool, open_pool
from libs.testing.cast import ANNA, BORIS, CLINIC, MASHA, NOW, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.streams import Told, stream
from services.review.domain.state import AssignmentId, PatientId, TherapistId
from services.review.follow import KeptAssignments, KnownAssignment, keep
from tests.component.engines import engine_as

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("review_follow", database) as engine:
        yield engine


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("review_app"), size=2)
    yield pool
    await pool.close()


def created(therapist: UUID = ANNA) -> Told:
    data = {"patient_id": MASHA, "therapist_id": therapist, "title": {"key": "…"}, "new": "field"}
    return "interlude.assignment.AssignmentCreated.v1", data


async def test_whose_assignment_it_is_is_known_in_its_clinic_only(
    engine: Engine, pool: Pool
) -> None:
    uuid = uuid4()
    with engine.begin() as db:
        keep(db, stream("assignment", uuid, created()))
    known = KeptAssignments(pool)
    assert await known.assignment(CLINIC, uuid) == KnownAssignment(
        assignment_id=AssignmentId(uuid),
        patient_id=PatientId(MASHA),
        therapist_id=TherapistId(ANNA),
    )
    assert await known.assignment(OTHER_CLINIC, uuid) is None
    assert await known.assignment(CLINIC, uuid4()) is None


async def test_told_again_it_stays_as_it_is(engine: Engine, pool: Pool) -> None:
    uuid = uuid4()
    for _ in range(2):
        with engine.begin() as db:
            keep(db, stream("assignment", uuid, created(BORIS)))
    found = await KeptAssignments(pool).assignment(CLINIC, uuid)
    assert found is not None
    assert found.therapist_id == BORIS


async def test_people_and_sessions_are_kept_beside_assignments(engine: Engine, pool: Pool) -> None:
    scheduled: Told = (
        "interlude.care.SessionScheduled.v1",
        {
            "session_id": str(uuid4()),
            "patient_id": MASHA,
            "therapist_id": ANNA,
            "starts_at": NOW.isoformat(),
            "zone": "Europe/London",
            "duration_min": 50,
        },
    )
    assignment, session = uuid4(), uuid4()
    with engine.begin() as db:
        keep(
            db,
            [*stream("session", session, scheduled), *stream("assignment", assignment, created())],
        )
    known = await KnownCare(pool, monotonic=lambda: 0.0, clock=lambda: NOW).session(CLINIC, session)
    assert known is not None
    assert known.patient_id == MASHA
