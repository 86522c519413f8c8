"""What an operator does to the projector from outside, with real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import httpx
import psycopg
import pytest

from deploy.local.ports import HOST, free_port
from libs.testing.cast import MASHA
from libs.testing.databases import Database
from libs.testing.streams import stream
from services.gateway import operating
from tests.component.gateway.clinic import ROOT, Clinic, eventually, sessions

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

CANARY = "what Masha told nobody"
MOVED_WITHIN = 15.0
"""Seconds."""


@pytest.fixture
def clinic(own_database: Database) -> Clinic:
    return Clinic(own_database, own_database.url_as("broker_app"), "")


@contextmanager
def running(clinic: Clinic, *line: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services.gateway", "projector", *line],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **clinic.environment, "DURABLE": "false", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def asked(port: int, path: str) -> httpx.Response | None:
    try:
        return httpx.get(f"http://{HOST}:{port}/{path}")
    except httpx.TransportError:
        return None


def number(port: int, metric: str) -> float:
    """0 while nobody answers."""
    answer = asked(port, "metrics")
    lines = answer.text.splitlines() if answer else ()
    return sum(float(line.split()[1]) for line in lines if line.startswith(metric))


def is_degraded(port: int) -> bool:
    answer = asked(port, "readyz")
    return answer is not None and answer.json() == {
        "status": "degraded",
        "failing": ["nothing-parked"],
    }


def status(clinic: Clinic) -> Mapping[str, Mapping[str, object]]:
    done = clinic.command("projector", "status", "--json")
    assert done.returncode == 0, done.stderr
    return {each["projection"]: each for each in json.loads(done.stdout)}


def test_status_says_how_far_each_projection_is_and_how_far_behind(clinic: Clinic) -> None:
    clinic.told(*sessions(5, moves=1))
    with clinic.live():
        clinic.caught_up()
    clinic.told(*sessions(7, moves=0))

    found = status(clinic)["sessions"]
    shown = clinic.command("projector", "status").stdout

    assert (found["position"], found["lag_events"], found["parked_streams"]) == (10, 7, 0)
    assert float(str(found["lag_seconds"])) > 3600
    assert "sessions" in shown
    assert "lag events" in shown


def test_a_poisoned_stream_is_parked_alone_and_everybody_can_see_it(clinic: Clinic) -> None:
    poisoned = uuid4()
    scheduled = "interlude.care.SessionScheduled.v1"
    facts = [
        (scheduled, {"session_id": str(poisoned), "zone": CANARY}),
        ("interlude.care.SessionStarted.v1", {"started_at": "2026-03-05T16:00:00Z"}),
    ]
    clinic.told(*sessions(20), list(stream("session", poisoned, *facts, subject=MASHA)))
    clinic.told(*sessions(20))
    port = free_port()
    with running(clinic, ADMIN_PORT=str(port)) as projector:
        eventually(lambda: is_degraded(port))
        clinic.caught_up()
        assert clinic.ask("SELECT count(*) FROM sessions WHERE duration_min = 51") == 40
        eventually(lambda: number(port, "interlude_reader_parked_streams") == 1)
        assert number(port, "interlude_reader_parked_records") == 2

        assert status(clinic)["sessions"]["parked_streams"] == 1
        assert CANARY not in str(clinic.ask("SELECT string_agg(p::text, ' ') FROM parked p"))
        again = clinic.command("projector", "retry", "--stream", f"session-{poisoned}")
        assert again.stdout == "2 records will be tried again.\n"
        eventually(lambda: clinic.ask("SELECT max(retry_at) FROM parked") is None)
        assert clinic.ask("SELECT count(*) FROM parked") == 2
        projector.terminate()
        out, err = projector.communicate(timeout=30)
        assert CANARY not in out + err


def test_a_rebuild_can_be_stopped_and_killed_and_is_never_there_twice(clinic: Clinic) -> None:
    clinic.told(*sessions(1500, moves=2))
    with clinic.live():
        clinic.caught_up()

    with running(clinic, "rebuild", "sessions") as stopped:
        with held(clinic):
            second = clinic.command("projector", "rebuild", "sessions")
            assert second.stderr == "sessions is being rebuilt or verified already.\n"
            assert second.returncode == 1
            stopped.send_signal(signal.SIGTERM)
        out, err = stopped.communicate(timeout=60)
    assert (out, err, stopped.returncode) == ("", f"{operating.GOES_ON}\n", 1)
    reached = clinic.read("rebuild:sessions")
    assert 0 < reached < clinic.read()

    with running(clinic, "rebuild", "sessions") as killed, held(clinic, beyond=reached - 1):
        killed.kill()
    assert reached <= clinic.read("rebuild:sessions") < clinic.read()

    done = clinic.command("projector", "rebuild", "sessions")
    assert done.returncode == 0, done.stderr
    assert "equal the new ones, row for row" in done.stdout
    assert clinic.command("projector", "verify", "sessions").returncode == 0


@contextmanager
def held(clinic: Clinic, *, beyond: int = 0) -> Iterator[None]:
    """Inside, the rebuild waits in the middle, somewhere beyond this many records."""
    eventually(lambda: clinic.read("rebuild:sessions") > beyond)
    with psycopg.connect(clinic.database.url) as superuser:
        superuser.execute(
            "SELECT FROM gateway.positions WHERE reader = 'rebuild:sessions' FOR UPDATE"
        )
        yield


def test_verify_ends_with_1_where_something_differs(clinic: Clinic) -> None:
    clinic.told(*sessions(3))
    with clinic.live():
        clinic.caught_up()
    clinic.ask("DELETE FROM sessions WHERE ctid = (SELECT min(ctid) FROM sessions)")

    done = clinic.command("projector", "verify", "sessions")

    assert done.returncode == 1
    assert "0 rows are only in the live ones, 1 only in the rebuilt ones" in done.stdout


@pytest.mark.kafka
def test_what_a_killed_projector_had_the_others_take_over_and_nothing_counts_twice(
    own_database: Database, kafka_broker: str, topic_prefix: str
) -> None:
    # Of four topics each would get as many partitions, but one maybe all of those with sessions.
    clinic = Clinic(own_database, kafka_broker, topic_prefix, telling=["care"])
    ports = [free_port() for _ in range(3)]
    told = sessions(60, moves=1)
    clinic.told(*told)
    with ExitStack() as stack:
        projectors = [stack.enter_context(running(clinic, ADMIN_PORT=str(port))) for port in ports]

        def all_have_a_share() -> bool:
            told.extend(more := sessions(30, moves=1))
            clinic.told(*more)
            return all(number(port, "interlude_reader_applied_total") for port in ports)

        eventually(all_have_a_share)
        projectors[0].kill()
        told.extend(more := sessions(200, moves=1))
        clinic.told(*more)
        clinic.caught_up(within=MOVED_WITHIN)
    events = clinic.ask("SELECT count(*) FROM timeline")
    assert events == clinic.ask("SELECT count(*) FROM feed")
    assert events == clinic.ask("SELECT count(DISTINCT event_id) FROM feed")
    assert clinic.ask("SELECT count(*) FROM sessions WHERE duration_min = 51") == len(told)
