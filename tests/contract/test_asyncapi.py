"""`asyncapi.yaml` is a document of AsyncAPI 3.1, and says what really is on the topics."""

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from deploy.contracts.catalogue import WRITERS
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery, to_message, topic_of
from libs.process.following import group_of
from libs.process.settings import Publishing
from libs.testing.cast import MASHA
from libs.testing.streams import stream
from services.assignment.following import FOLLOWING as ASSIGNMENT
from services.care.following import FOLLOWING as CARE
from services.diary.following import FOLLOWING as DIARY
from services.gateway.analytics.pseudonyms import Pseudonyms
from services.gateway.analytics.records import Epoch, forgetting
from services.gateway.contracts import SERVICES as PROJECTED
from services.gateway.projecting import GROUP
from services.review.following import FOLLOWING as REVIEW

OPENAPI = Path(__file__).parents[2] / "openapi"
DOCUMENT = yaml.safe_load((OPENAPI / "asyncapi.yaml").read_text())


OFFICIAL = Draft7Validator(
    json.loads((Path(__file__).parent / "asyncapi" / "3.1.0.schema.json").read_bytes())
)
"""Of AsyncAPI's own package `@asyncapi/specs` 6.11.1; its licence lies beside it."""
HEADERS = DOCUMENT["components"]["schemas"]["Headers"]
MESSAGES = DOCUMENT["components"]["messages"]
DERIVED = {name for name in MESSAGES if name.startswith("interlude.analytics.")}


def test_it_is_what_asyncapis_own_schema_allows() -> None:
    faults = [f"{one.json_path}: {one.message[:200]}" for one in OFFICIAL.iter_errors(DOCUMENT)]
    assert faults == []


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (("operations", "careRelays"), {"action": "publish"}),
        (("channels", "care"), {"adress": "interlude.care.events.v1"}),
        (("channels", "care", "bindings", "kafka"), {"partitions": "twelve"}),
        (("servers", "kafka"), {"url": "127.0.0.1"}),
        (("components", "messages", "interlude.care.SessionEnded.v1"), {"payloads": {}}),
    ],
    ids=["action", "channel", "binding", "server", "message"],
)
def test_a_misplaced_name_would_be_noticed(place: tuple[str, ...], fault: dict[str, Any]) -> None:
    changed = deepcopy(DOCUMENT)
    here = changed
    for step in place:
        here = here[step]
    here.update(fault)
    assert not OFFICIAL.is_valid(changed)


def test_every_reference_leads_somewhere() -> None:
    for reference in _references(DOCUMENT):
        if reference.startswith("./"):
            assert (OPENAPI / reference).is_file(), reference
            continue
        here = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


@pytest.mark.parametrize("service", WRITERS)
def test_the_readers_of_a_topic_are_those_that_say_they_follow_it(service: str) -> None:
    follows = {
        "care": CARE.services,
        "assignment": ASSIGNMENT.services,
        "diary": DIARY.services,
        "review": REVIEW.services,
        "gateway": PROJECTED,
    }
    readers = {name for name, topics in follows.items() if service in topics}
    described = {
        name.partition("Reads")[0]
        for name, operation in DOCUMENT["operations"].items()
        if operation["action"] == "receive"
        and operation["channel"]["$ref"] == f"#/channels/{service}"
    }
    assert described == readers


@pytest.mark.parametrize("service", WRITERS)
def test_a_topic_is_where_the_relay_writes(service: str) -> None:
    assert DOCUMENT["channels"][service]["address"] == topic_of(service)


def recorded_by_somebody_for_a_cause() -> Sequence[tuple[str, bytes]]:
    (recorded,) = stream("entry", UUID(int=1), ("interlude.diary.DiaryEntryRecorded.v1", {}))
    told = replace(recorded, on_behalf_of=MASHA, causation_id=UUID(int=2))
    return to_message(told, topic_of("diary")).headers


def test_every_header_of_a_record_is_described_and_no_other() -> None:
    assert {name for name, _ in recorded_by_somebody_for_a_cause()} == set(HEADERS["properties"])


def test_headers_that_are_always_there_are_required() -> None:
    (recorded,) = stream("entry", UUID(int=1), ("interlude.diary.DiaryEntryRecorded.v1", {}))
    message = to_message(recorded, topic_of("diary"))
    assert {name for name, _ in message.headers} == set(HEADERS["required"])
    assert message.key == str(MASHA).encode()


def test_real_headers_are_what_is_described() -> None:
    headers = {name: value.decode() for name, value in recorded_by_somebody_for_a_cause()}
    Draft7Validator(HEADERS).validate(headers)
    assert not Draft7Validator(HEADERS).is_valid({**headers, "ce_sequence": "0"})


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_every_analytics_record_has_an_example_that_is_as_described(name: str) -> None:
    (example,) = MESSAGES[name]["examples"]
    described = DOCUMENT["components"]["schemas"]["AnalyticsHeaders"]
    Draft202012Validator(described).validate(example["headers"])
    assert example["headers"]["ce_type"] == name
    schema = json.loads((OPENAPI / MESSAGES[name]["payload"]["$ref"]).read_bytes())
    Draft202012Validator(schema).validate(example["payload"])


@pytest.mark.parametrize("name", sorted(MESSAGES.keys() - DERIVED))
def test_every_message_has_an_example_that_our_own_readers_take(name: str) -> None:
    message = MESSAGES[name]
    assert message["summary"] != name, "the fact's docstring says what it means"
    (example,) = message["examples"]
    Draft7Validator(HEADERS).validate(example["headers"])
    schema = json.loads((OPENAPI / message["payload"]["$ref"]).read_bytes())
    Draft202012Validator(schema).validate(example["payload"])
    topic = topic_of(name.split(".")[1])
    headers = [(header, value.encode()) for header, value in example["headers"].items()]
    read = from_delivery(
        Delivery(
            partition=Partition(topic, 0),
            offset=0,
            key=example["headers"]["ce_partitionkey"].encode(),
            headers=headers,
            value=json.dumps(example["payload"]).encode(),
        )
    )
    assert read.type == name


@pytest.mark.parametrize("service", WRITERS)
def test_a_topic_says_how_long_it_keeps_and_how_wide_it_is(service: str) -> None:
    binding = DOCUMENT["channels"][service]["bindings"]["kafka"]
    assert binding["topicConfiguration"]["retention.ms"] == -1
    assert binding["topicConfiguration"]["cleanup.policy"] == ["delete"]
    assert binding["partitions"] == Publishing.model_fields["partitions"].default


def test_the_relay_writes_the_newest_versions_only() -> None:
    sent = {
        each["$ref"].rpartition("/")[2] for each in DOCUMENT["operations"]["careRelays"]["messages"]
    }
    assert "interlude.care.SessionScheduled.v3" in sent
    assert "interlude.care.SessionScheduled.v1" not in sent
    assert "interlude.care.SessionScheduled.v1" in DOCUMENT["channels"]["care"]["messages"]


def test_consumer_groups_are_the_ones_that_our_roles_join() -> None:
    for name, operation in DOCUMENT["operations"].items():
        if operation["action"] == "receive" and "Reads" in name:
            reader = name.partition("Reads")[0]
            group = GROUP if reader == "gateway" else group_of(reader)
            pattern = re.compile(operation["bindings"]["kafka"]["groupId"]["pattern"])
            assert pattern.match(group)
            assert pattern.match(f"clinic.{group}")
            assert not pattern.match("interlude.somebody.else")


def test_an_analytics_record_has_the_headers_that_are_described_and_is_not_kept_for_ever() -> None:
    (recorded,) = stream("entry", UUID(int=1), ("interlude.diary.DiaryEntryRecorded.v1", {}))
    record = forgetting(
        recorded,
        epoch=Epoch(number=1, key=bytes(32)),
        names=Pseudonyms(bytes(32), UUID(int=2), MASHA),
    )
    headers = {name for name, _ in record.headers}
    described = DOCUMENT["components"]["schemas"]["AnalyticsHeaders"]
    assert set(described["required"]) <= headers <= set(described["properties"])
    assert not headers & {"ce_time", "ce_recordedtime", "ce_traceparent", "ce_chain", "ce_zone"}
    channel = DOCUMENT["channels"]["analytics"]
    kept = channel["bindings"]["kafka"]["topicConfiguration"]["retention.ms"]
    assert (channel["address"], kept) == (topic_of("analytics"), 400 * 24 * 3600 * 1000)


def _references(content: object) -> list[str]:
    if isinstance(content, list):
        return [found for one in content for found in _references(one)]
    if not isinstance(content, dict):
        return []
    own = [value for name, value in content.items() if name == "$ref" and isinstance(value, str)]
    return own + [found for one in content.values() for found in _references(one)]
