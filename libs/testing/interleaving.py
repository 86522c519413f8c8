"""Every way in which streams can reach a reader: any order between them, any batches, repeats.

Order within each stream is kept; more is not promised by four topics.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")


def interleavings(streams: Sequence[Sequence[Item]]) -> st.SearchStrategy[Sequence[Item]]:
    """The streams shuffled together."""
    turns = [at for at, stream in enumerate(streams) for _ in stream]
    return st.permutations(turns).map(lambda order: _played(streams, order))


@st.composite
def batches(draw: st.DrawFn, items: Sequence[Item]) -> Sequence[Sequence[Item]]:
    """Cut anywhere."""
    cuts = draw(st.sets(st.integers(1, max(1, len(items) - 1))))
    edges = [0, *sorted(cut for cut in cuts if cut < len(items)), len(items)]
    return [items[start:end] for start, end in pairwise(edges) if start < end]


@st.composite
def deliveries(draw: st.DrawFn, streams: Sequence[Sequence[Item]]) -> Sequence[Sequence[Item]]:
    """Interleaved, cut into batches, and now and then going back to where it had been before, as
    a relay does that was not sure.
    """
    told = draw(interleavings(streams))
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(told)))
        end = draw(st.integers(start, len(told)))
        told = [*told[:end], *told[start:]]
    return draw(batches(told))


def _played(streams: Sequence[Sequence[Item]], order: Sequence[int]) -> Sequence[Item]:
    waiting: list[Iterator[Item]] = [iter(stream) for stream in streams]
    return [next(waiting[at]) for at in order]
