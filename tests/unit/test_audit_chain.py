"""A record that was changed, taken out, put in or moved is seen, and where."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.audit.record import Kept, Record, link
from libs.audit.verify import Head, checked
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC

pytestmark = pytest.mark.security("audit")

KEY = b"audit-only-for-tests-audit-only-"
WRITER = UUID(int=1)
ANOTHER = UUID(int=2)

TOLD = Record(
    tenant_id=CLINIC,
    person_id=ANNA,
    role="therapist",
    on_behalf_of=None,
    verb="read",
    action="assignment",
    thing_id=None,
    patients=(MASHA,),
    reasons=("treatment",),
    outcome="done",
    client="web",
    correlation_id=UUID(int=3),
)
OTHERWISE: dict[str, Any] = {
    "tenant_id": OTHER_CLINIC,
    "person_id": BORIS,
    "role": "supervisor",
    "on_behalf_of": MASHA,
    "verb": "export",
    "action": "goals",
    "thing_id": UUID(int=4),
    "patients": (LEV,),
    "reasons": (),
    "outcome": "not-found",
    "client": "",
    "correlation_id": UUID(int=5),
}


def chain(length: int, writer: UUID = WRITER) -> list[Kept]:
    previous, made = b"", []
    for number in range(1, length + 1):
        one = Kept(
            writer=writer,
            number=number,
            recorded_at=NOW + timedelta(seconds=number),
            host="here",
            record=replace(TOLD, thing_id=UUID(int=100 + number)),
        )
        previous = link(KEY, previous, one)
        made.append(replace(one, link=previous))
    return made


def faults(records: list[Kept], known: dict[UUID, Head] | None = None) -> list[tuple[int, str]]:
    return [(each.number, each.code) for each in checked(records, KEY, known or {}).faults]


def head(records: list[Kept]) -> Head:
    return Head(records[-1].number, records[-1].link)


def test_whole_chains_are_whole() -> None:
    found = checked([*chain(3), *chain(2, ANOTHER)], KEY, {})
    assert found.whole
    assert str(found) == "5 records of 2 writers: whole."
    assert found.heads == {WRITER: head(chain(3)), ANOTHER: head(chain(2, ANOTHER))}


def test_every_field_of_a_record_can_be_told_otherwise() -> None:
    assert set(OTHERWISE) == {each.name for each in fields(Record)}


@given(place=st.integers(0, 5), name=st.sampled_from(sorted(OTHERWISE)))
def test_what_was_changed_is_seen_where_it_was(place: int, name: str) -> None:
    records = chain(6)
    changed = replace(records[place].record, **{name: OTHERWISE[name]})
    records[place] = replace(records[place], record=changed)
    assert faults(records) == [(place + 1, "chain-broken")]


@given(place=st.integers(0, 5), later=st.timedeltas(timedelta(microseconds=1), timedelta(days=9)))
def test_nor_is_its_time_or_place_another(place: int, later: timedelta) -> None:
    records = chain(6)
    before = records[place]
    records[place] = replace(before, recorded_at=before.recorded_at + later)
    assert faults(records) == [(place + 1, "chain-broken")]
    records[place] = replace(before, host="elsewhere")
    assert faults(records) == [(place + 1, "chain-broken")]


@given(place=st.integers(0, 4))
def test_what_was_taken_out_leaves_a_gap(place: int) -> None:
    records = chain(6)
    del records[place]
    assert faults(records) == [(place + 2, "gap")]


@given(place=st.integers(0, 4))
def test_nor_can_the_others_be_numbered_anew(place: int) -> None:
    records = chain(6)
    del records[place]
    anew = [replace(each, number=number) for number, each in enumerate(records, 1)]
    assert faults(anew) == [(place + 1, "chain-broken")]


@given(places=st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True))
def test_what_changed_places_is_seen(places: list[int]) -> None:
    records = chain(6)
    one, other = sorted(places)
    records[one], records[other] = (
        replace(records[other], number=one + 1),
        replace(records[one], number=other + 1),
    )
    assert faults(records) == [(one + 1, "chain-broken")]


def test_a_record_of_another_chain_does_not_fit() -> None:
    records = chain(3)
    records[1] = replace(chain(3, ANOTHER)[1], writer=WRITER)
    assert faults(records) == [(2, "chain-broken")]


def test_without_the_key_nobody_makes_one_that_fits() -> None:
    records = chain(2)
    forged = replace(TOLD, outcome="not-found")
    kept = replace(records[1], record=forged)
    records[1] = replace(kept, link=link(b"another key", records[0].link, kept))
    assert faults(records) == [(2, "chain-broken")]


def test_what_was_cut_off_leaves_nothing_behind_but_is_missed_by_who_had_seen_it() -> None:
    known = {WRITER: head(chain(6))}
    assert faults(chain(5)) == []
    assert faults(chain(5), known) == [(6, "cut-off")]
    assert faults([], known) == [(6, "cut-off")]
    assert faults(chain(9), known) == []


def test_a_chain_that_was_made_anew_from_there_is_not_the_one_that_was_seen() -> None:
    """By somebody who has the key, and cut it off first."""
    others = [replace(each, writer=WRITER) for each in chain(6)]
    others[5] = replace(others[5], record=replace(TOLD, person_id=BORIS))
    others[5] = replace(others[5], link=link(KEY, others[4].link, others[5]))
    assert faults(others) == []
    assert faults(others, {WRITER: head(chain(6))}) == [(6, "cut-off")]
