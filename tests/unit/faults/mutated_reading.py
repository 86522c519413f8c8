"""Otherwise read, shown, served or logged than on a day on which all went well."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.faults.observed import Observed, Probe
from tests.unit.faults.a_clean_run import CANARY, parked_row
from tests.unit.faults.mutated_record import NOBODY, Mutation, on_topic, records

PLACE = ("interlude.review.events.v1", 0, 0)


# --- What the readers made of it. ---


def with_rows(seen: Observed, table: str, rows: Sequence[Mapping[str, Any]]) -> Observed:
    return replace(seen, models={**seen.models, table: rows})


def row_again(table: str, **changes: Any) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        rows = seen.models[table]
        return with_rows(seen, table, [*rows, {**rows[0], **changes}])

    return mutated


def row_gone(table: str) -> Mutation:
    return lambda seen: with_rows(seen, table, seen.models[table][1:])


def row_says(table: str, **changes: Any) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        first, *others = seen.models[table]
        return with_rows(seen, table, [{**first, **changes}, *others])

    return mutated


def fed_in_another_order(seen: Observed) -> Observed:
    count = len(seen.models["feed"])
    rows = [{**row, "number": count + 1 - row["number"]} for row in seen.models["feed"]]
    return with_rows(seen, "feed", rows)


def fed_to_a_stranger(seen: Observed) -> Observed:
    return row_says("feed", event_id=NOBODY)(seen)


def a_table_that_nobody_folds(seen: Observed) -> Observed:
    return with_rows(seen, "moods", [])


def a_table_that_nobody_looked_at(seen: Observed) -> Observed:
    models = {name: rows for name, rows in seen.models.items() if name != "timeline"}
    return replace(seen, models=models)


def come(reader: str, further: int) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        streams = seen.applied[reader]
        stream = next(iter(streams))
        other = {**streams, stream: streams[stream] + further}
        return replace(seen, applied={**seen.applied, reader: other})

    return mutated


def never_read(seen: Observed) -> Observed:
    applied = {reader: each for reader, each in seen.applied.items() if reader != "diary/react"}
    return replace(seen, applied=applied)


def parked(seen: Observed) -> Observed:
    return replace(seen, parked=[parked_row("review/keep", PLACE, seen.stored[0])])


def not_parked(seen: Observed) -> Observed:
    beyond = replace(seen.records[-1], raw=(("ce_id", b"?"),), offset=99)
    place = beyond.topic, beyond.partition, beyond.offset
    return replace(
        seen,
        records=[*seen.records, beyond],
        planted=frozenset({place}),
        expected_parked=frozenset({place}),
    )


# --- How it was while it went on. ---


def seen_late(seconds: float) -> Mutation:
    return lambda seen: replace(seen, visible=[(NOBODY, seconds)])


def said_ready(*, ready: bool, should: bool) -> Mutation:
    probe = Probe(process="review", at=1.0, ready=ready, should=should)
    return lambda seen: replace(seen, probes=[probe])


def in_the_log(seen: Observed) -> Observed:
    return replace(seen, texts=[("diary.log", f"it was {CANARY} indeed")])


def in_a_header(seen: Observed) -> Observed:
    raw = (*records(seen, "ReviewOpened")[-1].raw, ("ce_room", CANARY.encode()))
    return on_topic("ReviewOpened", raw=raw)(seen)


def in_a_parked_row(seen: Observed) -> Observed:
    return replace(seen, parked=[{**parked_row("gateway/live", PLACE, None), "code": CANARY}])
