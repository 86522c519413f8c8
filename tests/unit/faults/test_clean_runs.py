"""A checker that cries wolf is of no use: where all went well it finds nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.checking import check
from tests.faults.history import read, written
from tests.faults.observed import Observed
from tests.unit.faults.a_clean_run import caught_up, observed, parked_row
from tests.unit.faults.a_clinic import STEPS, Clinic
from tests.unit.faults.an_analytics_topic import lying
from tests.unit.faults.mutated_analytics import of_kind

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


def test_a_batch_that_was_sent_again_may_end_with_the_word_to_forget() -> None:
    """At least once, in order: what comes again has the last word again."""
    seen = played(STEPS)
    forget = of_kind(seen, "ConsentWithdrawn")
    batch = [each for each in seen.derived if each.key == forget.key]
    repeats = [replace(each, offset=each.offset + 1000) for each in batch]
    assert len(batch) > 1
    assert check(replace(seen, derived=[*seen.derived, *repeats])) == []


def test_a_lost_analytics_topic_is_not_derived_again() -> None:
    seen = played(STEPS)
    afterwards = seen.stored[-1].recorded_at + timedelta(seconds=1)
    assert check(replace(seen, derived=(), lost_before=afterwards)) == []
    assert {each.cls for each in check(replace(seen, derived=()))} == {
        "underived",
        "not-forgotten",
    }


def test_what_slipped_out_before_anybody_could_know_of_a_withdrawal_is_made_good() -> None:
    """Care's relay was down: the goal set after the withdrawal was told, and is to be forgotten."""
    clinic = Clinic()
    clinic.sees_another_patient_withdraw()
    *before, withdrawal, goal, again = clinic.log.facts
    assert withdrawal.type.endswith(".ConsentWithdrawn.v1")
    seen = observed(clinic.log, clinic.history)
    told = lying([*before, goal, withdrawal, again])
    assert len(told) > len(seen.derived)
    assert check(replace(seen, derived=told)) == []


def test_a_history_is_read_as_it_was_written() -> None:
    history = played(STEPS).history
    assert read(written(history)) == history
