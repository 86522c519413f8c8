"""A checker that cries wolf is of no use: where all went well it finds nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.checking import check
from tests.faults.history import read, written
from tests.faults.observed import Observed
from tests.unit.faults.a_clean_run import caught_up, observed, parked_row
from tests.unit.faults.a_clinic import STEPS, Clinic

Step = Callable[[Clinic], None]


def played(steps: Sequence[Step], repeats: Sequence[int] = ()) -> Observed:
    clinic = Clinic()
    for step in steps:
        step(clinic)
    return observed(clinic.log, clinic.history, repeats)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.sampled_from(STEPS), max_size=25),
    repeats=st.lists(st.integers(0, 40), max_size=3),
)
def test_nothing_is_found_where_all_went_well(
    steps: Sequence[Step], repeats: Sequence[int]
) -> None:
    assert check(played(steps, repeats)) == []


def test_nothing_is_found_in_a_day_with_everything() -> None:
    seen = played(STEPS, repeats=[3, 7])
    assert check(seen) == []
    assert len(seen.records) > len(seen.stored)


def test_a_strangers_record_may_lie_there_as_long_as_it_has_no_effect() -> None:
    seen = played(STEPS)
    last = seen.records[-1]
    forged = replace(last, offset=last.offset + 1, raw=(("ce_id", b"\xff"),))
    place = (forged.topic, forged.partition, forged.offset)
    assert (
        check(
            replace(
                seen,
                records=[*seen.records, forged],
                planted=frozenset({place}),
                expected_parked=frozenset({place}),
                parked=[parked_row("gateway/live", place, None)],
            )
        )
        == []
    )


def test_a_stream_that_poison_stopped_has_come_to_where_it_lies_and_others_to_their_end() -> None:
    seen = played(STEPS)
    fact = next(each for each in seen.stored if each.name == "ReadinessRated")
    record = next(each for each in seen.records if each.id == fact.event_id)
    place = (record.topic, record.partition, record.offset)
    behind = replace(
        seen,
        expected_parked=frozenset({place}),
        parked=[parked_row("gateway/live", place, fact)],
    )
    assert check(caught_up(behind)) == []
    assert {each.cls for each in check(behind)} == {"model-differs", "applied-differs"}


def test_a_history_is_read_as_it_was_written() -> None:
    history = played(STEPS).history
    assert read(written(history)) == history
