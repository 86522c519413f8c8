"""Whatever is wrong with an operator's command is said in one line, and nothing has changed."""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest

from deploy.local.processes import for_auditors, without_the_master
from libs.eventstore.desk import Desk
from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.at_the_desk import given
from libs.testing.cast import MASHA
from libs.testing.databases import Database
from libs.testing.homework import AddNote, Withdraw, homework
from libs.testing.sealer import ReadableSealer
from tests.component.web.test_processes import ROOT, environment

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

ROLES = {
    "care republish": "care_relay",
    "care store verify": "care_relay",
    "care store verify --store-only": "care_relay",
    "care follow status": "care_follow",
    "care follow retry": "care_follow",
    "care follow parked": "care_follow",
    "care follow dismiss interlude.care.events.v1/0/7": "care_follow",
    "care audit verify": "care_auditor",
    f"care audit search --patient {MASHA}": "care_auditor",
    "gateway projector status": "gateway_projector",
    "gateway projector rebuild goals": "gateway_projector",
    "gateway projector rebuild goals --drop": "gateway_projector",
    "gateway projector verify goals": "gateway_projector",
    "gateway projector retry": "gateway_projector",
    "gateway projector parked": "gateway_projector",
    "gateway projector dismiss interlude.care.events.v1/0/7": "gateway_projector",
}
"""Every operator's command, and as whom it comes to the database."""

WITHOUT_A_BROKER = ("retry", "parked", "/7", "--drop", "--store-only", "audit verify", str(MASHA))
ASK_THE_BROKER = [command for command in ROLES if not command.endswith(WITHOUT_A_BROKER)]
NO_DATABASE = (
    "DATABASE_URL or MIGRATION_DATABASE_URL: the database does not answer, or does not let this "
    "role in.\n"
)
NO_BROKER = "BROKER_URL: the broker does not answer.\n"
UNKNOWN = "unknown-stream"
CHAIN_KEY = derived(master_key(DEVELOPMENT_MASTER_KEY), "chain:care")


def command(line: str, database: Database, **settings: str) -> "subprocess.CompletedProcess[str]":
    service, *words = line.split()
    role = next(role for known, role in ROLES.items() if line.startswith(known))
    told = {
        "DATABASE_URL": database.url_as(role),
        "MIGRATION_DATABASE_URL": database.url_as(f"{service}_owner"),
        "BROKER_URL": database.url_as("broker_app"),
        "CHAIN_KEYS": without_the_master(DEVELOPMENT_MASTER_KEY)["CHAIN_KEYS"],
        **for_auditors(DEVELOPMENT_MASTER_KEY),
        "LOG_FORMAT": "json",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-m", f"services.{service}", *words],
        cwd=ROOT,
        env=environment(**told),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def everything(database: Database) -> Mapping[str, int]:
    """Every table there is, with how many rows it has."""
    with psycopg.connect(database.url) as superuser:
        tables = superuser.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return {table: _rows(superuser, table) for (table,) in tables}


def _rows(superuser: psycopg.Connection, table: str) -> int:
    row = superuser.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - as quoted above
    return int(row[0]) if row else 0


@pytest.mark.parametrize("line", ROLES)
def test_a_database_that_is_not_there(line: str, database: Database) -> None:
    nowhere = "postgresql://somebody@127.0.0.1:1/interlude"
    done = command(line, database, DATABASE_URL=nowhere, MIGRATION_DATABASE_URL=nowhere)
    assert (done.stderr, done.stdout, done.returncode) == (NO_DATABASE, "", 1)


@pytest.mark.parametrize("line", ASK_THE_BROKER)
def test_a_broker_that_is_not_there(line: str, database: Database) -> None:
    before = everything(database)
    done = command(line, database, BROKER_URL="kafka://127.0.0.1:1")
    assert (done.stderr, done.stdout, done.returncode) == (NO_BROKER, "", 1)
    assert everything(database) == before


@pytest.mark.parametrize(
    "line", ["gateway projector rebuild goals", "gateway projector verify goals"]
)
def test_a_database_that_only_its_owner_reaches(line: str, database: Database) -> None:
    before = everything(database)
    done = command(line, database, DATABASE_URL="postgresql://somebody@127.0.0.1:1/interlude")
    assert (done.stderr, done.returncode) == (NO_DATABASE, 1)
    assert everything(database) == before


@pytest.mark.parametrize("line", ROLES)
def test_an_option_that_there_is_not(line: str, database: Database) -> None:
    before = everything(database)
    done = command(f"{line} --sideways", database)
    assert (done.stderr, done.returncode) == ("No such option: --sideways\n", 2)
    assert everything(database) == before


@pytest.mark.parametrize(
    ("line", "complaint", "code"),
    [
        ("care republish --stream", "There is no stream of the name that --stream gives.", 1),
        ("care follow retry --stream", "Nothing is parked of the stream that --stream names.", 1),
        ("gateway projector retry --stream", "Nothing is parked of the stream that --stream ", 1),
    ],
)
def test_a_stream_that_nobody_knows(
    line: str, complaint: str, code: int, database: Database
) -> None:
    before = everything(database)
    done = command(f"{line} {UNKNOWN}", database)
    assert done.stderr.startswith(complaint)
    assert (done.stderr.count("\n"), done.returncode) == (1, code)
    assert everything(database) == before


@pytest.mark.parametrize("what", ["rebuild", "verify"])
def test_a_projection_that_there_is_not(what: str, database: Database) -> None:
    done = command(f"gateway projector {what} goals-of-masha", database)
    assert done.stderr.startswith("Invalid value for NAME: there are assignment, caseload, ")
    assert (done.stderr.count("\n"), done.returncode) == (1, 2)


@pytest.mark.parametrize(
    "line",
    [
        "gateway projector rebuild goals",
        "gateway projector verify goals",
        "gateway projector rebuild goals --drop",
    ],
)
def test_a_rebuild_that_is_under_way(line: str, database: Database) -> None:
    with psycopg.connect(database.url) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('rebuild:goals', 0))")
        before = everything(database)
        done = command(line, database)
        assert done.stderr == "goals is being rebuilt or verified already.\n"
        assert done.returncode == 1
        assert everything(database) == before


def test_status_of_a_follower_for_people_and_for_machines(database: Database) -> None:
    told = json.loads(command("care follow status --json", database).stdout)
    assert told == [
        {
            "reader": reader,
            "position": 0,
            "lag_events": 0,
            "lag_seconds": 0.0,
            "parked_records": 0,
            "parked_streams": 0,
        }
        for reader in ("keep", "react")
    ]
    assert "parked streams" in command("care follow status", database).stdout


def test_a_follower_is_asked_to_try_again_what_it_parked(own_database: Database) -> None:
    with psycopg.connect(own_database.url) as superuser:
        superuser.execute(
            "INSERT INTO care.parked VALUES ('keep', 'topic', 0, 'id', 7, gen_random_uuid(),"
            " 'patient-1', 3, 'KeyError', now(), 9, NULL)"
        )
    done = command("care follow retry --stream patient-1", own_database)
    assert done.stdout == "1 records will be tried again.\n"
    with psycopg.connect(own_database.url) as superuser:
        due = superuser.execute("SELECT retry_at <= now(), tries FROM care.parked").fetchone()
    assert due == (True, 0)


async def test_a_published_store_agrees_with_its_topic_until_somebody_changes_one(
    own_database: Database,
) -> None:
    pool = await open_pool(own_database.url_as("care_app"), size=2)
    store = GroupCommit(PostgresEventStore(pool))
    desk = Desk(homework, store, ReadableSealer(), chain_key=CHAIN_KEY, new_id=uuid4)
    for _ in range(3):
        await given(desk, AddNote(), Withdraw())
    await pool.close()
    verify = "care store verify"

    assert command(verify, own_database).stdout.splitlines() == [
        "9 events in 3 streams, 9 to be published: whole.",
        "0 records in the topic: as in the store.",
    ]
    sent = command("care republish", own_database)
    assert (sent.stdout, sent.stderr) == ("9 facts were sent again.\n", "")
    agreeing = command(verify, own_database)
    assert agreeing.stdout.splitlines()[1] == "9 records in the topic: as in the store."
    assert (agreeing.stderr, agreeing.returncode) == ("", 0)

    with psycopg.connect(own_database.url) as superuser:
        superuser.execute("DELETE FROM care.outbox")
        superuser.execute("UPDATE broker.log SET value = value || ' ' WHERE ctid = '(0,1)'")
        superuser.execute("DELETE FROM care.events WHERE position = 9")
    differing = command(verify, own_database)
    assert differing.returncode == 1
    assert differing.stdout.splitlines()[-1] == (
        "9 records in the topic: 0 events missing, 1 records of none, 1 with other bytes, "
        "0 out of order."
    )
    with closing(connect(own_database.url_as("broker_app"))) as broker:
        assert sum(broker.ends([topic_of("care")]).values()) == 9
