"""`asyncapi.yaml` is a document of AsyncAPI 3.1, and says what really is on the topics."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy.contracts.catalogue import WRITERS
from libs.messaging.envelope import to_message, topic_of
from libs.testing.cast import MASHA
from libs.testing.streams import stream
from services.assignment.following import FOLLOWING as ASSIGNMENT
from services.care.following import FOLLOWING as CARE
from services.diary.following import FOLLOWING as DIARY
from services.gateway.analytics.pseudonyms import Pseudonyms
from services.gateway.analytics.records import Epoch, forgetting
from services.gateway.contracts import SERVICES as PROJECTED
from services.review.following import FOLLOWING as REVIEW

OPENAPI = Path(__file__).parents[2] / "openapi"
DOCUMENT = yaml.safe_load((OPENAPI / "asyncapi.yaml").read_text())


def only(required: str, optional: str = "", **known: Any) -> dict[str, Any]:
    """An object with these names and no others, as the specification lists them."""
    names = [*required.split(), *optional.split()]
    return {
        "type": "object",
        "required": required.split(),
        "properties": {name: known.get(name, {}) for name in names},
        "additionalProperties": False,
    }


def each(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"pattern": r"^[A-Za-z0-9._\-]+$"}
    return {"type": "object", "propertyNames": named, "additionalProperties": schema}


TEXT = {"type": "string", "minLength": 1}
REFERENCE = {**only("$ref"), "properties": {"$ref": TEXT}}
ABOUT = "title summary description tags externalDocs bindings"
KAFKA_KEY = only("kafka", kafka=only("key", "bindingVersion"))
KAFKA_TOPIC = only(
    "kafka",
    kafka=only(
        "topic",
        "partitions replicas topicConfiguration bindingVersion",
        topicConfiguration=only(
            "",
            "cleanup.policy retention.ms retention.bytes delete.retention.ms max.message.bytes",
            **{"cleanup.policy": {"type": "array"}, "retention.ms": {"type": "integer"}},
        ),
    ),
)
MESSAGE = only(
    "",
    f"headers payload correlationId contentType name examples traits {ABOUT}",
    headers=REFERENCE,
    payload=REFERENCE,
    contentType=TEXT,
    name=TEXT,
    title=TEXT,
    summary=TEXT,
    bindings=KAFKA_KEY,
    examples={"type": "array", "items": only("", "headers payload name summary")},
)
CHANNEL = only(
    "address",
    f"messages servers parameters {ABOUT}",
    messages=each(REFERENCE),
    bindings=KAFKA_TOPIC,
)
OPERATION = only(
    "action channel",
    f"messages reply security traits {ABOUT}",
    action={"enum": ["send", "receive"]},
    channel=REFERENCE,
)
SERVER = only(
    "host protocol",
    "protocolVersion pathname variables security " + ABOUT,
    variables=each(only("", "enum default description examples")),
)
ASYNCAPI_3_1 = only(
    "asyncapi info",
    "id servers defaultContentType channels operations components",
    asyncapi={"const": "3.1.0"},
    info=only("title version", "description termsOfService contact license tags externalDocs"),
    servers=each(SERVER),
    channels=each(CHANNEL),
    operations=each(OPERATION),
    components=only("", "schemas messages", messages=each(MESSAGE), schemas=each({})),
)


def test_it_has_the_shape_that_asyncapi_gives_it() -> None:
    faults = [
        f"{fault.json_path}: {fault.message[:200]}"
        for fault in Draft202012Validator(ASYNCAPI_3_1).iter_errors(DOCUMENT)
    ]
    assert faults == []


def test_a_misplaced_name_would_be_noticed() -> None:
    changed = {**DOCUMENT, "operations": {"careRelays": {"action": "publish", "chanel": {}}}}
    assert len(list(Draft202012Validator(ASYNCAPI_3_1).iter_errors(changed))) == 3


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


def test_a_record_has_the_headers_that_are_described() -> None:
    (recorded,) = stream("entry", UUID(int=1), ("interlude.diary.DiaryEntryRecorded.v1", {}))
    headers = {name for name, _ in to_message(recorded, topic_of("diary")).headers}
    described = DOCUMENT["components"]["schemas"]["Headers"]
    assert set(described["required"]) <= headers <= set(described["properties"])
    assert to_message(recorded, topic_of("diary")).key == str(MASHA).encode()


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
