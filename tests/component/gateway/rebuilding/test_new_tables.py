"""The new tables are like the old ones, and hold what was told while they were made."""

import asyncio
from threading import Event, Thread

import asyncpg
import psycopg
import pytest

from libs.eventstore.migrating import migrate
from libs.eventstore.rebuilding import CannotRebuild
from libs.testing.databases import Database
from services.gateway import operating
from tests.component.gateway.clinic import Clinic, eventually, sessions
from tests.component.gateway.declared import differences
from tests.component.gateway.rebuilding.rebuilds import READ_MODELS, only

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

_SHAPE = """
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
  SELECT format('%s %s %s', attname, format_type(atttypid, atttypmod), attgenerated) AS line
  FROM pg_attribute WHERE attrelid = to_regclass('gateway.assignments') AND attnum > 0
  UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index
  WHERE indrelid = to_regclass('gateway.assignments')
  UNION ALL SELECT pg_get_constraintdef(oid) || conname FROM pg_constraint
  WHERE conrelid = to_regclass('gateway.assignments') AND contype <> 'n'
  UNION ALL SELECT format('%s %s %s %s %s', policyname, roles, cmd, qual, with_check)
  FROM pg_policies WHERE (schemaname, tablename) = ('gateway', 'assignments')
  UNION ALL SELECT format('%s %s', grantee::regrole, privilege_type)
  FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = to_regclass('gateway.assignments')
  UNION ALL SELECT format('%s %s %s', relrowsecurity, relforcerowsecurity, reloptions)
  FROM pg_class WHERE oid = to_regclass('gateway.assignments')
) AS lines
"""


def test_the_new_tables_have_the_indexes_policies_and_rights_of_the_old(clinic: Clinic) -> None:
    clinic.ask("ALTER TABLE assignments SET (fillfactor = 80)")
    clinic.ask("CREATE INDEX lately ON assignments (changed_at) WHERE status LIKE 'a%'")
    before = clinic.ask(_SHAPE)
    operating.rebuilt(clinic.settings, "assignment")
    assert clinic.ask(_SHAPE) == before
    assert "CREATE INDEX lately ON gateway.assignments" in str(before)


def test_migrations_go_on_with_the_new_tables(clinic: Clinic) -> None:
    for name in READ_MODELS:
        operating.rebuilt(clinic.settings, name)
    url = clinic.database.url_as("gateway_owner")
    migrate("gateway", url)
    assert differences(clinic.database) == []
    with psycopg.connect(url) as owner:
        owner.execute("ALTER TABLE goals ADD COLUMN since date")


async def test_who_reads_meanwhile_reads_on_with_what_they_had_prepared(clinic: Clinic) -> None:
    pool = await asyncpg.create_pool(clinic.database.url_as("gateway_app"), min_size=1, max_size=1)
    tenant = str(clinic.ask("SELECT tenant_id FROM sessions"))

    async def seen() -> int:
        async with pool.acquire() as api, api.transaction():
            await api.execute("SELECT set_config('interlude.tenant', $1, true)", tenant)
            return len(await api.fetch("SELECT * FROM sessions WHERE duration_min < $1", 600))

    before = await seen()
    clinic.ask("UPDATE sessions SET duration_min = 999")
    assert (before, await seen()) == (2, 0)
    await asyncio.to_thread(_rebuilt_elsewhere, clinic, "sessions")
    assert await seen() == before
    await pool.close()


def _rebuilt_elsewhere(clinic: Clinic, name: str) -> None:
    done = clinic.command("projector", "rebuild", name)
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def busy_clinic(
    request: pytest.FixtureRequest, own_database: Database, topic_prefix: str
) -> Clinic:
    """Nothing has been told there yet."""
    if request.param == "embedded":
        return Clinic(own_database, own_database.url_as("broker_app"), "")
    return Clinic(own_database, request.getfixturevalue("kafka_broker"), topic_prefix)


def test_what_is_told_meanwhile_is_in_the_new_tables_too(busy_clinic: Clinic) -> None:
    clinic, told = busy_clinic, sessions(300, moves=3)
    clinic.told(*told)
    stop = Event()

    def telling() -> None:
        while not stop.is_set():
            told.extend(more := sessions(20, moves=2))
            clinic.told(*more)

    with clinic.live():
        thread = Thread(target=telling)
        thread.start()
        try:
            eventually(lambda: clinic.read() > 400)
            assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
            assert only(operating.verified(clinic.settings, "sessions")) == (0, 0)
        finally:
            stop.set()
            thread.join()
        clinic.caught_up()
    assert clinic.ask("SELECT count(*) FROM sessions") == len(told)
    assert only(operating.verified(clinic.settings, "sessions")) == (0, 0)
    assert clinic.ask("SELECT count(*) FROM gateway_old.sessions") != len(told)


def test_the_old_tables_stay_until_they_are_dropped(clinic: Clinic) -> None:
    operating.rebuilt(clinic.settings, "people")
    with pytest.raises(CannotRebuild, match="still kept: `projector rebuild people --drop` first"):
        operating.rebuilt(clinic.settings, "people")
    assert operating.dropped(clinic.settings, "people") == 2
    assert operating.dropped(clinic.settings, "people") == 0
    operating.rebuilt(clinic.settings, "people")
