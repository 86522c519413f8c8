"""What a patient is shown of an audit: others than themselves, who were let, in pages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from libs.audit.keeping import AuditLog
from libs.audit.looks import Look, Place
from libs.eventstore.pool import open_pool
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.databases import Database
from tests.component.audit.test_keeping import KEY, looked

pytestmark = [pytest.mark.postgres, pytest.mark.security("audit")]


@pytest.fixture
async def audit(own_database: Database) -> AsyncIterator[AuditLog]:
    """Every second record has the same time as the one before."""
    pool = await open_pool(own_database.url_as("review_app"), size=1, durable=False)
    seconds = count()
    yield AuditLog(
        pool,
        "review",
        key=KEY,
        host="here",
        clock=lambda: NOW + timedelta(seconds=next(seconds) // 2),
        new_id=uuid4,
    )
    await pool.close()


async def test_by_pages_all_are_seen_once_the_newest_first(audit: AuditLog) -> None:
    for number in range(7):
        await audit.note(replace(looked(MASHA, LEV), action=f"look{number}"))
    seen: list[Look] = []
    place: Place | None = None
    while page := await audit.looks(CLINIC, MASHA, before=place, most=2):
        assert len(page) <= 2
        seen += page
        place = page[-1].place
        assert Place.of(place.cursor) == place
    assert sorted(each.action for each in seen) == [f"look{number}" for number in range(7)]
    assert [each.place for each in seen] == sorted((each.place for each in seen), reverse=True)


async def test_not_oneself_nor_who_was_refused_nor_of_another_clinic(audit: AuditLog) -> None:
    await audit.note(looked(MASHA))
    await audit.note(replace(looked(MASHA, person_id=MASHA), role="patient", reasons=("self",)))
    await audit.note(replace(looked(MASHA, person_id=BORIS), reasons=(), outcome="not-found"))
    await audit.note(looked(MASHA, tenant_id=OTHER_CLINIC, person_id=BORIS))
    await audit.note(looked(LEV, person_id=BORIS))
    (seen,) = await audit.looks(CLINIC, MASHA, before=None, most=9)
    assert (seen.person_id, seen.role, seen.reason) == (ANNA, "therapist", "treatment")
