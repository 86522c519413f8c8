"""What is written down is kept together and vouches for what came before, or it is said that it is
not kept.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from libs.audit.keeping import AuditLog, AuditUnavailable
from libs.audit.record import Reason, Record
from libs.eventstore.pool import open_pool
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.databases import Database

pytestmark = [pytest.mark.postgres, pytest.mark.security("audit")]

KEY = b"audit-only-for-tests-audit-only-"
TREATED: Reason = "treatment"


def looked(*patients: UUID, tenant_id: UUID = CLINIC, person_id: UUID = ANNA) -> Record:
    return Record(
        tenant_id=tenant_id,
        person_id=person_id,
        role="therapist",
        on_behalf_of=None,
        verb="read",
        action="assignment",
        thing_id=uuid4(),
        patients=patients,
        reasons=(TREATED,) * len(patients),
        outcome="done",
        client="web",
        correlation_id=uuid4(),
    )


class CountedPool:
    """Lends the connections of another, and counts how often; `broken` ones fail once asked."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.lent = 0
        self.broken = False

    async def acquire(self) -> Any:
        if self.broken:
            raise ConnectionRefusedError
        self.lent += 1
        return await self._pool.acquire()

    async def release(self, connection: Any) -> None:
        await self._pool.release(connection)


@asynccontextmanager
async def keeping(database: Database) -> AsyncIterator[tuple[AuditLog, CountedPool]]:
    pool = await open_pool(database.url_as("care_app"), size=2, durable=False)
    counted = CountedPool(pool)
    audit = AuditLog(
        counted, "care", key=KEY, host="here", clock=lambda: datetime.now(UTC), new_id=uuid4
    )
    try:
        yield audit, counted
    finally:
        await pool.close()


def rows(database: Database, query: str) -> list[Any]:
    with psycopg.connect(database.url) as superuser:
        return superuser.execute(query.encode()).fetchall()


async def test_who_waits_meanwhile_is_written_down_together(own_database: Database) -> None:
    async with keeping(own_database) as (audit, pool):
        await asyncio.gather(*(audit.note(looked(MASHA)) for _ in range(50)))
        assert pool.lent == 1
        await audit.note(looked(LEV))
    assert rows(own_database, "SELECT count(*), max(number) FROM care_audit.records") == [(51, 51)]
    assert rows(own_database, "SELECT count(DISTINCT writer) FROM care_audit.records") == [(1,)]


async def test_several_patients_of_several_clinics_stand_in_one_record_each(
    own_database: Database,
) -> None:
    async with keeping(own_database) as (audit, _):
        await asyncio.gather(
            audit.note(looked(MASHA, LEV)), audit.note(looked(LEV, tenant_id=OTHER_CLINIC))
        )
    found = rows(
        own_database,
        "SELECT r.tenant_id, w.patient_id, w.reason FROM care_audit.whose w"
        " JOIN care_audit.records r USING (writer, number) ORDER BY number, patient_id",
    )
    assert sorted(found) == sorted(
        [
            (CLINIC, MASHA, "treatment"),
            (CLINIC, LEV, "treatment"),
            (OTHER_CLINIC, LEV, "treatment"),
        ]
    )


async def test_what_cannot_be_kept_is_told_to_all_who_wait_and_the_next_begins_a_chain(
    own_database: Database,
) -> None:
    async with keeping(own_database) as (audit, pool):
        await audit.note(looked(MASHA))
        pool.broken = True
        lost = await asyncio.gather(
            audit.note(looked(MASHA)), audit.note(looked(LEV)), return_exceptions=True
        )
        assert [type(each) for each in lost] == [AuditUnavailable, AuditUnavailable]
        pool.broken = False
        await audit.note(looked(LEV))
    assert rows(own_database, "SELECT number FROM care_audit.records") == [(1,), (1,)]


async def test_who_goes_away_has_looked_all_the_same(own_database: Database) -> None:
    async with keeping(own_database) as (audit, _):
        gone = audit.note(looked(MASHA))
        gone.cancel()
        await audit.note(looked(LEV))
    assert rows(own_database, "SELECT count(*) FROM care_audit.records") == [(2,)]


async def test_what_is_no_code_is_not_taken(own_database: Database) -> None:
    async with keeping(own_database) as (audit, _):
        with pytest.raises(AuditUnavailable):
            await audit.note(replace(looked(MASHA), action="I picked a stupid film"))
    assert rows(own_database, "SELECT count(*) FROM care_audit.records") == [(0,)]


@pytest.mark.parametrize("who", ["care_owner", "care_app", "care_auditor", None])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE care_audit.records SET outcome = 'done'",
        "DELETE FROM care_audit.records",
        "TRUNCATE care_audit.records",
        "UPDATE care_audit.whose SET reason = NULL",
        "DELETE FROM care_audit.whose",
        "TRUNCATE care_audit.whose",
    ],
)
def test_nobody_changes_it(database: Database, who: str | None, change: str) -> None:
    """None: whom no right and no wall holds."""
    with psycopg.connect(database.url_as(who)) as connection:
        connection.execute("SELECT set_config('interlude.tenant', %s, true)", [str(CLINIC)])
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(change.encode())
