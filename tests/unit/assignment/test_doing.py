"""One occurrence: begun, done wholly or in part, abandoned, declined; and told of again."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from libs.testing.cast import PATIENT
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.doing import (
    CompleteOccurrence,
    CompleteOccurrencePartially,
    ContactMet,
    OccurrencePartiallyCompleted,
    OccurrenceStarted,
    StartOccurrence,
)
from services.assignment.domain.homework import Homework, UnknownOccurrence
from services.assignment.domain.not_doing import (
    AbandonOccurrence,
    DeclineOccurrence,
    OccurrenceAbandoned,
    OccurrenceBegun,
    OccurrenceDeclined,
)
from services.assignment.domain.occurrences import OccurrenceCompleted
from services.assignment.domain.outcome import CompleteHomework
from services.assignment.domain.passing import PassTime
from services.assignment.domain.plan import SpecifyPlan, Target
from services.assignment.domain.situation import PredictionStated, StatePrediction
from services.assignment.domain.terms import (
    Contact,
    ContactRef,
    InTheFuture,
    OccurrenceId,
    Period,
)
from services.assignment.domain.timing import Timing
from services.assignment.domain.windows import (
    OccurrenceNotApplicable,
    OccurrenceToldOtherwise,
    OutsideItsWindow,
)
from services.assignment.occurrence_view import of_occurrences, target_progress
from tests.unit.assignment.cases import active, told

EVENINGS = Timing(rule="scheduled", zone="Europe/London", time_of_day=(time(20),))
LARRY = Contact(contact_ref=ContactRef(UUID(int=0x131)), label="Larry")
PRIYA = Contact(contact_ref=ContactRef(UUID(int=0x132)), label="Priya")

with_evenings = active(told(SpecifyPlan, timing=EVENINGS))
MONDAY_EVENING, TUESDAY_EVENING, *_ = (
    each.id for each in of_occurrences(list(with_evenings.history))
)
BEGAN = datetime(2026, 3, 2, 20, 5, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


def said(kind: type[Any], *, at: datetime = BEGAN, **fields: Any) -> Any:
    return told(kind, by=PATIENT, at=at, **{"occurrence_id": MONDAY_EVENING, **fields})


def now(*commands: Command) -> list[Event]:
    history = list(with_evenings.history)
    for command in commands:
        history += decider.decide(command, decider.fold(history))
    return history


def seen_after(*commands: Command) -> Any:
    return next(each for each in of_occurrences(now(*commands)) if each.id == MONDAY_EVENING)


midnight = PassTime(by=PATIENT, happened_at=NEXT_MORNING, now=NEXT_MORNING)
ten_past = Period(start=BEGAN + timedelta(minutes=5))
start, done = said(StartOccurrence), said(CompleteOccurrence, experienced_at=ten_past)
half = said(CompleteOccurrencePartially, quantity=50)


def test_begun_in_its_window() -> None:
    with_evenings.when(start).then(
        OccurrenceStarted(occurrence_id=MONDAY_EVENING, started_at=BEGAN)
    )
    assert seen_after(start).status == "started"


def test_done_in_its_window() -> None:
    with_evenings.when(done).then(
        OccurrenceCompleted(
            occurrence_id=MONDAY_EVENING,
            experienced_at=ten_past,
            quantity=100,
            completed_at=BEGAN,
        )
    )


def test_done_in_part_with_what_the_patient_says_of_it() -> None:
    command = said(CompleteOccurrencePartially, quantity=50, note="He had to leave.")
    with_evenings.when(command).then(
        OccurrencePartiallyCompleted(
            occurrence_id=MONDAY_EVENING,
            quantity=50,
            note="He had to leave.",
            completed_at=BEGAN,
        )
    )
    assert (seen_after(command).status, seen_after(command).quantity) == ("partial", 50)


def test_begun_and_abandoned() -> None:
    abandon = said(AbandonOccurrence, note="Too many people.", at=BEGAN + timedelta(minutes=9))
    assert isinstance(now(start, abandon)[-1], OccurrenceAbandoned)
    assert seen_after(start, abandon).note == "Too many people."


def test_declined_before_it_begins_even_days_ahead() -> None:
    on_saturday = BEGAN - timedelta(days=2)
    decline = said(DeclineOccurrence, at=on_saturday)
    with_evenings.when(decline).then(
        OccurrenceDeclined(occurrence_id=MONDAY_EVENING, declined_at=on_saturday)
    )


def test_what_was_begun_is_not_declined_any_more() -> None:
    with_evenings.given(*now(start)).when(said(DeclineOccurrence)).then_rejected(OccurrenceBegun)


def test_what_has_closed_is_not_declined_any_more() -> None:
    late = said(DeclineOccurrence, at=NEXT_MORNING)
    with_evenings.when(late).then_rejected(OutsideItsWindow)


@pytest.mark.parametrize(
    "command",
    [
        said(StartOccurrence, at=NEXT_MORNING),
        said(CompleteOccurrence, at=NEXT_MORNING),
        said(CompleteOccurrencePartially, quantity=20, at=NEXT_MORNING),
        said(AbandonOccurrence, at=NEXT_MORNING),
        said(CompleteOccurrence, experienced_at=Period(start=BEGAN - timedelta(days=1))),
    ],
    ids=["started", "completed", "in part", "abandoned", "a day early"],
)
def test_t5_nothing_is_done_outside_its_window(command: Command) -> None:
    with_evenings.when(command).then_rejected(OutsideItsWindow)


def test_nobody_has_done_what_is_still_to_come() -> None:
    early = said(
        CompleteOccurrence, experienced_at=ten_past, at=datetime(2026, 3, 2, 19, tzinfo=UTC)
    )
    with_evenings.when(early).then_rejected(InTheFuture)


def test_an_occurrence_of_other_homework_is_not_known_here() -> None:
    stranger = OccurrenceId(UUID(int=8))
    for kind in (StartOccurrence, CompleteOccurrence, AbandonOccurrence, DeclineOccurrence):
        with_evenings.when(said(kind, occurrence_id=stranger)).then_rejected(UnknownOccurrence)


def test_what_a_revised_plan_asks_for_no_more_is_not_done() -> None:
    revised = told(SpecifyPlan, timing=None)
    again = with_evenings.given(*now(revised))
    again.when(done).then_rejected(OccurrenceNotApplicable)


def test_t9_told_again_it_changes_nothing() -> None:
    for command in (
        start,
        done,
        half,
        said(AbandonOccurrence),
        said(DeclineOccurrence),
    ):
        with_evenings.given(*now(command)).when(command).then()


def test_t9_two_evenings_have_two_outcomes() -> None:
    tuesday = said(
        CompleteOccurrencePartially,
        occurrence_id=TUESDAY_EVENING,
        quantity=40,
        at=BEGAN + timedelta(days=1),
    )
    state = decider.fold(now(done, tuesday))
    assert isinstance(state, Homework)
    assert {id_: each.outcome.quantity for id_, each in state.settled_occurrences.items()} == {
        MONDAY_EVENING: 100,
        TUESDAY_EVENING: 40,
    }


@pytest.mark.parametrize("kind", [CompleteOccurrence, AbandonOccurrence, DeclineOccurrence])
def test_t9_told_otherwise_it_has_to_be_a_correction(kind: type[Any]) -> None:
    begun = with_evenings.given(*now(half))
    begun.when(said(kind)).then_rejected(OccurrenceToldOtherwise)
    corrected = seen_after(half, said(kind, corrects=True))
    assert corrected.status in {"completed", "abandoned", "declined"}
    assert corrected.quantity in {100, None}


def test_what_was_settled_does_not_begin() -> None:
    with_evenings.given(*now(said(DeclineOccurrence))).when(start).then_rejected(
        OccurrenceToldOtherwise
    )


def test_late_knowledge_is_not_late_work() -> None:
    """It expired at midnight; next morning the patient tells that it was done in time."""
    assert seen_after(midnight).status == "expired"
    report = said(CompleteOccurrence, experienced_at=ten_past, at=NEXT_MORNING)
    assert seen_after(midnight, report).status == "completed"
    state = decider.fold(now(midnight, report))
    assert isinstance(state, Homework)
    assert MONDAY_EVENING not in state.missed_occurrences


def test_what_expired_does_not_begin_any_more() -> None:
    with_evenings.given(*now(midnight)).when(start).then_rejected(OutsideItsWindow)


def test_homework_that_is_reported_late_completes_the_occurrence_that_had_expired() -> None:
    report = told(
        CompleteHomework, by=PATIENT, id=UUID(int=0x71), experienced_at=ten_past, at=NEXT_MORNING
    )
    assert seen_after(midnight, report).status == "completed"


def test_c35_what_is_predicted_once_it_was_begun_is_no_prediction() -> None:
    afterwards = told(
        StatePrediction,
        by=PATIENT,
        id=UUID(int=0x81),
        prediction="He will laugh.",
        observable_sign="He laughs.",
        at=BEGAN + timedelta(minutes=1),
    )
    *_, predicted = now(start, afterwards)
    assert isinstance(predicted, PredictionStated)
    assert predicted.stated_afterwards


def met(evening: OccurrenceId, day: int, whom: Contact) -> Any:
    at = BEGAN + timedelta(days=day)
    return said(CompleteOccurrence, occurrence_id=evening, contact=whom, at=at)


def test_c27_different_people_are_counted_by_who_they_are() -> None:
    four = Target(count=4, unit="conversation", distinct=True, period="weeks")
    plan = told(SpecifyPlan, timing=EVENINGS, target=four)
    history = list(active(plan).history)
    first, second, third = (each.id for each in list(of_occurrences(history))[:3])
    for command in (met(first, 0, LARRY), met(second, 1, LARRY), met(third, 2, PRIYA)):
        history += decider.decide(command, decider.fold(history))
    assert isinstance(history[-1], ContactMet)
    progress = target_progress(history, tuple(of_occurrences(history)))
    assert progress is not None
    assert (progress.reached, progress.count) == (2, 4)


def test_c27_who_was_met_in_what_is_corrected_away_is_not_counted() -> None:
    four = Target(count=4, unit="conversation", distinct=True)
    history = list(active(told(SpecifyPlan, timing=EVENINGS, target=four)).history)
    first, *_ = (each.id for each in of_occurrences(history))
    history += decider.decide(met(first, 0, LARRY), decider.fold(history))
    away = said(DeclineOccurrence, occurrence_id=first, corrects=True)
    history += decider.decide(away, decider.fold(history))
    progress = target_progress(history, tuple(of_occurrences(history)))
    assert progress is not None
    assert progress.reached == 0


SETTLED = {"completed", "partial", "abandoned", "declined"}
NEXT = {
    "scheduled": {"started", "expired", *SETTLED},
    "started": {"expired", *SETTLED},
    "expired": SETTLED,
}
"""Where one request may lead, where it corrects nothing."""

anything = st.builds(
    lambda kind, minutes, corrects: said(
        kind,
        at=BEGAN + timedelta(minutes=minutes),
        **({"quantity": 50} if kind is CompleteOccurrencePartially else {}),
        **({} if kind is StartOccurrence else {"corrects": corrects}),
    ),
    st.sampled_from(
        [
            StartOccurrence,
            CompleteOccurrence,
            CompleteOccurrencePartially,
            AbandonOccurrence,
            DeclineOccurrence,
        ]
    ),
    st.integers(-600, 600),
    st.booleans(),
)
time_passes = st.integers(0, 600).map(
    lambda minutes: told(PassTime, at=BEGAN + timedelta(minutes=minutes))
)


@settings(max_examples=200, deadline=None)
@given(st.lists(anything | time_passes, max_size=12))
def test_an_occurrence_takes_no_forbidden_step(commands: list[Any]) -> None:
    state, before = decider.fold(with_evenings.history), "scheduled"
    history = list(with_evenings.history)
    for command in commands:
        try:
            facts = decider.decide(command, state)
        except Rejected:
            continue
        history += facts
        state = decider.fold(facts, onto=state)
        after = next(each for each in of_occurrences(history) if each.id == MONDAY_EVENING).status
        corrects = getattr(command, "corrects", False)
        assert after == before or after in NEXT.get(before, SETTLED if corrects else set())
        before = after
