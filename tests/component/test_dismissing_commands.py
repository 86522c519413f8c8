"""An operator lists what is parked and dismisses a record, or is told in one line why not."""

import json
from collections.abc import Mapping
from contextlib import closing

import psycopg
import pytest

from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.testing.databases import Database
from tests.component.test_operators import NO_BROKER, ROLES, command, everything

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

DISMISS = [command for command in ROLES if " dismiss " in command]
WAITING = "gen_random_uuid(), 'patient-1', 9, 'waits-for-earlier', now(), 1, NULL"
UNREADABLE = "NULL, NULL, NULL, 'no-type', now(), 1, NULL"


def lies_there(database: Database, command: str, record: str) -> None:
    schema = command.split(maxsplit=1)[0]
    with psycopg.connect(database.url) as superuser:
        superuser.execute(
            f"INSERT INTO {schema}.parked VALUES"  # noqa: S608 - all of it our own
            f" ('keep', 'interlude.care.events.v1', 0, 'id', 7, {record})"
        )


@pytest.mark.parametrize("line", DISMISS)
def test_where_nothing_is_parked_nothing_is_dismissed(line: str, database: Database) -> None:
    before = everything(database)
    done = command(line, database)
    assert done.stderr == "Nothing is parked at interlude.care.events.v1/0/7.\n"
    assert (done.stdout, done.returncode) == ("", 1)
    assert everything(database) == before


@pytest.mark.parametrize("line", DISMISS)
@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"BROKER_URL": "kafka://127.0.0.1:1"}, NO_BROKER),
        (
            {"TOPIC_PREFIX": "t-1."},
            "TOPIC_PREFIX: interlude.care.events.v1 is not among the topics that are read.\n",
        ),
    ],
)
def test_who_cannot_look_at_the_record_dismisses_nothing(
    line: str, settings: Mapping[str, str], complaint: str, own_database: Database
) -> None:
    lies_there(own_database, line, WAITING)
    before = everything(own_database)
    done = command(line, own_database, **settings)
    assert (done.stderr, done.stdout, done.returncode) == (complaint, "", 1)
    assert everything(own_database) == before


@pytest.mark.parametrize("line", DISMISS)
def test_a_place_that_is_none(line: str, database: Database) -> None:
    done = command(f"{line}/8", database)
    assert done.stderr == (
        "Invalid value for PLACE: this takes TOPIC/PARTITION/OFFSET, as `parked` lists it.\n"
    )
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("line", DISMISS)
def test_what_nobody_can_read_is_listed_and_dismissed_once(
    line: str, own_database: Database
) -> None:
    with closing(connect(own_database.url_as("broker_app"))) as broker:
        broker.ensure_topic(topic_of("care"), partitions=1)
    words = line.split()
    listing = f"{words[0]} {words[1]} parked --json"
    lies_there(own_database, line, UNREADABLE)
    (listed,) = json.loads(command(listing, own_database).stdout)
    assert listed.pop("since")
    assert listed == {
        "reader": "keep",
        "place": words[-1],
        "code": "no-type",
        "stream": None,
        "version": None,
        "tries": 1,
    }
    assert command(line, own_database).stdout == f"{words[-1]} is dismissed.\n"
    assert command(line, own_database).stderr == f"Nothing is parked at {words[-1]}.\n"
    assert json.loads(command(listing, own_database).stdout) == []
