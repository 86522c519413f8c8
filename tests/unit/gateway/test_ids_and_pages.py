"""Ids and cursors are opaque, and only ours are understood."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testing.cast import LEV, MASHA
from services.gateway.graphql.cursors import place_in_feed, to_cursor
from services.gateway.graphql.ids import from_global, to_global, uuid_of
from services.gateway.queries.pages import BadPage, cursor, page, turned


@given(st.uuids())
def test_a_global_id_says_what_it_names(uuid: UUID) -> None:
    assert from_global(to_global("Goal", uuid)) == ("Goal", uuid)


@given(st.text(max_size=60))
def test_whatever_else_is_sent_names_nothing(text: str) -> None:
    assert from_global(text) is None
    assert place_in_feed(text, MASHA) is None


def test_an_id_of_another_kind_is_not_taken_for_it() -> None:
    assert uuid_of(to_global("Goal", MASHA), "Patient") is None
    assert uuid_of(str(MASHA), "Patient") == MASHA


def test_a_place_is_of_one_patients_feed() -> None:
    assert place_in_feed(to_cursor(MASHA, 7), MASHA) == 7
    assert place_in_feed(to_cursor(LEV, 7), MASHA) is None


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
