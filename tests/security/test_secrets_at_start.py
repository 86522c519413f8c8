"""What lets somebody in or opens something is given to a process when it starts, and shows up
nowhere else: not in what it prints, not in what it is called by, not in what it keeps.
"""

import base64
import stat

import httpx
import psycopg
import pytest

from tests.security.observed import DATABASE_ROLES, LOOKS, Observed, Shown
from tests.security.sweeping import Looking
from tests.security.test_canaries import NOWHERE, found
from tests.system.people import Person

pytestmark = [
    pytest.mark.security("secrets at start"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(600),
]

KEPT_CLOSED = {"run.json", "master.key", "issuer.pem"}
"""What `make run` must remember itself, for its owner only."""


ONE_OF_EACH_KIND = (
    "assignment follow parked",
    "review store verify",
    "care republish",
    "gateway projector verify assignment",
)


@pytest.fixture(scope="module")
def looking(watched: Observed) -> Looking:
    """For each password, and for the key as it is given and as it is used."""
    master = watched.secrets["master key"]
    return Looking([*watched.secrets.values(), base64.b64decode(master).hex()])


def test_there_is_a_secret_for_every_role(watched: Observed) -> None:
    """Each its own, and none of them short."""
    of_no_role = {"master key", "what wraps keys", "what signs passes", "superuser"}
    assert set(watched.secrets) == {*of_no_role, *DATABASE_ROLES}
    assert len(set(watched.secrets.values())) == len(watched.secrets)
    assert all(len(secret) >= 32 for secret in watched.secrets.values())


@pytest.mark.parametrize("role", DATABASE_ROLES)
def test_nobody_is_let_in_without_it(watched: Observed, role: str) -> None:
    """So that what is looked for below is what is used."""
    place = watched.run.database.partition("@")[2]
    with psycopg.connect(f"postgresql://{role}:{watched.secrets[role]}@{place}") as connection:
        assert connection.info.user == role
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://{role}:{watched.secrets['superuser']}@{place}")


def test_no_process_is_called_by_one(watched: Observed, looking: Looking) -> None:
    """What a process is called by is there for everybody on the machine to read."""
    lines = watched.command_lines()
    assert len(lines) > 16
    assert sum("services." in line for line in lines.values()) == 15
    for line in lines.values():
        assert found(looking.here(line, line)) == NOWHERE


def test_no_log_and_no_file_but_those_that_are_kept_closed_holds_one(
    watched: Observed, looking: Looking
) -> None:
    """Nor PostgreSQL's own log, in which stands every statement by which a role was made."""
    log = (watched.folder / "postgres" / "postgres.log").read_text()
    assert 'ALTER ROLE "care_app" PASSWORD' in log
    where = {each.where for each in looking.in_files(watched.folder)}
    closed = {str(watched.interlude.var.folder / name) for name in KEPT_CLOSED}
    assert where <= closed


def test_what_must_be_remembered_is_for_its_owner_only(watched: Observed) -> None:
    for name in KEPT_CLOSED:
        mode = (watched.interlude.var.folder / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600, name


def test_no_table_no_topic_no_metric_and_no_probe_holds_one(
    watched: Observed, looking: Looking
) -> None:
    assert found(looking.in_tables(watched.run.database)) == NOWHERE
    assert found(looking.in_kafka(watched.run.broker)) == NOWHERE
    assert found(looking.in_metrics(watched.run)) == NOWHERE


def test_no_statement_that_was_at_work_held_one(watched: Observed, looking: Looking) -> None:
    assert found(looking.here("pg_stat_activity", "\n".join(watched.at_work))) == NOWHERE


def test_no_answer_holds_one(watched: Observed, looking: Looking) -> None:
    for why, answer in watched.refused:
        assert found(looking.here(why, answer.content)) == NOWHERE
    for url in (*watched.run.services.values(), watched.run.gateway):
        for page in ("docs", "openapi.json", "readyz", "graphql"):
            told = httpx.get(f"{url}/{page}", headers={"Accept": "text/html"}, timeout=20)
            assert found(looking.here(page, told.content)) == NOWHERE
    me = Person(watched.run, "operator").asks("{ me { roles } }")
    assert found(looking.here("me", str(me))) == NOWHERE


@pytest.mark.parametrize("line", LOOKS)
def test_no_command_of_an_operator_shows_one(line: str, shown: Shown, looking: Looking) -> None:
    done = shown(line)
    assert found(looking.here(line, done.stdout + done.stderr)) == NOWHERE


def test_nor_does_what_shows_how_it_goes(watched: Observed, looking: Looking) -> None:
    for options in ((), ("--json",)):
        done = watched.interlude.run("status", *options)
        assert "care-api" in done.stdout
        assert found(looking.here("status", done.stdout + done.stderr)) == NOWHERE


@pytest.mark.parametrize("line", ONE_OF_EACH_KIND)
def test_what_does_not_let_anybody_in_is_not_repeated_either(
    line: str, watched: Observed, looking: Looking
) -> None:
    """Somebody mistypes a password: it may well be that of another role."""
    done = watched.operated(line, password=watched.secrets["superuser"])
    assert done.returncode == 1
    assert "does not let this role in" in done.stderr
    assert found(looking.here(line, done.stdout + done.stderr)) == NOWHERE
