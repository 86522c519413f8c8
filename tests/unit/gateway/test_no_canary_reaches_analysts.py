"""Whatever stands in a fact, in every field and in the envelope: no text, id, date or zone of it
stands in the analytics record that is made of it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.contracts import catalogue
from libs.eventstore.recorded import Recorded
from libs.eventstore.versions import first_version_of
from libs.messaging.derived import Record
from services.gateway.analytics.decided import DECIDED
from services.gateway.analytics.passing import NotAsDecided, Passes
from services.gateway.analytics.pseudonyms import Pseudonyms
from services.gateway.analytics.records import Course, Epoch, derived, forgetting
from tests.unit.gateway.schemas import Json, plain

CANARY = "Larry"
SCHEMAS = {first_version_of(fact.name): fact.schema for fact in catalogue.published()}
PASSING = {name: each for name, each in DECIDED.items() if isinstance(each, Passes)}
EPOCH = Epoch(number=1, key=bytes(range(32)))
BEGAN = datetime(2026, 2, 16, 9, 0, tzinfo=UTC)
COURSE = Course(began_at=BEGAN, sessions={UUID(int=0xE1): datetime(2026, 2, 20, 16, tzinfo=UTC)})

LOOKS_LIKE_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
LOOKS_LIKE_A_TIME = re.compile(r"\d{4}-\d\d|\d\d:\d\d")

ids = st.uuids().map(str)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1))  # noqa: DTZ001 - made aware below
instants = moments.map(lambda moment: moment.replace(tzinfo=UTC).isoformat())
texts = st.builds(lambda more: f"{CANARY}{more}", st.text(max_size=8))


def made_of(schema: Json, document: Json, *, strange: bool) -> st.SearchStrategy[Any]:
    """Values of this schema with a canary wherever there is text, and a field that it has not; what
    is `strange` also has canaries for codes.
    """
    schema = plain(schema, document)
    if "properties" in schema:
        fields = {
            name: made_of(each, document, strange=strange)
            for name, each in schema["properties"].items()
        }
        return st.builds(
            lambda known, unknown: {**unknown, **known},
            st.fixed_dictionaries({}, optional=fields),
            st.dictionaries(st.just("not_decided"), texts, max_size=1),
        )
    if schema.get("type") == "array":
        return st.lists(made_of(schema["items"], document, strange=strange), max_size=3)
    codes = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if codes:
        return st.sampled_from([*codes, CANARY] if strange else codes)
    return _plainly(schema)


def _plainly(schema: Json) -> st.SearchStrategy[Any]:
    match schema.get("type"), schema.get("format"):
        case "boolean", _:
            return st.booleans()
        case (("integer" | "number"), _):
            return st.integers(0, 480)
        case _, "uuid":
            return ids
        case _, "date-time":
            return instants
        case _, "date":
            return moments.map(lambda moment: moment.date().isoformat())
        case _:
            return texts


@st.composite
def recorded(draw: st.DrawFn, kind: str) -> Recorded:
    """Of this kind, with an envelope in which everything is somebody's."""
    schema = SCHEMAS[kind]
    service = kind.split(".")[1]
    moment = draw(moments).replace(tzinfo=UTC)
    return Recorded(
        event_id=draw(st.uuids()),
        stream_id=f"{service}-{draw(st.uuids())}",
        version=draw(st.integers(1, 99)),
        type=kind,
        tenant_id=draw(st.uuids()),
        subject_id=draw(st.uuids()),
        actor_id=draw(st.uuids()),
        actor_role="patient",
        on_behalf_of=draw(st.uuids()),
        correlation_id=draw(st.uuids()),
        causation_id=draw(st.uuids()),
        traceparent=f"00-{'5e' * 16}-{'7c' * 8}-01",
        occurred_at=moment,
        zone="Europe/London",
        recorded_at=moment,
        data=orjson.dumps(draw(made_of(schema, schema, strange=draw(st.booleans())))),
        chain=b"\x5e" * 16,
    )


def everything(record: Record) -> Iterator[str]:
    """Every place in a record, but the addresses of its type and schema."""
    yield record.key
    for name, value in record.headers:
        yield name
        if name not in {"ce_type", "ce_dataschema"}:
            yield value
    yield record.value.decode()


def told_by(fact: Recorded) -> Iterator[str]:
    """Every id of the envelope, its trace and its chain, as they might be written."""
    known = (fact.event_id, fact.tenant_id, fact.subject_id, fact.actor_id, fact.on_behalf_of)
    for uuid in (*known, fact.correlation_id, fact.causation_id, fact.stream_uuid):
        assert uuid is not None
        yield from (str(uuid), uuid.hex)
    yield from (fact.traceparent, fact.chain.hex(), fact.zone)


def must_hold_nothing_of(fact: Recorded, record: Record) -> None:
    own = [*told_by(fact), CANARY, *_texts(orjson.loads(fact.data))]
    for place in everything(record):
        assert not LOOKS_LIKE_AN_ID.search(place)
        assert not LOOKS_LIKE_A_TIME.search(place)
        for canary in own:
            assert canary not in place


def _texts(content: Any) -> Iterator[str]:
    """All text of a fact but its codes."""
    if isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)
    elif isinstance(content, str) and not re.fullmatch(r"[a-z_]+", content):
        yield content
        yield content.replace("-", "")


@pytest.mark.parametrize("kind", sorted(PASSING), ids=lambda kind: kind[10:])
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_nothing_that_is_somebodys_passes(kind: str, data: st.DataObject) -> None:
    fact = data.draw(recorded(kind))
    assert fact.subject_id is not None
    names = Pseudonyms(EPOCH.key, data.draw(st.uuids()), fact.subject_id)
    earlier = data.draw(st.uuids())
    try:
        record = derived(
            fact, PASSING[kind], epoch=EPOCH, names=names, course=COURSE, supersedes=earlier
        )
    except NotAsDecided:
        return
    must_hold_nothing_of(fact, record)
    assert str(earlier) not in record.value.decode()
    must_hold_nothing_of(fact, forgetting(fact, epoch=EPOCH, names=names))


@settings(max_examples=3, deadline=None)
@given(fact=recorded("interlude.assignment.OccurrenceCompleted.v1"))
def test_a_canary_that_did_pass_would_be_seen(fact: Recorded) -> None:
    for leak in (f'{{"note": "{CANARY} was on the phone"}}', '{"day": "2026-03-02"}'):
        with pytest.raises(AssertionError):
            must_hold_nothing_of(fact, Record(key="k", headers=[], value=leak.encode()))
    with pytest.raises(AssertionError):
        must_hold_nothing_of(fact, Record(key=str(fact.subject_id), headers=[], value=b"{}"))
