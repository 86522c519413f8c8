"""How Interlude starts, stays, falls and stops, as the person sees it who starts it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import HOST
from deploy.local.processes import PROCESSES, Place, Ports
from deploy.local.run_info import RunInfo
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from tests.system.fixtures import Once, Running, Told
from tests.system.running import ROOT, STOP_SECONDS, Interlude
from tests.system.topics import facts_by_stream, shapes

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]


def test_sigterm_stops_everything_in_time(first_run: Once) -> None:
    ended = first_run.ended
    assert (ended.status, ended.left) == (0, [])
    assert ended.seconds < STOP_SECONDS
    assert "Stopped; the data stays." in ended.output


def test_it_says_how_far_it_is_and_what_to_open(first_run: Once) -> None:
    shown = first_run.ended.output
    steps = ("PostgreSQL", "Roles, schemas and tables", "Broker", "Waiting until", "Telling")
    places = [shown.index(f"✓ {step}") for step in steps]
    assert places == sorted(places)
    assert "with Apache Kafka" in shown
    assert f"{first_run.told.run.gateway}/graphql" in shown


def test_a_second_run_keeps_the_data_and_tells_nothing_twice(
    first_run: Once, interlude: Running
) -> None:
    first, second = first_run.told, interlude.told
    assert second.stored == first.stored
    assert {each.id for each in second.records} == {each.id for each in first.records}
    assert second.run.story == first.run.story


def test_two_at_once_in_one_folder_are_refused(first_run: Once, interlude: Running) -> None:
    outcome = first_run.interlude.run("run")
    assert outcome.returncode == 1
    assert "already runs here" in outcome.stdout
    assert (interlude.var / "run.json").exists()


def test_what_runs_is_not_emptied(first_run: Once, interlude: Running) -> None:
    outcome = first_run.interlude.run("reset")
    assert outcome.returncode == 1
    assert "already runs here" in outcome.stdout
    assert (interlude.var / "run.json").exists()


def test_status_shows_each_process_with_its_memory(first_run: Once, interlude: Running) -> None:
    outcome = first_run.interlude.run("status")
    shown = outcome.stdout
    for process in PROCESSES:
        state = _row(shown, process.name)
        megabytes = state[state.index("ready") - 1]
        assert 20 < int(megabytes) < 200
    assert outcome.returncode == 0, shown
    used = {
        who: int(megabytes)
        for who, megabytes in re.findall(r"^(.*): (\d+) MB of", shown, re.MULTILINE)
    }
    assert used["Interlude's processes"] < 78 * (2 + len(PROCESSES)), "with supervisor and issuer"
    assert 100 < used["Kafka"] < 450
    assert interlude.run.gateway.rpartition(":")[2] in shown


def test_status_can_be_read_by_programs(first_run: Once, interlude: Running) -> None:
    told = json.loads(first_run.interlude.run("status", "--json").stdout)
    assert told["well"]
    projector = told["processes"]["gateway-projector"]
    assert (projector["state"], projector["waiting"], projector["parked"]) == ("ready", 0, 0)
    assert told["processes"]["gateway-api"]["port"] == interlude.run.gateway.rpartition(":")[2]


def _row(shown: str, name: str) -> Sequence[str]:
    (line,) = [each for each in shown.splitlines() if each.split()[:1] == [name]]
    return line.split()[1:]


def test_there_is_a_token_for_everybody(run: RunInfo) -> None:
    assert set(run.tokens) == {
        "therapist",
        "patient",
        "other_therapist",
        "supervisor",
        "clinic_admin",
        "integrator",
        "analyst",
        "operator",
    }


# --- The embedded log instead of Kafka. ---


def test_the_embedded_log_tells_the_same_story(told: Told, fallen: Once) -> None:
    assert facts_by_stream(fallen.told.records) == facts_by_stream(told.records)
    assert shapes(fallen.told.records) == shapes(told.records)


def test_the_embedded_log_keeps_the_same_partitions(told: Told, fallen: Once) -> None:
    """Who outgrows one machine changes BROKER_URL and nothing else."""
    places: list[set[Any]] = [
        {(each.topic, each.key, each.partition) for each in some}
        for some in (told.records, fallen.told.records)
    ]
    assert places[0] == places[1]


# --- What falls. ---


def test_a_killed_child_is_said_by_name_with_its_last_lines(fallen: Once) -> None:
    ended = fallen.ended
    assert ended.status == 1
    assert "diary-api was killed (SIGKILL), so everything was stopped" in ended.output
    assert unwrapped(fallen.last_line) in unwrapped(ended.output)
    assert "Traceback" not in ended.output


def unwrapped(text: str) -> str:
    """The terminal breaks long lines."""
    return "".join(text.split())


def test_after_a_fall_nothing_is_left(fallen: Once) -> None:
    assert fallen.ended.left == []
    assert fallen.ended.seconds < STOP_SECONDS


def test_reset_empties_the_folder(fallen: Once) -> None:
    folder = fallen.interlude.var.folder
    assert (folder / "postgres").exists()
    assert fallen.interlude.run("reset").returncode == 0
    assert {path.name for path in folder.iterdir()} <= {"run.lock", "jars"}


def test_without_anything_running_status_and_stop_say_so(tmp_path: Path) -> None:
    nothing = Interlude(tmp_path, "embedded")
    assert nothing.run("status").returncode == 1
    assert "`make run` starts it" in nothing.run("status").stdout
    assert (nothing.run("stop").returncode, nothing.run("stop").stdout.strip()) == (
        0,
        "Nothing runs here.",
    )


def test_a_taken_port_is_one_clear_message(tmp_path: Path) -> None:
    wanted = Interlude(tmp_path, "embedded")
    with socket.create_server((HOST, wanted.ports.api("review"))):
        outcome = wanted.run("run")
    assert outcome.returncode == 1
    said = " ".join(outcome.stdout.split())
    assert f"Port {wanted.ports.api('review')}, wanted for review, is taken" in said
    assert f"PORT_BASE={wanted.ports.base + 1000}" in said
    assert "Traceback" not in outcome.stdout + outcome.stderr
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PORT_BASE", "eighty"), ("BROKER", "rabbit"), ("BROKER_URL", "amqp://marmalade@here")],
)
def test_a_choice_that_cannot_be_is_named(tmp_path: Path, setting: str, value: str) -> None:
    interlude = Interlude(tmp_path, "embedded")
    outcome = interlude.run("run", **{setting: value})
    assert outcome.returncode == 1
    assert setting in outcome.stdout
    assert value not in outcome.stdout + outcome.stderr


# --- What a role says about its settings. ---

PLACE = Place(
    ports=Ports(),
    url_as=lambda role: f"postgresql://{role}@127.0.0.1:1/interlude",
    broker_url="kafka://127.0.0.1:1",
    issuer="http://127.0.0.1:1",
    audience="interlude",
    master_key=DEVELOPMENT_MASTER_KEY,
)

CANARY = "marmalade"


@pytest.mark.parametrize(
    ("name", "setting", "value", "said"),
    [
        ("care-api", "MASTER_KEY", None, "MASTER_KEY is missing."),
        ("assignment-relay", "BROKER_URL", None, "BROKER_URL is missing."),
        ("gateway-projector", "DATABASE_URL", None, "DATABASE_URL is missing."),
        ("gateway-api", "DIARY_URL", f"ftp://{CANARY}", "DIARY_URL is not usable"),
        ("diary-follow", "MASTER_KEY", CANARY, "MASTER_KEY is not usable"),
        ("review-relay", "BROKER_URL", f"{CANARY}://x", "BROKER_URL is not usable"),
        ("care-follow", "DATABASE_URL", f"mysql://{CANARY}@x/y", "DATABASE_URL is not usable"),
        ("review-api", "PORT", CANARY, "PORT is not usable"),
        ("assignment-api", "PROFILE", "production", "ISSUERS is not usable: production takes"),
        ("gateway-projector", "PROFILE", "production", "CHAIN_KEYS is not usable: a key in it"),
    ],
)
def test_a_role_says_which_setting_is_wrong_and_stops(
    name: str, setting: str, value: str | None, said: str
) -> None:
    (process,) = [each for each in PROCESSES if each.name == name]
    told = {**PLACE.environment(process), **({} if value is None else {setting: value})}
    if value is None:
        del told[setting]
    outcome = subprocess.run(
        [sys.executable, *process.command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert outcome.returncode == 2
    assert any(line.startswith(said) for line in outcome.stderr.splitlines()), outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert CANARY not in outcome.stdout + outcome.stderr
