"""Each process says truly whether it can do its work, and comes back by itself when it can."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from deploy.local.ports import free_port, wait_until
from libs.process.admin import Readiness
from libs.testing.asking import ask
from libs.testing.databases import Database
from tests.component.started import SECONDS, Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

SERVING = ("assignment-api", "gateway-api")
WORK = {
    "assignment-relay": "relaying",
    "assignment-follow": "following",
    "gateway-projector": "projecting",
}
"""What those who need the broker say when they cannot do theirs."""

EVERYBODY = (*SERVING, *WORK)
SCHEMA = {name: "database" if name in SERVING else "schema" for name in EVERYBODY}


@pytest.fixture
def clinic(own_database: Database, tmp_path: Path) -> Iterator[Clinic]:
    """On the embedded log, all ready."""
    broker = own_database.url_as("broker_app")
    clinic = Clinic(database=own_database, broker_url=broker, folder=tmp_path)
    clinic.start(*EVERYBODY)
    try:
        clinic.await_ready()
        yield clinic
    finally:
        clinic.stop()


@pytest.fixture
def without_kafka(own_database: Database, tmp_path: Path) -> Iterator[Clinic]:
    nowhere = f"kafka://127.0.0.1:{free_port()}"
    clinic = Clinic(database=own_database, broker_url=nowhere, folder=tmp_path)
    clinic.start(*EVERYBODY)
    try:
        yield clinic
    finally:
        clinic.stop()


def eventually(holds: Callable[[], bool], clinic: Clinic) -> None:
    assert wait_until(holds, seconds=SECONDS, every=0.2), failing(clinic)


def failing(clinic: Clinic) -> Mapping[str, list[str]]:
    return {
        name: list(each.readiness()[1].get("failing", ())) for name, each in clinic.running.items()
    }


def misses(clinic: Clinic, what: Mapping[str, str]) -> bool:
    said = failing(clinic)
    return all(each in said[name] for name, each in what.items())


def test_without_kafka_requests_are_served_and_nobody_else_is_ready(without_kafka: Clinic) -> None:
    without_kafka.await_ready(*SERVING)
    eventually(lambda: misses(without_kafka, WORK), without_kafka)
    assert {without_kafka.running[name].readiness()[0] for name in WORK} == {503}
    assert without_kafka.is_ready(*SERVING)


def test_a_schema_of_other_code_is_not_worked_with(clinic: Clinic) -> None:
    set_revisions(clinic.database, "'x' || version_num")
    eventually(lambda: misses(clinic, SCHEMA), clinic)
    set_revisions(clinic.database, "substr(version_num, 2)")
    clinic.await_ready()


def set_revisions(database: Database, expression: str) -> None:
    for service in ("assignment", "gateway"):
        ask(database.url, f"UPDATE {service}.alembic_version SET version_num = {expression}")  # noqa: S608 - stands above


def test_while_the_database_is_away_nobody_is_ready(clinic: Clinic) -> None:
    away(clinic.database, is_away=True)
    eventually(lambda: misses(clinic, {**SCHEMA, **WORK}), clinic)
    away(clinic.database, is_away=False)
    clinic.await_ready()


def away(database: Database, *, is_away: bool) -> None:
    """As if the server were, for this database alone: nobody gets in, and who is in is out."""
    name = psycopg.conninfo.conninfo_to_dict(database.url)["dbname"]
    with psycopg.connect(database.url, dbname="postgres", autocommit=True) as superuser:
        superuser.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not is_away}'.encode())
        if is_away:
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_what_is_parked_makes_its_reader_degraded_and_is_counted(clinic: Clinic) -> None:
    ask(
        clinic.database.url,
        """INSERT INTO gateway.parked (reader, topic, partition, topic_id, "offset", code, since,
             tries)
           VALUES ('live', 'interlude.care.events.v1', 0, 'gone', 7, 'KeyError', now(), 1)""",
    )
    projector = clinic.running["gateway-projector"]
    eventually(lambda: projector.status == "degraded", clinic)
    assert projector.readiness() == (200, {"status": "degraded", "failing": ["nothing-parked"]})
    (parked,) = [each for each in projector.metrics() if each.name.endswith("parked_records")]
    assert [(sample.labels, sample.value) for sample in parked.samples] == [({"reader": "live"}, 1)]
    assert clinic.is_ready(*(name for name in EVERYBODY if name != "gateway-projector"))


def test_a_process_that_was_asked_to_stop_is_not_ready() -> None:
    asked: list[str] = []
    readiness = Readiness({"working": lambda: True}, stopping=lambda: bool(asked))
    assert readiness.failing() == []
    asked.append("SIGTERM")
    assert readiness.failing() == ["stopping"]
