"""The story in the topics, read by a plain consumer: whole, in order, well-formed, and the one
source of everything that is stored beside it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deploy.local.run_info import RunInfo
from tests.system.fixtures import Told
from tests.system.looking import parked
from tests.system.topics import TOPICS, Record, once

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

EVENTS = Path(__file__).parents[2] / "openapi" / "events"

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"
STREAM = rf"[a-z]+-{UUID}"
ALWAYS = {
    "ce_specversion": r"1\.0",
    "ce_id": UUID,
    "ce_type": r"interlude\.(care|assignment|diary|review)\.[A-Z][A-Za-z]+\.v[12]",
    "ce_source": r"/interlude/(care|assignment|diary|review)",
    "ce_subject": STREAM,
    "ce_time": INSTANT,
    "ce_dataschema": r"https://.*/interlude\.[a-z]+\.[A-Za-z]+\.v[12]\.schema\.json",
    "content-type": r"application/json",
    "ce_sequence": r"[1-9]\d*",
    "ce_partitionkey": rf"({STREAM}|{UUID})",
    "ce_tenantid": UUID,
    "ce_actorid": UUID,
    "ce_actorrole": r"patient|therapist|clinic_admin|operator|system",
    "ce_zone": r"Europe/London|Etc/UTC",
    "ce_correlationid": UUID,
    "ce_recordedtime": INSTANT,
    "ce_traceparent": r"00-[0-9a-f]{32}-[0-9a-f]{16}-01",
    "ce_chain": r"([0-9a-f]{2}){16,32}",
}
SOMETIMES = {"ce_onbehalfof": UUID, "ce_causationid": UUID}


def streams(records: Sequence[Record]) -> Mapping[str, list[Record]]:
    """By stream, in the order in which the records came."""
    found = defaultdict(list)
    for record in records:
        found[record.stream].append(record)
    return found


def test_every_topic_holds_its_service_and_no_other(told: Told) -> None:
    written = {(record.topic, record.headers["ce_source"]) for record in told.records}
    assert written == {(topic, f"/interlude/{topic.split('.')[1]}") for topic in TOPICS}
    assert all(each.type.startswith(each.topic.removesuffix("events.v1")) for each in told.records)


def test_the_first_occurrences_of_a_stream_come_in_its_order(told: Told) -> None:
    for records in streams(once(told.records)).values():
        assert [record.version for record in records] == [*range(1, len(records) + 1)]


def test_a_key_has_one_partition_and_a_stream_has_one_key(told: Told) -> None:
    partitions: dict[Any, set[int]] = defaultdict(set)
    keys: dict[Any, set[bytes]] = defaultdict(set)
    for record in told.records:
        partitions[record.topic, record.key].add(record.partition)
        keys[record.stream].add(record.key)
    assert all(len(found) == 1 for found in partitions.values())
    assert all(len(found) == 1 for found in keys.values())


def test_what_repeats_is_the_same_to_the_byte(told: Told) -> None:
    written = {(each.id, each.key, each.raw, each.value) for each in told.records}
    assert len(written) == len(once(told.records))


def test_the_key_is_the_patient_whom_a_fact_is_about(told: Told) -> None:
    patient, clinic = told.run.story["patient"], f"clinic-{told.run.story['clinic']}"
    therapists = {told.run.story["therapist"], told.run.story["other_therapist"]}
    for record in told.records:
        category, _, uuid = record.stream.partition("-")
        wanted = {"clinic": {clinic}, "therapist": therapists & {uuid}}.get(category, {patient})
        assert {record.key.decode()} == {record.headers["ce_partitionkey"]} == wanted


def test_every_record_has_the_whole_envelope_and_nothing_else(told: Told) -> None:
    for record in told.records:
        given = dict(record.headers)
        assert len(given) == len(record.raw)
        allowed = {**ALWAYS, **{name: SOMETIMES[name] for name in SOMETIMES if name in given}}
        assert given.keys() == allowed.keys()
        wrong = [name for name in given if not re.fullmatch(allowed[name], given[name])]
        assert not wrong, (record.type, wrong)
        assert given["ce_dataschema"].endswith(f"/{record.type}.schema.json")


def test_nothing_is_recorded_before_the_last_of_its_stream_or_before_it_happened(
    told: Told,
) -> None:
    for records in streams(once(told.records)).values():
        recorded = [datetime.fromisoformat(each.headers["ce_recordedtime"]) for each in records]
        assert recorded == sorted(recorded)
        happened = [datetime.fromisoformat(each.headers["ce_time"]) for each in records]
        assert all(was <= then for was, then in zip(happened, recorded, strict=True))


def test_every_value_fits_the_published_schema(told: Told) -> None:
    for record in told.records:
        schema = orjson.loads((EVENTS / f"{record.type}.schema.json").read_bytes())
        checker = Draft202012Validator(schema, format_checker=FormatChecker())
        wrong = [(list(error.path), error.validator) for error in checker.iter_errors(record.data)]
        assert not wrong, (record.type, wrong)


def test_the_chain_goes_on_from_record_to_record(told: Told) -> None:
    links = [record.headers["ce_chain"] for record in once(told.records)]
    assert len(set(links)) == len(links)


def test_what_a_fact_caused_names_it(told: Told) -> None:
    """The completed review files the homework in the notebook; nobody asked for it."""
    by_name = {record.name: record for record in told.records}
    filed, completed = by_name["HomeworkFiled"], by_name["ReviewCompleted"]
    assert filed.headers["ce_actorrole"] == "system"
    assert filed.headers["ce_causationid"] == completed.id
    assert filed.headers["ce_correlationid"] == completed.headers["ce_correlationid"]


def test_what_was_told_in_one_request_belongs_together(told: Told) -> None:
    """`giveHomework`: from the created assignment to its first windows."""
    given = streams(once(told.records))[f"assignment-{told.run.story['three_others']}"]
    assert given[0].data["continues_from"] == told.run.story["larry"]
    request = given[0].headers["ce_correlationid"]
    together = [each.name for each in given if each.headers["ce_correlationid"] == request]
    assert {"AssignmentCreated", "RationaleGiven", "ComponentAdded", "PlanSpecified"} < {*together}
    assert together[-2:] == ["AssignmentActivated", "OccurrencesScheduled"]


def test_the_topics_hold_what_the_stores_hold_to_the_byte(told: Told) -> None:
    published = {
        (each.id, each.stream, each.version, each.type, each.headers["ce_chain"], each.value)
        for each in told.records
    }
    stored = {
        (
            row["id"],
            row["stream_id"],
            row["version"],
            row["type"],
            row["chain"],
            row["data"].encode(),
        )
        for row in told.stored
    }
    assert published == stored


def test_nothing_is_parked(run: RunInfo) -> None:
    assert parked(run.database) == []


def test_the_story_is_whole(told: Told) -> None:
    """All of session 1 and of Monday, in the order in which it was told."""
    larry = streams(once(told.records))[f"assignment-{told.run.story['larry']}"]
    names: list[Any] = [record.name for record in larry]
    wanted = [
        "AssignmentCreated",
        "OptionsOffered",
        "OptionChosen",
        "FirstComponentChosen",
        "RationaleGiven",
        "PracticeOffered",
        "PracticeRequested",
        "PracticeRecorded",
        "SituationConceptualised",
        "ExperienceRecorded",
        "PredictionStated",
        "ObstacleAnticipated",
        "ObstacleResponsePlanned",
        "PlanSpecified",
        "UnderstandingChecked",
        "ReadinessRated",
        "TaskRated",
        "CommitmentStated",
        "AssignmentProposed",
        "AssignmentActivated",
        "OccurrencesScheduled",
        "ObstacleReported",
        "OccurrenceCompleted",
        "HomeworkCompleted",
    ]
    assert [name for name in names if name in set(wanted)] == wanted
    assert names.count("AssignmentAgreed") == 2
