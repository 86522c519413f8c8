"""`openapi/analytics/`: a schema and an example of every record of the analytics topic, made from
the schemas of the facts and from what was decided to pass of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from deploy.contracts.catalogue import Published
from libs.eventstore.recorded import Recorded
from libs.eventstore.versions import first_version_of
from libs.eventstore.wire import Json
from libs.messaging.derived import Record
from services.gateway.analytics.decided import DECIDED, published_as
from services.gateway.analytics.passing import (
    PSEUDONYM_SCHEMA,
    Each,
    Ends,
    LeftOut,
    Passes,
    Rule,
    Within,
)
from services.gateway.analytics.pseudonyms import Pseudonyms
from services.gateway.analytics.records import SCHEMAS, Course, Epoch, derived, forgetting

_HERS = UUID("00000000-0000-7000-8000-0000000000b1")
_SESSION = UUID("00000000-0000-7000-8000-0000000000e1")
_COURSE = Course(
    began_at=datetime(2026, 2, 12, 16, 0, tzinfo=UTC),
    sessions={_SESSION: datetime(2026, 2, 26, 16, 0, tzinfo=UTC)},
)
_EPOCH = Epoch(number=1, key=bytes(32))
_NAMES = Pseudonyms(_EPOCH.key, UUID("00000000-0000-7000-8000-0000000000c0"), _HERS)

_ENVELOPE: Mapping[str, Json] = {
    "epoch": {
        "type": "integer",
        "minimum": 1,
        "description": "Of the pseudonyms: in another epoch everybody goes by another.",
    },
    "clinic": {**PSEUDONYM_SCHEMA, "description": "Stands for the clinic, within one epoch."},
    "patient": {**PSEUDONYM_SCHEMA, "description": "Stands for the patient; the record's key."},
    "days_since_start": {
        "type": ["integer", "null"],
        "description": (
            "Whole days from the beginning of therapy to what happened. Null where that is not"
            " known, and in what only tells to forget."
        ),
    },
    "session_number": {
        "type": ["integer", "null"],
        "description": (
            "After how many sessions it happened; of a session, which one it is. Null in what only"
            " tells to forget."
        ),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    name: str
    summary: str
    schema: Json
    example: Json
    headers: Json
    """Of the example."""


def records(facts: Iterable[Published]) -> Iterator[Derived]:
    """Of every kind of fact that passes, or ends what passes."""
    for fact in facts:
        decision = DECIDED[first_version_of(fact.name)]
        match decision:
            case Passes():
                yield _derived(fact, _content(decision, fact.schema), _example(fact, decision))
            case Ends():
                forget = {**PSEUDONYM_SCHEMA, "description": "Forget all of this patient."}
                content = _object({"forget": forget}, ["forget"])
                record = forgetting(_recorded(fact), epoch=_EPOCH, names=_NAMES)
                yield _derived(fact, content, record)
            case _:
                pass


def _derived(fact: Published, content: Json, example: Record) -> Derived:
    name = published_as(first_version_of(fact.name))
    supersedes = {**PSEUDONYM_SCHEMA, "description": "The event (`ce_id`) that this one corrects."}
    properties = {**_ENVELOPE, "supersedes": supersedes, "fact": content}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{SCHEMAS}/{name}.schema.json",
        "title": name.split(".")[-2],
        **_object(properties, [*_ENVELOPE, "fact"]),
    }
    summary = f"What passes of {fact.name}: numbers, codes, days and pseudonyms."
    return Derived(
        name=name,
        summary=summary,
        schema=schema,
        example=orjson.loads(example.value),
        headers=dict(example.headers),
    )


def _content(decision: Passes, schema: Json) -> Json:
    return _within(decision.content, schema, schema)


def _schema(rule: Rule, told: Json, document: Json) -> Json:
    """The rule's own, with what the fact's schema requires."""
    told = _plain(told, document)
    match rule:
        case Within():
            return _within(rule, told, document)
        case Each():
            return {"type": "array", "items": _schema(rule.of, told["items"], document)}
        case _:
            return rule.schema()


def _within(rule: Within, told: Json, document: Json) -> Json:
    passing = {name: each for name, each in rule.fields.items() if not isinstance(each, LeftOut)}
    properties = {
        each.name or name: _schema(each, told["properties"][name], document)
        for name, each in passing.items()
    }
    required = [passing[name].name or name for name in told.get("required", []) if name in passing]
    return _object(properties, required)


def _object(properties: Mapping[str, Json], required: Sequence[str]) -> Json:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _plain(schema: Json, document: Json) -> Json:
    choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if "$ref" in schema:
        return _plain(document["$defs"][schema["$ref"].rsplit("/", 1)[-1]], document)
    return _plain(choices[0], document) if choices else schema


def _example(fact: Published, decision: Passes) -> Record:
    return derived(
        _recorded(fact),
        decision,
        epoch=_EPOCH,
        names=_NAMES,
        course=_COURSE,
        supersedes=None,
    )


def _recorded(fact: Published) -> Recorded:
    told_at = datetime(2026, 2, 26, 16, 30, tzinfo=UTC)
    return Recorded(
        event_id=UUID(int=1),
        stream_id=f"{'session' if '.care.Session' in fact.name else fact.service}-{_SESSION}",
        version=1,
        type=fact.name,
        tenant_id=UUID("00000000-0000-7000-8000-0000000000c1"),
        subject_id=_HERS,
        actor_id=_HERS,
        actor_role="patient",
        on_behalf_of=None,
        correlation_id=UUID(int=2),
        causation_id=None,
        traceparent="",
        occurred_at=told_at,
        zone="Europe/London",
        recorded_at=told_at,
        data=orjson.dumps(fact.example),
        chain=b"",
    )
