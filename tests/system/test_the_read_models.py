"""Every read model is the fold of the log: replayed from the topics into an empty database the
tables come out the same, and a fold of plain dictionaries comes to the same main facts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url

from deploy.local import migrations
from deploy.local.people import CLINIC, PEOPLE
from deploy.local.run_info import RunInfo
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery
from services.gateway.projections.everything import LIVE, READ_MODELS
from tests.system.looking import records_of, rows
from tests.system.people import Person, global_id
from tests.system.topics import Record, once

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

REPLAYED = "replayed"
TABLES = sorted(table.name for model in READ_MODELS for table in model.tables)


BESIDES: Mapping[str, Mapping[str, Any]] = {
    "care/v1/supervisions": {
        "supervisor_id": str(uuid4()),
        "therapist_id": str(PEOPLE["therapist"].id),
    },
    "care/v1/departures": {"person_id": str(uuid4())},
    "care/v1/records-windows": {"clinic_id": str(CLINIC), "days": 0},
}
"""What does not happen in the story, told of whom nobody else asks about."""


@pytest.fixture(scope="module")
def records(run: RunInfo) -> list[Record]:
    """All that was told so far, whoever told it."""
    for where, body in BESIDES.items():
        assert Person(run, "clinic_admin").tells(where, body).is_success, where
    return once(records_of(run))


@pytest.fixture(scope="module")
def replayed(run: RunInfo, records: Sequence[Record]) -> Iterator[str]:
    """The URL of a second database, filled topic after topic, the last topic first: an order in
    which no projector would ever have met them.
    """
    with closing(psycopg.connect(run.database, autocommit=True)) as superuser:
        superuser.execute(f"CREATE DATABASE {REPLAYED}")
        try:
            yield _filled(make_conninfo(run.database, dbname=REPLAYED), run.database, records)
        finally:
            superuser.execute(f"DROP DATABASE {REPLAYED} WITH (FORCE)")


def _filled(conninfo: str, live: str, records: Sequence[Record]) -> str:
    url = make_url(live).set(database=REPLAYED)
    migrations.apply_roles(conninfo)
    migrations.migrate_all(
        lambda role: url.set(username=role).render_as_string(hide_password=False)
    )
    engine = create_engine(url.set(drivername="postgresql+psycopg", username="gateway_projector"))
    for topic in sorted({record.topic for record in records}, reverse=True):
        facts = [from_delivery(_delivery(each)) for each in records if each.topic == topic]
        with engine.begin() as db:
            for projection in LIVE:
                projection.project(db, facts)
    engine.dispose()
    return url.render_as_string(hide_password=False)


def _delivery(record: Record) -> Delivery:
    return Delivery(
        partition=Partition(record.topic, record.partition),
        offset=record.offset,
        key=record.key,
        headers=record.raw,
        value=record.value,
    )


def _table(url: str, name: str) -> list[Any]:
    found = rows(url, f"SELECT to_jsonb(t) AS row FROM gateway.{name} t ORDER BY t::text")  # noqa: S608 - our own tables' names
    return [each["row"] for each in found]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_replayed_from_the_topics_is_the_same(
    run: RunInfo, replayed: str, name: str
) -> None:
    live = _table(run.database, name)
    assert live == _table(replayed, name)
    assert live, "every read model has something in it"


def test_the_feed_numbers_every_fact_about_a_patient_once(run: RunInfo, replayed: str) -> None:
    live, again = (
        rows(url, "SELECT patient_id, number, event_id FROM gateway.feed ORDER BY 1, 2")
        for url in (run.database, replayed)
    )
    assert {row["event_id"] for row in live} == {row["event_id"] for row in again}
    for patient in {row["patient_id"] for row in live}:
        numbers = [row["number"] for row in live if row["patient_id"] == patient]
        assert numbers == [*range(1, len(numbers) + 1)]


def test_what_was_applied_is_what_was_recorded(run: RunInfo, records: Sequence[Record]) -> None:
    recorded = {record.stream: record.version for record in records}
    applied = rows(run.database, "SELECT stream_id, version FROM gateway.applied")
    assert {row["stream_id"]: row["version"] for row in applied} == recorded


# --- A fold of our own, from raw records. ---

COURSE = {
    "AssignmentCreated": "draft",
    "AssignmentProposed": "proposed",
    "AssignmentActivated": "active",
    "HomeworkCompleted": "completed",
}
MEASURED = {
    "ReadinessRated": ("readiness", "confidence", "importance"),
    "TaskRated": ("difficulty", "utility"),
    "PredictionStated": ("likelihood",),
    "HomeworkBeliefExplored": ("conviction_before", "conviction_after"),
}


def uuid_of(record: Record) -> UUID:
    return UUID(record.stream[-36:])


def assignments(records: Sequence[Record]) -> Mapping[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"agreed": set()})
    for record in records:
        if not record.stream.startswith("assignment-"):
            continue
        homework = found[uuid_of(record)]
        homework["course"] = COURSE.get(record.name, homework.get("course"))
        homework["version"] = record.version
        match record.name:
            case "AssignmentCreated":
                homework |= {name: record.data[name] for name in ("title", "patient_id")}
            case "AssignmentAgreed":
                homework["agreed"].add(record.data["agreed_by"])
            case "DueDateSet" | "DueDateMoved":
                homework["due_at"] = record.data.get("due_at")
    return found


def status(homework: Mapping[str, Any]) -> str:
    both = homework["agreed"] == {"patient", "therapist"}
    return "agreed" if both and homework["course"] in {"draft", "proposed"} else homework["course"]


def occurrences(records: Sequence[Record]) -> Mapping[str, str]:
    states: dict[str, str] = {}
    for record in records:
        match record.name:
            case "OccurrencesScheduled":
                states |= {each["id"]: "scheduled" for each in record.data["occurrences"]}
            case "OccurrenceCompleted":
                done = record.data["quantity"] >= 100
                states[record.data["occurrence_id"]] = "completed" if done else "partial"
            case "OccurrencesWithdrawn":
                states |= dict.fromkeys(record.data["occurrence_ids"], "not_applicable")
    return states


def test_where_each_assignment_stands(run: RunInfo, records: Sequence[Record]) -> None:
    folded = {
        uuid: (status(each), each["version"], each.get("due_at"))
        for uuid, each in assignments(records).items()
    }
    shown = {
        row["assignment_id"]: (row["status"], row["version"], row["due"])
        for row in rows(
            run.database,
            """SELECT *, to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS due
            FROM gateway.assignments""",
        )
    }
    assert folded == shown
    assert {"active", "completed"} <= {where for where, _, _ in folded.values()}


def test_titles_are_there_and_are_sealed(run: RunInfo, records: Sequence[Record]) -> None:
    shown = rows(run.database, "SELECT assignment_id, title FROM gateway.assignments")
    for row in shown:
        told = assignments(records)[row["assignment_id"]]["title"]
        assert {"key", "nonce", "ciphertext"} <= told.keys()
        assert row["title"]["ciphertext"] == told["ciphertext"]


def test_the_series_of_ratings(run: RunInfo, records: Sequence[Record]) -> None:
    folded = Counter(
        (record.id, measure, record.data[measure]["value"], record.data[measure]["scale"]["max"])
        for record in records
        for measure in MEASURED.get(record.name, ())
        if record.data.get(measure) is not None
    )
    shown = Counter(
        (
            str(row["event_id"]),
            row["measure"],
            row["rating"]["value"],
            row["rating"]["scale"]["max"],
        )
        for row in rows(run.database, "SELECT * FROM gateway.ratings")
    )
    assert folded == shown
    assert len(folded) >= 11


def test_every_window_with_what_became_of_it(run: RunInfo, records: Sequence[Record]) -> None:
    shown = rows(run.database, "SELECT occurrence_id::text AS id, told FROM gateway.occurrences")
    assert {row["id"]: row["told"] for row in shown} == occurrences(records)


def test_today_shows_the_windows_that_are_still_open(
    patient: Person, records: Sequence[Record], story: Mapping[str, str]
) -> None:
    seen = patient.sees("{ today { occurrences { id title state } assignments { id } } }")["today"]
    open_now = {
        each["id"]
        for record in records
        if record.name == "OccurrencesScheduled" and record.stream.endswith(story["three_others"])
        for each in record.data["occurrences"]
        if occurrences(records)[each["id"]] == "scheduled"
    }
    known = {global_id("Occurrence", each) for each in open_now}
    assert {each["id"] for each in seen["occurrences"]} == known
    assert {each["state"] for each in seen["occurrences"]} == {"AVAILABLE"}


def test_the_notebook_holds_what_was_filed(
    run: RunInfo, records: Sequence[Record], story: Mapping[str, str]
) -> None:
    folded = {
        (record.id, record.data["assignment_id"], record.data["review_id"])
        for record in records
        if record.name == "HomeworkFiled"
    }
    shown = rows(run.database, "SELECT * FROM gateway.notebook")
    assert {
        (str(row["item_id"]), str(row["assignment_id"]), str(row["review_id"])) for row in shown
    } == folded
    mine = [record for record in records if record.data.get("patient_id") == story["patient"]]
    assert len([record for record in mine if record.name == "HomeworkFiled"]) == 1


def test_the_agenda_of_session_3_is_what_was_left_open(
    therapist: Person, records: Sequence[Record], story: Mapping[str, str]
) -> None:
    agenda = therapist.sees(
        """query($id: ID!) { sessionAgenda(sessionId: $id) {
            openAssignments { id } completedAssignments { id }
            lowRatings { assignmentId confidence { value } } entries { id } } }""",
        id=story["session_3"],
    )["sessionAgenda"]
    open_homework = {
        global_id("Assignment", uuid)
        for uuid, each in assignments(records).items()
        if status(each) not in {"completed", "declined"} and each["patient_id"] == story["patient"]
    }
    assert {each["id"] for each in agenda["openAssignments"]} == open_homework
    assert agenda["completedAssignments"] == []
    low = [(each["assignmentId"], each["confidence"]["value"]) for each in agenda["lowRatings"]]
    assert (global_id("Assignment", story["three_others"]), 4) in low
    assert [each["id"] for each in agenda["entries"]] == [global_id("DiaryEntry", story["entry"])]
