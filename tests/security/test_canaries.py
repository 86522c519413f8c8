"""What people write is nowhere but where it is answered to those whom it concerns: words are
written into every text of every command, taken and refused, and then looked for in all that there
is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import uuid4

import httpx
import psycopg
import pytest
from kafka import KafkaProducer
from prometheus_client import CollectorRegistry, Counter

from deploy.local.ports import wait_until
from libs.process.admin import Readiness, serving
from tests.security.observed import LOOKS, Observed, Shown
from tests.security.sweeping import Found, Looking, overheard
from tests.security.table import Tried
from tests.security.texts import PUBLIC, WORD, texts
from tests.system.looking import READERS

pytestmark = [
    pytest.mark.security("canaries"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(600),
]

PLANTED = Looking([WORD])
NOWHERE: Sequence[Found] = ()


def found(looked: Iterator[Found]) -> Sequence[Found]:
    return tuple(dict.fromkeys(looked))


# --- What was written. ---


def test_every_text_of_every_command_was_kept_once(watched: Observed, tried: Tried) -> None:
    tried(len(texts()))
    assert len(texts()) > 150
    assert texts() - set(watched.sower.kept()) == set()
    assert {name for name, _ in PUBLIC} == {"registerClinic"}


def test_each_of_them_was_refused_in_every_way(watched: Observed) -> None:
    """And every word that was planted in a refusal is one of those that are looked for."""
    outcomes = {
        why: {answer.status_code for told, answer in watched.refused if told == why}
        for why, _ in watched.refused
    }
    assert outcomes["of a wrong kind"] == {415}
    assert outcomes["broken off"] == {400}
    assert outcomes["with a field too many"] == {422}
    # What is created has no version yet to insist on.
    assert outcomes["on a version that is gone"] == {400, 412}
    assert outcomes["with a token of no kind"] == {401}
    assert outcomes["by an analyst"] == {403}
    assert outcomes["too long"] <= {409, 413, 422}
    assert 409 in outcomes["once more"], "nothing came too late"
    assert all(word.startswith(WORD) for word in watched.planting.known)


def test_who_may_reads_what_was_written(watched: Observed) -> None:
    """So that what is looked for below is there to be found."""
    clinic, things = watched.sower.clinic, watched.sower.things
    headers = {"Authorization": f"Bearer {clinic.token('therapist')}"}
    url = f"{watched.run.services['assignment']}/v1/assignments/{things['assignment']}"
    assert httpx.get(url, headers=headers, timeout=20).text.count(WORD) > 30


# --- Where it is not. ---


def test_no_answer_to_a_command_repeats_it(watched: Observed, tried: Tried) -> None:
    answers = [
        *((f"{each.command} taken", each.answer) for each in watched.sower.sown),
        *watched.refused,
    ]
    assert len(answers) > 500
    tried(len(answers))
    for why, answer in answers:
        assert found(PLANTED.here(why, answer.content)) == NOWHERE
        assert found(PLANTED.here(why, repr(answer.headers))) == NOWHERE
    for said in watched.said_on_sockets:
        assert found(PLANTED.here("socket", str(said))) == NOWHERE


def test_no_table_holds_it(watched: Observed) -> None:
    """Streams, outboxes, answers to keys, read models, what is parked, whatever else there is."""
    assert found(PLANTED.in_tables(watched.run.database)) == NOWHERE


def test_no_topic_group_key_header_or_value_holds_it(watched: Observed) -> None:
    assert found(PLANTED.in_kafka(watched.run.broker)) == NOWHERE


def test_no_metric_and_no_probe_says_it(watched: Observed) -> None:
    assert len(watched.run.admin) == 15
    assert found(PLANTED.in_metrics(watched.run)) == NOWHERE


def test_no_statement_that_was_at_work_held_it(watched: Observed) -> None:
    assert len(watched.at_work) > 20
    assert found(PLANTED.here("pg_stat_activity", "\n".join(watched.at_work))) == NOWHERE


def test_no_log_no_trace_and_no_file_holds_it(watched: Observed) -> None:
    """Pages and write-ahead log of PostgreSQL, its own log with every statement and parameter,
    Kafka's segments, what each process printed: requests and spans too.
    """
    with psycopg.connect(watched.run.database, autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
    printed = "".join(each.read_text() for each in watched.interlude.var.logs.glob("*.log"))
    assert "uvicorn.access" in printed
    assert '"name": "append assignment", "context": {"trace_id"' in printed
    assert "append_many" in (watched.folder / "postgres" / "postgres.log").read_text()
    looked_at = {each.parent.name for each in watched.folder.rglob("*") if each.is_file()}
    assert {"pg_wal", "logs", "interlude.assignment.events.v1-0"} <= looked_at
    assert found(PLANTED.in_files(watched.folder)) == NOWHERE


@pytest.mark.parametrize("line", LOOKS)
def test_no_command_of_an_operator_shows_it(line: str, shown: Shown) -> None:
    done = shown(line)
    assert done.returncode == 0, done.stderr
    assert found(PLANTED.here(line, done.stdout + done.stderr)) == NOWHERE


def test_who_looks_for_a_person_by_name_leaves_no_name_in_the_log(watched: Observed) -> None:
    name = f"Orlova{uuid4().hex}"
    headers = {"Authorization": f"Bearer {watched.sower.clinic.token('therapist')}"}
    url = f"{watched.run.services['care']}/v1/patients"
    assert httpx.get(f"{url}/{name}", headers=headers).status_code == 404
    assert httpx.get(f"{url}/{uuid4()}", headers=headers).status_code == 404
    log = watched.interlude.var.logs / "care-api.log"
    assert wait_until(lambda: log.read_text().count("/v1/patients/") > 1, seconds=10, every=0.1)
    assert found(Looking([name]).here("log", log.read_text())) == NOWHERE


# --- That it would be found. ---


@pytest.fixture
def canary() -> str:
    """Of nobody's, and gone afterwards."""
    return f"Kanarienvogel{uuid4().hex[:8]}"


@pytest.mark.parametrize("shape", ["text", "json", "bytea"])
def test_one_in_a_table_is_found(watched: Observed, canary: str, shape: str) -> None:
    value = {"text": canary, "json": f'["{canary}"]', "bytea": canary.encode()}[shape]
    with psycopg.connect(watched.run.database, autocommit=True) as superuser:
        superuser.execute(f"CREATE TABLE diary.planted (it {shape})")
        superuser.execute("INSERT INTO diary.planted VALUES (%s)", [value])
        try:
            (here,) = found(Looking([canary]).in_tables(watched.run.database))
        finally:
            superuser.execute("DROP TABLE diary.planted")
    assert here == Found(where="table diary.planted", what=canary)


def test_one_in_a_page_of_the_database_is_found(watched: Observed, canary: str) -> None:
    with psycopg.connect(watched.run.database, autocommit=True) as superuser:
        superuser.execute("CREATE TABLE diary.planted (it text)")
        superuser.execute("INSERT INTO diary.planted VALUES (%s)", [canary])
        superuser.execute("CHECKPOINT")
        here = {each.where for each in Looking([canary]).in_files(watched.folder)}
        superuser.execute("DROP TABLE diary.planted")
    for kind in ("/base/", "/pg_wal/", "/postgres.log"):
        assert any(kind in where for where in here), kind


def test_one_in_a_log_is_found(watched: Observed, canary: str) -> None:
    log = watched.interlude.var.logs / "planted.log"
    log.write_text(f'{{"event": "{canary}"}}\n')
    try:
        (here,) = found(Looking([canary]).in_files(watched.folder))
    finally:
        log.unlink()
    assert here.where == str(log)


def test_one_in_kafka_is_found(watched: Observed, canary: str) -> None:
    servers = watched.run.broker.removeprefix("kafka://").split(",")
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send(
        "interlude.analytics.events.v1",
        key=canary.encode(),
        headers=[("planted", canary.encode())],
        value=canary.encode(),
    )
    producer.close()
    here = {each.where.split()[0] for each in Looking([canary]).in_kafka(watched.run.broker)}
    assert here == {"key", "headers", "value"}


def test_one_in_a_statement_is_found(watched: Observed, canary: str) -> None:
    with (
        overheard(watched.run.database) as at_work,
        psycopg.connect(watched.run.database) as superuser,
    ):
        superuser.execute(f"SELECT pg_sleep(1), '{canary}'".encode())
    assert any(canary in statement for statement in at_work)


def test_one_in_a_metric_is_found(watched: Observed, canary: str) -> None:
    registry = CollectorRegistry()
    Counter("planted", "Said by nobody.", ["by"], registry=registry).labels(by=canary).inc()
    with serving(Readiness(), port=0, metrics=registry) as port:
        run = replace(watched.run, admin={"planted": f"http://127.0.0.1:{port}"})
        (here,) = found(Looking([canary]).in_metrics(run))
    assert here.where == "metrics of planted"


# --- What a stranger says. ---


def parked_by_each(watched: Observed) -> Sequence[int]:
    counts = ", ".join(f"(SELECT count(*) FROM {each}.parked)" for each in READERS)  # noqa: S608 - our own schemas
    with psycopg.connect(watched.run.database) as superuser:
        return superuser.execute(f"SELECT {counts}".encode()).fetchone() or ()


def test_a_strangers_record_is_parked_without_what_it_says(watched: Observed, canary: str) -> None:
    """Where it lies is kept, and why; it itself stays where the stranger put it."""
    servers = watched.run.broker.removeprefix("kafka://").split(",")
    producer = KafkaProducer(bootstrap_servers=servers)
    headers = [("ce_id", canary.encode()), ("ce_type", canary.encode()), (canary, b"")]
    producer.send(
        "interlude.care.events.v1", key=canary.encode(), headers=headers, value=canary.encode()
    )
    producer.close()
    assert wait_until(lambda: all(parked_by_each(watched)), seconds=30, every=0.2)
    looking = Looking([canary])
    assert found(looking.in_tables(watched.run.database)) == NOWHERE
    assert found(looking.in_metrics(watched.run)) == NOWHERE
    assert found(looking.in_files(watched.interlude.var.logs)) == NOWHERE
    for line in ("gateway projector parked", "assignment follow parked --json"):
        done = watched.operated(line)
        assert "interlude.care.events.v1" in done.stdout
        assert found(looking.here(line, done.stdout + done.stderr)) == NOWHERE
