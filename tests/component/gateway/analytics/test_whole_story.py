"""The source's story as the services' own examples tell it, from the topics to the records."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from libs.eventstore.recorded import Recorded
from libs.testing.cast import NOW
from libs.testing.databases import Database
from libs.testing.interleaving import deliveries
from libs.testing.keyring import MemoryKeyring
from services.gateway.analytics.decided import DECIDED
from services.gateway.analytics.passing import Passes
from services.gateway.analytics.publishing import NOT_ABOUT_A_PATIENT
from tests.component.gateway.analytics.stage import Stage, chain_key, consent, dated
from tests.component.gateway.telling import Story

pytestmark = pytest.mark.postgres

SCHEMAS = Path(__file__).parents[4] / "openapi" / "analytics"
GIVEN_AT = 10.0
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")


def _streams() -> Sequence[Sequence[Recorded]]:
    """Each stream begins before the consent and goes on after it, where it is long enough."""
    whole = asyncio.run(Story(MemoryKeyring()).whole())
    return [
        dated(stream, [8.0 + 2.0 * number for number in range(len(stream))], _key(stream))
        for stream in whole
        if stream[0].category != "consent"
    ]


def _key(stream: Sequence[Recorded]) -> bytes:
    return chain_key(stream[0].type.split(".")[1])


STREAMS = [*_streams(), consent(GIVEN_AT)]
GIVEN = NOW.timestamp() + GIVEN_AT
EXPECTED = sorted(
    f"{one.category}/{one.version}"
    for stream in STREAMS
    for one in stream
    if one.category not in NOT_ABOUT_A_PATIENT
    and one.recorded_at.timestamp() >= GIVEN
    and isinstance(DECIDED[one.known_as], Passes)
)


def published(stage: Stage) -> list[str]:
    return sorted(
        f"{each.headers['ce_subject'].rpartition('-')[0]}/{each.headers['ce_sequence']}"
        for each in stage.outbox()
    )


def strings(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)
    elif isinstance(content, str):
        yield content


def test_what_the_consent_covers_comes_out_and_each_record_is_as_its_schema_says(
    stage: Stage,
) -> None:
    stage.tell(*[one for stream in STREAMS for one in stream])
    stage.settle()
    stage.wait(200)
    stage.settle()
    assert published(stage) == EXPECTED
    for each in stage.outbox():
        schema = json.loads((SCHEMAS / f"{each.headers['ce_type']}.schema.json").read_text())
        Draft202012Validator(schema).validate(each.content)


def test_no_id_date_zone_or_ciphertext_of_the_story_is_in_any_record(stage: Stage) -> None:
    facts = [one for stream in STREAMS for one in stream]
    stage.tell(*facts)
    stage.wait(300)
    stage.settle()
    ids = {
        str(value)
        for one in facts
        for value in (one.event_id, one.subject_id, one.actor_id, one.correlation_id)
    }
    told = {text for one in facts for text in strings(json.loads(one.data))}
    canaries = ids | {text for text in told if not re.fullmatch(r"[a-z_]+", text)}
    assert len(canaries) > 200
    assert len(stage.outbox()) > 20
    for each in stage.outbox():
        plain = [value for name, value in each.headers.items() if name != "ce_dataschema"]
        for place in (each.key, *plain, each.value.decode()):
            assert not DATE.search(place)
            assert not [canary for canary in canaries if canary in place and len(canary) > 3]


WHATEVER_ORDER = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@WHATEVER_ORDER
@given(data=st.data())
def test_in_whatever_order_topics_are_read_the_same_comes_out_once(
    own_database: Database, data: st.DataObject
) -> None:
    stage = Stage(own_database)
    _empty(stage)
    _told_in_any_order(stage, STREAMS, data)
    assert published(stage) == EXPECTED
    assert (stage.knowing.parked, stage.publishing.parked) == (0, 0)
    stage.close()


@WHATEVER_ORDER
@given(data=st.data())
def test_in_whatever_order_nothing_follows_the_word_to_forget(
    own_database: Database, data: st.DataObject
) -> None:
    stage = Stage(own_database)
    _empty(stage)
    withdrawn = [*STREAMS[:-1], consent(GIVEN_AT, 60.0)]
    _told_in_any_order(stage, withdrawn, data)
    kinds = stage.kinds()
    assert kinds.count("ConsentWithdrawn") == 1
    assert kinds[-1] == "ConsentWithdrawn"
    assert set(published(stage)) <= {*EXPECTED, "consent/2"}
    assert stage.ask("SELECT count(*) FROM gateway.analytics_latest") == 0
    stage.close()


def _told_in_any_order(
    stage: Stage, streams: Sequence[Sequence[Recorded]], data: st.DataObject
) -> None:
    for batch in data.draw(deliveries(streams)):
        stage.tell(*batch)
        stage.wait(data.draw(st.sampled_from([0, 20, 100])))
        for step in data.draw(st.lists(st.sampled_from([stage.know, stage.publish]), max_size=2)):
            step()
    stage.settle()
    stage.wait(200)
    stage.settle()


def _empty(stage: Stage) -> None:
    stage.ask(
        "TRUNCATE gateway.outbox, gateway.positions, gateway.applied, gateway.parked,"
        " gateway.analytics_consents, gateway.analytics_held, gateway.analytics_latest"
    )
