"""Ids and cursors are opaque, and only ours are understood."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from services.gateway.graphql.cursors import Cursors, fact_named
from services.gateway.graphql.ids import from_global, to_global, uuid_of
from services.gateway.queries.pages import BadPage, cursor, page, turned
from services.gateway.queries.visible import Asker

CURSORS = Cursors(bytes(range(32)))
THERAPIST = Asker(CLINIC, ANNA, ["therapist"], as_patient=False, now=NOW)


@given(st.uuids())
def test_a_global_id_says_what_it_names(uuid: UUID) -> None:
    assert from_global(to_global("Goal", uuid)) == ("Goal", uuid)


@given(st.text(max_size=60))
def test_whatever_else_is_sent_names_nothing(text: str) -> None:
    assert from_global(text) is None
    assert fact_named(text, MASHA) is None
    assert CURSORS.number(THERAPIST, MASHA, text) is None


def test_an_id_of_another_kind_is_not_taken_for_it() -> None:
    assert uuid_of(to_global("Goal", MASHA), "Patient") is None
    assert uuid_of(str(MASHA), "Patient") == MASHA


def test_a_place_is_of_one_patients_feed_and_for_one_asker() -> None:
    hers = CURSORS.to_cursor(THERAPIST, MASHA, 7)
    assert CURSORS.number(THERAPIST, MASHA, hers) == 7
    assert CURSORS.number(THERAPIST, LEV, hers) is None
    assert CURSORS.number(replace(THERAPIST, person_id=MASHA), MASHA, hers) is None
    assert CURSORS.number(replace(THERAPIST, tenant_id=OTHER_CLINIC), MASHA, hers) is None
    assert Cursors(bytes(32)).number(THERAPIST, MASHA, hers) is None


@given(st.integers(0, 2**63 - 1), st.integers(1, 100))
def test_a_place_looks_like_no_number_and_always_the_same(number: int, step: int) -> None:
    here = CURSORS.to_cursor(THERAPIST, MASHA, number)
    there = CURSORS.to_cursor(THERAPIST, MASHA, number + step)
    assert here == CURSORS.to_cursor(THERAPIST, MASHA, number)
    assert len(here) == len(there) == 32
    assert sum(a == b for a, b in zip(here, there, strict=True)) < 12  # 24 bytes, unrelated


def test_a_cursor_is_of_one_list() -> None:
    given_ = cursor("goals:masha", "2026-03-02T09:00:00+00:00", str(MASHA))
    assert page("goals:masha", 1, None, given_, None).place is not None
    with pytest.raises(BadPage, match="another list"):
        page("diary:masha", 1, None, given_, None)


@given(st.text(max_size=80))
def test_a_cursor_that_we_never_gave_is_refused(text: str) -> None:
    with pytest.raises(BadPage):
        page("goals:masha", 1, None, text, None)


def test_one_row_too_many_says_that_there_is_more() -> None:
    rows = [{"id": n} for n in range(3)]
    assert turned(page("x", 2, None, None, None), rows) == (rows[:2], False, True)
    assert turned(page("x", None, 2, None, None), rows) == ([{"id": 1}, {"id": 0}], True, False)
