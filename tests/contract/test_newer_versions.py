"""A consumer of one version reads every later one: no version is forgotten, nothing chokes."""

import ast
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import libs
import services
from deploy.contracts.catalogue import WRITERS, aggregates
from libs.eventstore.recorded import Recorded
from libs.eventstore.versions import first_version_of, versions_below
from libs.eventstore.wire import NoWayToRead, Wire
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery, to_message, topic_of
from libs.testing.homework import NoteAdded
from services.assignment import reactions as assignment_reactions
from services.diary import reactions as diary_reactions
from services.gateway.projections.everything import READ_MODELS
from tests.contract import stored
from tests.contract.growing import Additions, additions, grown

ROOT = Path(__file__).parents[2]
STREAMS = stored.streams()
WIRES = {each.category: each.wire for name in WRITERS for each in aggregates(name)}
WRITTEN = {name for wire in WIRES.values() for name in wire.names.values()}

NEWEST = [told for told in STREAMS if {one.type for one in told} <= WRITTEN]
"""A record that is newer than this code has at least what the newest known version has."""


def test_every_kind_of_stream_is_there() -> None:
    assert {told[0].category for told in NEWEST} == set(WIRES)


def facts(told: Sequence[Recorded]) -> Sequence[Any]:
    wire = WIRES[told[0].category]
    return [wire.from_wire(one.type, one.data, one.event_id) for one in told]


@settings(max_examples=40, deadline=None)
@given(told=st.sampled_from(NEWEST), new=additions())
def test_code_that_knows_an_older_version_folds_a_newer_one_to_the_same(
    told: Sequence[Recorded], new: Additions
) -> None:
    assert facts(grown(told, new)) == facts(told)


@settings(max_examples=40, deadline=None)
@given(told=st.sampled_from(NEWEST), new=additions())
def test_what_is_not_known_of_a_record_is_passed_on_with_it(
    told: Sequence[Recorded], new: Additions
) -> None:
    for one in grown(told, new):
        message = to_message(one, topic_of(stored.service_of(one)))
        again = from_delivery(
            Delivery(
                partition=Partition(message.topic, 0),
                offset=0,
                key=message.key,
                headers=message.headers,
                value=message.value,
            )
        )
        assert again == one
        assert again.data == one.data


def tables() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything by which somebody looks up what to make of a fact."""
    for package in (libs, services):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in found.name or found.name.endswith(("__main__", ".testing")):
                continue
            for name, value in vars(import_module(found.name)).items():
                if isinstance(value, Mapping) and value and all(map(_is_published, value)):
                    yield f"{found.name}.{name}", value
    yield "services.assignment.reactions", assignment_reactions.reactions(cast("Any", None))
    yield "services.diary.reactions", diary_reactions.reactions(cast("Any", None))


def _is_published(key: object) -> bool:
    return isinstance(key, str) and key.startswith("interlude.") and ".v" in key


TABLES = dict(tables())


def test_every_consumer_is_found() -> None:
    models = {f"{one.project.__module__}" for one in READ_MODELS}
    readers = models - {"services.gateway.projections.timeline"}
    found = {name.rpartition(".")[0] for name in TABLES}
    assert readers <= found
    assert {"libs.access.care_facts", "services.assignment.follow", "services.review.follow"} <= (
        found
    )


@pytest.mark.parametrize("table", TABLES)
def test_who_reads_a_fact_reads_it_from_its_first_version_on(table: str) -> None:
    later = [name for name in TABLES[table] if name != first_version_of(name)]
    assert later == [], "a later version asks for what the stored ones do not have"
    assert {first_version_of(name) for name in WRITTEN} & set(TABLES[table])


def lookups(source: str) -> Iterator[int]:
    """Lines that decide by `….type` of a record, where they should by `….known_as`."""
    for node in ast.walk(ast.parse(source)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Subscript):
            asked = [node.slice]
        elif isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".get"):
            asked = node.args
        elif isinstance(node, ast.Match):
            asked = [node.subject]
        yield from (one.lineno for one in asked if ast.unparse(one).endswith("recorded.type"))


def test_nobody_decides_by_the_version_of_a_record() -> None:
    deciding = [
        f"{file.relative_to(ROOT)}:{line}"
        for package in ("libs", "services")
        for file in sorted((ROOT / package).rglob("*.py"))
        for line in lookups(file.read_text())
    ]
    assert deciding == []


@pytest.mark.parametrize(
    "source",
    ["READS[recorded.type]", "READS.get(fresh.recorded.type)", "recorded.type in READS"],
)
def test_who_did_would_be_noticed(source: str) -> None:
    assert list(lookups(source)) == [1]


def test_a_version_without_a_way_from_the_one_before_does_not_start() -> None:
    with pytest.raises(NoWayToRead, match=r"NoteAdded\.v1"):
        Wire[NoteAdded](
            {NoteAdded: "interlude.test.NoteAdded.v3"},
            upcasts={"interlude.test.NoteAdded.v2": ("interlude.test.NoteAdded.v3", dict)},
        )


def test_upcasts_lead_through_every_version() -> None:
    assert versions_below("interlude.care.SessionScheduled.v3") == [
        "interlude.care.SessionScheduled.v1",
        "interlude.care.SessionScheduled.v2",
    ]
