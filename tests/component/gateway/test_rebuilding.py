"""Every read model can be thrown away: one is made anew beside it, and put in its place."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import asyncpg
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine

from libs.eventstore.migrating import migrate
from libs.eventstore.rebuilding import CannotRebuild
from libs.eventstore.recorded import Recorded
from libs.process.showing import Interrupted
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring
from services.gateway import operating
from services.gateway.projections import sessions as sessions_model
from services.gateway.projections.everything import BY_NAME
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from tests.component.gateway.clinic import Clinic, eventually, sessions
from tests.component.gateway.telling import Story

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

READ_MODELS = sorted(BY_NAME.keys() - {"feed"})

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


@pytest.fixture
def clinic(own_database: Database) -> Clinic:
    return _lived_through(own_database)


@pytest.fixture(scope="module")
def same_clinic(database: Database) -> Clinic:
    """For cases that leave it as they found it."""
    return _lived_through(database)


def _lived_through(database: Database) -> Clinic:
    """The story; the projector has read all of it and stopped."""
    clinic = Clinic(database, database.url_as("broker_app"), "")
    clinic.told(*asyncio.run(Story(MemoryKeyring()).whole()))
    with clinic.live():
        clinic.caught_up()
    return clinic


def only(found: Sequence[Any]) -> tuple[int, int]:
    return sum(each.only_live for each in found), sum(each.only_rebuilt for each in found)


def left_behind(clinic: Clinic) -> object:
    return clinic.ask(
        "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = 'gateway_next')"
        " + (SELECT count(*) FROM positions WHERE reader <> 'live')"
        " + (SELECT count(*) FROM applied WHERE reader <> 'live')"
    )


@pytest.mark.parametrize("name", BY_NAME)
def test_every_projection_is_what_its_topics_make_row_for_row(
    same_clinic: Clinic, name: str
) -> None:
    assert only(operating.verified(same_clinic.settings, name)) == (0, 0)
    assert left_behind(same_clinic) == 0


@pytest.mark.parametrize("name", READ_MODELS)
def test_a_row_that_nobody_told_is_found_by_verify_and_gone_after_a_rebuild(
    same_clinic: Clinic, name: str
) -> None:
    clinic, table = same_clinic, next(iter(BY_NAME[name].tables)).name
    elsewhere = "00000000-0000-7000-8000-00000000dead"
    clinic.ask(f"UPDATE {table} SET tenant_id = '{elsewhere}'")  # noqa: S608 - one of our own
    rows = int(str(clinic.ask(f"SELECT count(*) FROM {table}")))  # noqa: S608 - as above

    assert only(operating.verified(clinic.settings, name)) == (rows, rows)
    assert only(operating.rebuilt(clinic.settings, name)) == (rows, rows)
    assert only(operating.verified(clinic.settings, name)) == (0, 0)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM feed WHERE number = 2",
        "UPDATE feed SET number = 1002 WHERE number = 2",
        "UPDATE feed SET event_id = gen_random_uuid() WHERE number = 2",
        "UPDATE feed_heads SET number = number + 1",
    ],
)
def test_the_feed_holds_every_fact_once_and_says_when_not(clinic: Clinic, damage: str) -> None:
    clinic.ask(damage)
    ours, theirs = only(operating.verified(clinic.settings, "feed"))
    assert ours + theirs > 0


def test_the_feed_is_not_rebuilt_for_clients_stand_in_it(clinic: Clinic) -> None:
    with pytest.raises(CannotRebuild, match="feed is never rebuilt"):
        operating.rebuilt(clinic.settings, "feed")


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
    declared = MetaData()
    for projection in LIVE_PROJECTIONS:
        for table in projection.tables:
            table.to_metadata(declared)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in declared.tables},
        )
        assert compare_metadata(context, declared) == []
    engine.dispose()
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


class Stopping:
    """Ends the work after so many batches, as Ctrl-C would."""

    def __init__(self, batches: int) -> None:
        self.left = batches
        self.told: list[tuple[int, int]] = []

    @contextmanager
    def __call__(self, _what: str, *, interrupted: str) -> Iterator[Any]:
        def tell(done: int, total: int) -> None:
            self.told.append((done, total))
            self.left -= 1
            if self.left == 0:
                raise Interrupted(interrupted)

        yield tell


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.told(*sessions(1000, moves=2))
    with clinic.live():
        clinic.caught_up()
    monkeypatch.setattr(operating, "shown", first := Stopping(2))
    with pytest.raises(Interrupted, match="goes on from here"):
        operating.rebuilt(clinic.settings, "sessions")
    reached = clinic.read("rebuild:sessions")
    assert reached == first.told[-1][0] < clinic.read()

    monkeypatch.setattr(operating, "shown", second := Stopping(-1))
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert second.told[0][0] > reached
    assert clinic.ask("SELECT count(*) FROM sessions") == 1002
    assert left_behind(clinic) == 0


def test_what_other_code_began_is_begun_anew(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(operating, "shown", Stopping(1))
        old.setattr(operating, "_mark", lambda: "an older release")
        with pytest.raises(Interrupted):
            operating.rebuilt(clinic.settings, "sessions")
    clinic.ask("UPDATE gateway_next.sessions SET duration_min = 1")
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)


def test_what_a_migration_has_changed_meanwhile_is_begun_anew(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(operating, "shown", Stopping(1))
        with pytest.raises(Interrupted):
            operating.rebuilt(clinic.settings, "sessions")
    clinic.ask("ALTER TABLE sessions ADD COLUMN room text")
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert clinic.ask("SELECT count(*) FROM sessions WHERE room IS NULL") == 2


def test_the_old_tables_stay_until_they_are_dropped(clinic: Clinic) -> None:
    operating.rebuilt(clinic.settings, "people")
    with pytest.raises(CannotRebuild, match="still kept: `projector rebuild people --drop` first"):
        operating.rebuilt(clinic.settings, "people")
    assert operating.dropped(clinic.settings, "people") == 2
    assert operating.dropped(clinic.settings, "people") == 0
    operating.rebuilt(clinic.settings, "people")


def test_an_installation_from_before_is_told_what_to_run(clinic: Clinic) -> None:
    clinic.ask("DROP SCHEMA gateway_old")
    with pytest.raises(CannotRebuild, match=r"gateway_old are missing: .* roles\.sql once more"):
        operating.rebuilt(clinic.settings, "people")


class Stumbling:
    """A projection with a bug: it cannot handle that a session ended."""

    tables = sessions_model.tables

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        if any(one.type.endswith("SessionEnded.v1") for one in events):
            raise KeyError("a bug")
        sessions_model.project(db, events)


def test_while_a_stream_is_parked_nothing_is_switched(own_database: Database) -> None:
    clinic = Clinic(own_database, own_database.url_as("broker_app"), "")
    clinic.told(*asyncio.run(Story(MemoryKeyring()).whole()))
    with clinic.live([*LIVE_PROJECTIONS, Stumbling()]):
        clinic.caught_up()
    with pytest.raises(CannotRebuild, match=r"1 streams are parked .* `projector retry` first"):
        operating.rebuilt(clinic.settings, "sessions")
    assert clinic.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'gateway_old'") == 0
    operating_retry(clinic)
    with clinic.live():
        eventually(lambda: clinic.ask("SELECT count(*) FROM parked WHERE reader = 'live'") == 0)
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)


def operating_retry(clinic: Clinic) -> None:
    done = clinic.command("projector", "retry")
    assert done.stdout.startswith("1 records will be tried again."), done.stderr


def test_topics_that_have_lost_what_the_live_tables_know_replace_nothing(clinic: Clinic) -> None:
    clinic.ask("DELETE FROM broker.log")
    clinic.ask("UPDATE broker.heads SET next = 0")
    clinic.ask("UPDATE positions SET next = 0")
    with pytest.raises(CannotRebuild, match="in 13 streams: `republish`"):
        operating.rebuilt(clinic.settings, "sessions")


def test_facts_that_lie_in_the_topic_in_the_wrong_order_come_out_right(clinic: Clinic) -> None:
    """As after a topic that was lost and republished late: what came too early waited."""
    (told,) = sessions(1, moves=4)
    first, *rest = clinic.chained(told)
    clinic.publish(clinic.messages([*rest, first]))
    with clinic.live():
        clinic.caught_up()
        eventually(lambda: clinic.ask("SELECT count(*) FROM parked WHERE reader = 'live'") == 0)
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert clinic.ask("SELECT max(duration_min) FROM sessions") == 54
