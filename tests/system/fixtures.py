"""All of Interlude, started once on real Apache Kafka and once on the embedded log.

The one on Kafka is started twice: what the story left must be there after a stop, and all else is
tried on the second run.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.local.postgres import temporary_place
from deploy.local.run_info import RunInfo
from tests.system.looking import events_in_stores, records_of
from tests.system.people import Person, global_id
from tests.system.running import START_SECONDS, Ended, Interlude
from tests.system.topics import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is once the story was told and before anybody does anything else."""

    run: RunInfo
    records: Sequence[Record] = field(repr=False)
    stored: Sequence[Mapping[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the tests share: `base` is its PORT_BASE, `var` its folder."""

    base: int
    var: Path
    told: Told

    @property
    def run(self) -> RunInfo:
        return self.told.run


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A run from its start to its end; `last_line` is of the log of the process that fell."""

    interlude: Interlude
    told: Told
    ended: Ended
    last_line: str = ""


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    place = temporary_place()
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def first_run(folder: Path) -> Once:
    """On Kafka, in an empty folder."""
    interlude = Interlude(folder / "kafka", "kafka")
    told = told_by(interlude)
    ended = interlude.stop()
    # The next run begins its logs anew, and these are of the story's telling.
    shutil.copytree(interlude.var.logs, folder / "first-logs")
    return Once(interlude=interlude, told=told, ended=ended)


@pytest.fixture(scope="session")
def told(first_run: Once) -> Told:
    return first_run.told


@pytest.fixture(scope="session")
def interlude(first_run: Once) -> Iterator[Running]:
    """On Kafka, where the first run was; it stays for all tests and must stop as well."""
    again = first_run.interlude
    told = told_by(again)
    yield Running(base=again.ports.base, var=again.var.folder, told=told)
    ended = again.stop()
    assert (ended.status, ended.left) == (0, []), ended.output


@pytest.fixture(scope="session")
def run(interlude: Running) -> RunInfo:
    return interlude.run


@pytest.fixture(scope="session")
def person(run: RunInfo) -> Callable[[str], Person]:
    return lambda name: Person(run, name)


@pytest.fixture(scope="session")
def therapist(run: RunInfo) -> Person:
    return Person(run, "therapist")


@pytest.fixture(scope="session")
def patient(run: RunInfo) -> Person:
    return Person(run, "patient")


@pytest.fixture(scope="session")
def story(run: RunInfo) -> Mapping[str, str]:
    """The ids that the story made."""
    return run.story


@pytest.fixture(scope="session")
def masha(story: Mapping[str, str]) -> str:
    """The story's patient, as GraphQL calls her."""
    return global_id("Patient", story["patient"])


@pytest.fixture(scope="session")
def fallen(folder: Path) -> Once:
    """On the embedded log, until one of its processes is killed."""
    interlude = Interlude(folder / "embedded", "embedded")
    told = told_by(interlude)
    interlude.kill("diary-api")
    ended = interlude.end()
    log = interlude.var.logs / "diary-api.log"
    return Once(
        interlude=interlude,
        told=told,
        ended=ended,
        last_line=log.read_text().splitlines()[-1],
    )


def told_by(interlude: Interlude, within: float = START_SECONDS) -> Told:
    """Of a run that is started for it. Seconds."""
    run = interlude.start(within)
    try:
        records = records_of(run)
    except BaseException:
        interlude.stop()
        raise
    return Told(run=run, records=records, stored=events_in_stores(run.database))
