"""The helper behind every projection test really mixes streams, and never turns one around."""

from hypothesis import find, given
from hypothesis import strategies as st

from libs.testing.interleaving import batches, deliveries, interleavings

STREAMS = [["a1", "a2", "a3"], ["b1", "b2"], []]


@given(interleavings(STREAMS))
def test_order_within_each_stream_is_kept(told: list[str]) -> None:
    assert [one for one in told if one[0] == "a"] == STREAMS[0]
    assert [one for one in told if one[0] == "b"] == STREAMS[1]


def test_any_order_between_streams_occurs() -> None:
    find(interleavings(STREAMS), lambda told: list(told) == ["b1", "a1", "b2", "a2", "a3"])


@given(st.lists(st.integers()).flatmap(lambda items: st.tuples(st.just(items), batches(items))))
def test_batches_lose_nothing_and_none_is_empty(cut: tuple[list[int], list[list[int]]]) -> None:
    items, parts = cut
    assert [one for part in parts for one in part] == items
    assert all(parts)


@given(deliveries(STREAMS))
def test_repeats_go_back_and_never_skip(told: list[list[str]]) -> None:
    seen: list[str] = []
    for one in [one for part in told for one in part]:
        if one not in seen:
            seen.append(one)
    assert [one for one in seen if one[0] == "a"] == STREAMS[0]
    assert [one for one in seen if one[0] == "b"] == STREAMS[1]


def test_some_deliveries_repeat() -> None:
    find(deliveries(STREAMS), lambda told: sum(map(len, told)) > 5)
