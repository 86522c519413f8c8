"""Who reads which streams, and how far each may have come where poison stopped a stream."""

from collections.abc import Mapping, Sequence

from tests.faults.observed import Observed, Stored, Stream

_CARE = frozenset(
    {"patient", "therapist", "relationship", "supervision", "session", "departure", "window"}
)

GATEWAY = "gateway/live"
ANALYTICS = "gateway/analytics"
READERS: Mapping[str, frozenset[str] | None] = {
    GATEWAY: None,
    ANALYTICS: None,
    "gateway/analytics-knowing": _CARE | {"consent"},
    "care/keep": _CARE | {"group"},
    "assignment/keep": _CARE | {"clinic", "assignment", "group", "groupwork"},
    "assignment/react": frozenset({"session", "assignment", "group", "groupwork"}),
    "diary/keep": _CARE,
    "diary/react": frozenset({"review"}),
    "review/keep": _CARE | {"assignment"},
}
"""By service and reader the kinds of streams; None is all."""


def read_by(reader: str, observed: Observed) -> Sequence[Stored]:
    """What it must have applied: all that it follows, and of a parked stream what came before."""
    categories, stopped = READERS[reader], _stopped(reader, observed)
    return [
        each
        for each in observed.stored
        if (categories is None or each.category in categories)
        and (not stopped or each.version < stopped.get(each.stream, each.version + 1))
    ]


def _stopped(reader: str, observed: Observed) -> Mapping[Stream, int]:
    """By the records of ours that are parked there on purpose."""
    found: dict[Stream, int] = {}
    for row in observed.parked:
        place = row["topic"], row["partition"], row["offset"]
        ours = place in observed.expected_parked and place not in observed.planted
        if ours and row["stream_id"] is not None and reader == f"{row['service']}/{row['reader']}":
            stream = str(row["tenant_id"]), row["stream_id"]
            found[stream] = min(row["version"], found.get(stream, row["version"]))
    return found
