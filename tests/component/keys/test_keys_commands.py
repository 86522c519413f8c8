"""What an operator does to keys from outside, with real processes."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest

from deploy.local.ports import HOST, free_port, wait_until
from libs.privacy.keyring import Key
from libs.privacy.keys import CLASSES, KeyName
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key, wrapping
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from tests.component.keys.wrapping import KEYS, keyring_on, written, written_wrong
from tests.component.started import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

MASHA, LEV, ANNA = uuid4(), uuid4(), uuid4()
SECONDS = 30.0


@pytest.fixture
def people(own_database: Database) -> Database:
    """Two in the clinic, and one in another."""

    async def registered() -> None:
        url = own_database.url_as("keyring_writer")
        async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
            keyring = keyring_on(pool)
            for clinic, person in ((CLINIC, MASHA), (CLINIC, LEV), (OTHER_CLINIC, ANNA)):
                await keyring.create_subject(clinic, person)

    asyncio.run(registered())
    return own_database


def arguments(
    database: Database, keys: str | None, role: str = "keyring_rotator"
) -> dict[str, Any]:
    settings = {"KEYRING_URL": database.url_as(role)}
    settings |= {} if keys is None else {"KEYRING_KEYS": keys}
    return {"cwd": ROOT, "env": {"PATH": os.environ["PATH"], **settings}, "text": True}


def operate(
    database: Database, *words: str, keys: str | None = None, role: str = "keyring_rotator"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.care", "keys", *words],
        **arguments(database, keys, role),
        capture_output=True,
        timeout=60,
        check=False,
    )


@contextmanager
def operating(database: Database, *words: str, keys: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services.care", "keys", *words],
        **arguments(database, keys),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def asked(database: Database, statement: LiteralString, *parameters: Any) -> Sequence[Any]:
    with psycopg.connect(database.url) as superuser:
        return superuser.execute(statement, parameters).fetchall()


def by_number(database: Database) -> dict[int, int]:
    told = json.loads(operate(database, "status", "--json").stdout)
    return {row["number"]: row["keys"] for row in told}


@contextmanager
def one_row_held(database: Database) -> Iterator[None]:
    """As by somebody who is about to destroy it: a rotation comes so far, and waits."""
    with psycopg.connect(database.url) as superuser:
        superuser.execute(
            "SELECT FROM keyring.subject_keys WHERE subject_id = %s AND class = 'clinical'"
            " FOR UPDATE",
            [MASHA],
        )
        yield


def all_but_one_done(database: Database) -> bool:
    rows = asked(database, "SELECT wrapped_by FROM keyring.subject_keys ORDER BY 1")
    return [number for (number,) in rows] == [1, 2, 2, 2, 2, 2]


def generations(database: Database) -> dict[tuple[UUID, str], int]:
    rows = asked(
        database,
        "SELECT subject_id, class, max(generation) FROM keyring.subject_keys GROUP BY 1, 2",
    )
    return {(person, key_class): generation for person, key_class, generation in rows}


def opened(database: Database, *numbers: int) -> list[Key]:
    async def found() -> list[Key]:
        url = database.url_as("keyring_app")
        async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
            names = [KeyName(CLINIC, MASHA, key_class) for key_class in CLASSES]
            return list((await keyring_on(pool, *numbers).find(names)).values())

    return asyncio.run(found())


def test_from_the_first_number_to_the_second(people: Database) -> None:
    before = opened(people, 1)
    table = operate(people, "status")
    assert (table.returncode, table.stderr) == (0, "")
    assert table.stdout.splitlines()[0].split() == ["number", "keys", "begun", "at", "needed"]
    assert by_number(people) == {1: 6}
    done = operate(people, "rewrap", keys=written(1, 2))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "6 keys are wrapped by number 2.\nNone is by 1: KEYRING_KEYS can do without.\n"
    )
    assert by_number(people) == {1: 0, 2: 6}
    told = json.loads(operate(people, "status", "--json").stdout)
    assert [row["needed"] for row in told] == [False, True]
    assert opened(people, 2) == before


def test_stopped_killed_and_run_twice_it_ends_well(people: Database) -> None:
    with one_row_held(people):
        with operating(people, "rewrap", keys=written(1, 2)) as stopped:
            assert wait_until(lambda: all_but_one_done(people), seconds=SECONDS)
            second = operate(people, "rewrap", keys=written(1, 2))
            assert second.stderr == "Keys are being rotated already (keys-busy): let that end.\n"
            assert second.returncode == 1
            stopped.send_signal(signal.SIGTERM)
            out, err = stopped.communicate(timeout=SECONDS)
        assert (out, err, stopped.returncode) == (
            "",
            "Stopped, as asked: run it again, and it goes on from here.\n",
            1,
        )
        with operating(people, "rewrap", keys=written(1, 2)) as killed:
            assert wait_until(lambda: _works(people), seconds=SECONDS)
            killed.kill()
    assert by_number(people) == {1: 1, 2: 5}
    assert operate(people, "rewrap", keys=written(1, 2)).stdout.startswith("6 keys are wrapped")
    assert len(opened(people, 2)) == len(CLASSES)


def _works(database: Database) -> bool:
    return bool(
        asked(database, "SELECT FROM pg_stat_activity WHERE application_name = 'keys' LIMIT 1")
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (written(2), "KEYRING_KEYS: number 1 is missing (wrapping-key-missing), and keys are"),
        (written_wrong(), "KEYRING_KEYS: number 1 is another key (wrapping-key-differs) than"),
        ("1:short", "KEYRING_KEYS is not usable: this takes name:key"),
        (f"one:{base64.b64encode(KEYS[1]).decode()}", "KEYRING_KEYS is not usable: this takes num"),
        (None, "KEYRING_KEYS is missing."),
    ],
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    people: Database, keys: str | None, said: str
) -> None:
    done = operate(people, "rewrap", keys=keys)
    assert (done.returncode > 0, done.stdout) == (True, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert by_number(people) == {1: 6}


@pytest.mark.parametrize("words", [["status"], ["rewrap"], ["renew", "--clinic", str(CLINIC)]])
@pytest.mark.parametrize("role", ["keyring_app", "keyring_writer"])
def test_who_serves_rotates_nothing(people: Database, words: list[str], role: str) -> None:
    done = operate(people, *words, keys=written(1, 2), role=role)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "KEYRING_URL: this takes the role keyring_rotator (wrong-role).\n"


def test_newer_keys_of_one_person_of_a_clinic_and_of_those_that_are_older(people: Database) -> None:
    done = operate(people, "renew", "--clinic", str(CLINIC), "--person", str(MASHA),
                   keys=written(1))  # fmt: skip
    assert (done.stdout, done.stderr) == ("2 keys have been followed by newer ones.\n", "")
    first = (
        {(MASHA, each): 2 for each in CLASSES}
        | {(LEV, each): 1 for each in CLASSES}
        | {(ANNA, each): 1 for each in CLASSES}
    )
    assert generations(people) == first
    ((since,),) = asked(people, "SELECT clock_timestamp()::text")
    for count in (4, 0):
        done = operate(people, "renew", "--clinic", str(CLINIC), "--made-before",
                       since.replace(" ", "T") + ":00", keys=written(1))  # fmt: skip
        assert done.stdout == f"{count} keys have been followed by newer ones.\n", done.stderr
    assert generations(people) == {
        whose: generation + (whose[0] != ANNA) for whose, generation in first.items()
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing option '--clinic'."),
        (["--clinic", "riverside"], "Invalid value for '--clinic'"),
        (["--clinic", str(uuid4())], "There are no keys of whom that names (keys-not-found)."),
        (["--clinic", str(CLINIC), "--made-before", "2026-11-28"], "Invalid value for"),
    ],
)
def test_whom_nobody_knows_is_said_in_a_line(people: Database, words: list[str], said: str) -> None:
    done = operate(people, "renew", *words, keys=written(1))
    assert done.returncode > 0
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert set(generations(people).values()) == {1}


def test_no_process_starts_without_a_key_that_wraps(people: Database) -> None:
    operate(people, "rewrap", keys=written(1, 2))
    for keys, said in (
        ({}, "KEYRING_KEYS: number 1 is another key (wrapping-key-differs) than"),
        ({"KEYRING_KEYS": written(1)}, "KEYRING_KEYS: number 2 is missing (wrapping-key-missing)"),
    ):
        started = subprocess.run(
            [sys.executable, "-m", "services.diary", "api"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": people.url_as("diary_app"),
                "KEYRING_URL": people.url_as("keyring_app"),
                "MASTER_KEY": DEVELOPMENT_MASTER_KEY,
                "ISSUERS": f"http://{HOST}:9",
                "PORT": str(free_port()),
                "DURABLE": "false",
                **keys,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert started.returncode == 1
        assert started.stderr.startswith(said)
        assert started.stderr.count("\n") == 1


def test_the_first_number_is_what_wrapped_before_there_were_numbers() -> None:
    """Or no text of before would open."""
    master = master_key(DEVELOPMENT_MASTER_KEY)
    assert wrapping(master).keys == {"1": derived(master, "keyring")}
