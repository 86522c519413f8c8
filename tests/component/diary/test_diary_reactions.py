"""A completed review files the homework in the patient's notebook (P2)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.eventstore.desk import Desk
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import Reacting
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Failure, Fresh, Reader
from libs.messaging.broker import Partition
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.sealer import ReadableSealer
from libs.testing.streams import CHAIN_KEY, stream
from services.diary import wire
from services.diary.domain.notebook import HomeworkFiled
from services.diary.reactions import reactions

pytestmark = pytest.mark.postgres

TOPIC = "interlude.review.events.v1"
REVIEWED = "interlude.review.ReviewCompleted.v1"


class Diary:
    def __init__(self, engine: AsyncEngine, store: PostgresEventStore) -> None:
        self._engine = engine
        self.notebooks: Desk[Any, Any, Any] = Desk(
            wire.notebooks, store, ReadableSealer(), chain_key=b"chain", new_id=uuid4
        )
        self._reacting = Reacting("diary", reactions(self.notebooks), now=lambda: NOW)

    async def hears(self, *told: Recorded) -> Mapping[Any, Failure]:
        reader = Reader(name="react", chain_keys={TOPIC: CHAIN_KEY})
        places = [(Partition(TOPIC, 0), offset) for offset in range(len(told))]
        fresh = [Fresh(place, recorded) for place, recorded in zip(places, told, strict=True)]
        async with self._engine.begin() as db:
            return await self._reacting(db, Batch(reader=reader, tried={}, heads={}, fresh=fresh))

    async def filed(self, patient: UUID) -> list[tuple[Recorded, HomeworkFiled]]:
        return list(await self.notebooks.history(CLINIC, patient))


@pytest.fixture
async def diary(own_database: Database) -> AsyncIterator[Diary]:
    url = own_database.url_as("diary_follow")
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    pool = await open_pool(url, size=2)
    yield Diary(engine, PostgresEventStore(pool))
    await pool.close()
    await engine.dispose()


def reviewed(
    review: UUID, assignment: UUID, session: UUID, *, patient: UUID = MASHA
) -> Sequence[Recorded]:
    data = {
        "review_id": str(review),
        "assignment_id": str(assignment),
        "session_id": str(session),
        "patient_id": str(patient),
        "therapist_id": str(ANNA),
        "decision": "continue",
        "completed_at": NOW.isoformat(),
    }
    return stream("review", review, (REVIEWED, data), subject=patient)


async def test_p2_a_completed_review_files_the_homework(diary: Diary) -> None:
    review, assignment, session = uuid4(), uuid4(), uuid4()
    (told,) = reviewed(review, assignment, session)
    assert await diary.hears(told) == {}
    [(recorded, filed)] = await diary.filed(MASHA)
    assert (filed.review_id, filed.assignment_id, filed.session_id) == (
        review,
        assignment,
        session,
    )
    assert filed.filed_at == told.occurred_at
    assert (recorded.causation_id, recorded.subject_id) == (told.event_id, MASHA)
    assert (recorded.actor_role, recorded.correlation_id) == ("system", told.correlation_id)


async def test_p2_told_again_it_is_filed_once(diary: Diary) -> None:
    (told,) = reviewed(uuid4(), uuid4(), uuid4())
    await diary.hears(told)
    await diary.hears(told)
    await diary.hears(told, told)
    assert len(await diary.filed(MASHA)) == 1


async def test_p2_each_review_is_filed_in_its_patients_notebook(diary: Diary) -> None:
    assignment, other = uuid4(), uuid4()
    first, second = (reviewed(uuid4(), assignment, uuid4())[0] for _ in range(2))
    (third,) = reviewed(uuid4(), uuid4(), uuid4(), patient=other)
    await diary.hears(first, second, third)
    assert [filed.review_id for _, filed in await diary.filed(MASHA)] == [
        first.stream_uuid,
        second.stream_uuid,
    ]
    assert len(await diary.filed(other)) == 1


async def test_other_facts_of_a_review_file_nothing(diary: Diary) -> None:
    praise = stream("review", uuid4(), ("interlude.review.PraiseGiven.v1", {}))
    assert await diary.hears(*praise) == {}
    assert await diary.filed(MASHA) == []
