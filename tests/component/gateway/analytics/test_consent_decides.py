"""What reaches analysts is what a consent covers, whichever topic is read first."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from libs.eventstore.recorded import Recorded
from libs.testing.cast import LEV, MASHA, NOW
from tests.component.gateway.analytics.stage import (
    Stage,
    chain_key,
    consent,
    dated,
    homework,
    told,
)

pytestmark = pytest.mark.postgres


def quantities(stage: Stage) -> list[int]:
    return [each.fact["quantity"] for each in stage.outbox() if each.kind == "OccurrenceCompleted"]


def test_nothing_is_published_of_a_patient_who_was_never_asked(stage: Stage) -> None:
    stage.tell(*homework({0: 100, 1: 80}))
    stage.settle()
    assert stage.outbox() == []


def test_what_was_recorded_from_the_consent_on_is_published_in_order(stage: Stage) -> None:
    stage.tell(*consent(10), *homework({5: 1, 9: 2, 10: 3, 20: 4, 30: 5}))
    stage.settle()
    assert quantities(stage) == [3, 4, 5]
    assert sorted(stage.kinds()) == ["ConsentGiven", *["OccurrenceCompleted"] * 3]


def test_another_patients_consent_covers_nobody_else(stage: Stage) -> None:
    stage.tell(*consent(0, patient=LEV), *homework({5: 1}), *homework({5: 2}, patient=LEV))
    stage.settle()
    assert quantities(stage) == [2]


def test_a_consent_that_comes_late_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    stage.tell(*homework({5: 1, 15: 2, 25: 3}))
    stage.settle()
    assert quantities(stage) == []
    stage.tell(*consent(10))
    stage.settle()
    stage.settle()
    assert quantities(stage) == [2, 3]
    assert stage.publishing.parked == 0


def test_after_a_late_consent_its_streams_go_on(stage: Stage) -> None:
    facts = homework({5: 1, 15: 2, 25: 3, 500: 4})
    stage.tell(*facts[:3])
    stage.settle()
    stage.tell(*consent(10), facts[3])
    stage.wait(600)
    stage.settle()
    assert quantities(stage) == [2, 3, 4]


def test_only_places_are_held_and_not_for_ever(stage: Stage) -> None:
    stage.tell(*homework({5: 1, 15: 2}))
    stage.settle()
    assert stage.ask("SELECT count(*) FROM gateway.analytics_held") == 2
    stage.wait(80 * 3600)
    stage.tell(*consent(10))
    stage.settle()
    assert quantities(stage) == []
    assert stage.publishing.parked == 0


def test_a_withdrawal_that_is_read_after_a_fact_is_known_before_it_is_published(
    stage: Stage,
) -> None:
    given_and_withdrawn = consent(0, 180)
    facts = homework({100: 1, 185: 2})
    stage.tell(given_and_withdrawn[0])
    stage.settle()
    stage.wait(100)
    stage.tell(*facts)
    stage.publish()
    assert quantities(stage) == [1]
    stage.tell(given_and_withdrawn[1])
    stage.settle()
    assert quantities(stage) == [1]


def test_while_care_is_not_read_to_its_end_nothing_is_published(stage: Stage) -> None:
    stage.tell(consent(0, 100)[0])
    stage.know()
    stage.tell(*homework({50: 1, 110: 2}), consent(0, 100)[1])
    stage.wait(1000)
    stage.publish()
    assert quantities(stage) == []


def test_after_a_withdrawal_there_is_one_word_more_to_forget(stage: Stage) -> None:
    facts = homework({50: 1, 200: 2})
    stage.tell(consent(0, 100)[0], facts[0])
    stage.settle()
    stage.wait(60)
    stage.tell(consent(0, 100)[1])
    stage.settle()
    stage.wait(200)
    stage.tell(facts[1])
    stage.settle()
    *before, last = stage.outbox()
    assert [each.kind for each in before] == ["ConsentGiven", "OccurrenceCompleted"]
    assert (last.kind, last.fact) == ("ConsentWithdrawn", {"forget": before[0].key})
    assert {each.key for each in before} == {last.key}


def test_nothing_of_the_time_before_follows_a_withdrawal_that_is_known(stage: Stage) -> None:
    stage.tell(*consent(0, 100))
    stage.know()
    stage.tell(*homework({50: 1}))
    stage.settle()
    assert stage.kinds() == ["ConsentWithdrawn"]


def test_a_second_consent_is_somebody_new(stage: Stage) -> None:
    facts, words = homework({50: 1, 250: 2}), consent(0, 100, 200)
    stage.tell(words[0], facts[0])
    stage.settle()
    stage.wait(60)
    stage.tell(words[1])
    stage.settle()
    stage.wait(200)
    stage.tell(words[2], facts[1])
    stage.settle()
    first, *_, last = [each for each in stage.outbox() if each.kind == "OccurrenceCompleted"]
    assert (first.fact["quantity"], last.fact["quantity"]) == (1, 2)
    assert first.key != last.key
    assert not set(first.headers.values()) & set(last.headers.values()) - {
        "1",
        "1.0",
        "application/json",
        "/interlude/analytics",
        first.headers["ce_type"],
        first.headers["ce_dataschema"],
    }
    assert first.fact["occurrence_id"] != last.fact["occurrence_id"]


@pytest.mark.parametrize(("given", "covered"), [(200, [3]), (120, [2, 3])])
def test_facts_of_a_late_second_consent_are_not_lost_either(
    stage: Stage, given: float, covered: list[int]
) -> None:
    """Where it begins at the first fact after the withdrawal, that divides a stream in a batch."""
    words = consent(0, 100, given)
    stage.tell(*words[:2])
    stage.wait(300)
    stage.settle()
    stage.tell(*homework({50: 1, 150: 2, 250: 3}))
    stage.settle()
    stage.tell(words[2])
    stage.settle()
    assert quantities(stage) == covered
    assert stage.publishing.parked == 0


def test_a_crash_between_any_two_steps_doubles_nothing(stage: Stage) -> None:
    facts = homework({5: 1, 15: 2, 25: 3})
    stage.tell(*facts)
    stage.settle()
    stage.start()
    stage.tell(*consent(10), *facts)
    stage.know()
    stage.start()
    stage.settle()
    stage.start()
    stage.settle()
    assert quantities(stage) == [2, 3]


def test_other_scopes_are_no_consent_to_analytics(stage: Stage) -> None:
    given = consent(0)[0]
    shared = given.data.replace(b'"analytics"', b'"sharing"')
    assert shared != given.data
    (other,) = dated([replace(given, data=shared)], [0], chain_key("care"))
    stage.tell(other, *homework({5: 1}))
    stage.settle()
    assert stage.outbox() == []


def test_a_no_to_something_else_is_no_word_to_forget(stage: Stage) -> None:
    """Analytics has a consent of its own: that to treatment opens and closes nothing here."""
    no_treatment = {
        "consent_id": str(uuid5(MASHA, "treatment")),
        "patient_id": str(MASHA),
        "scope": "treatment",
        "withdrawn_by": "patient",
        "withdrawn_at": NOW.isoformat(),
    }
    agreed = {
        **{name: no_treatment[name] for name in ("consent_id", "patient_id")},
        "text_version": "treatment-2026-01",
        "given_by": "patient",
        "given_at": NOW.isoformat(),
    }
    facts = [(1.0, ("TreatmentConsentGiven", agreed)), (7.0, ("ConsentWithdrawn", no_treatment))]
    stage.tell(*consent(0), *homework({5: 1, 9: 2}))
    stage.tell(*told("consent", uuid5(MASHA, "treatment"), *facts, patient=MASHA))
    stage.settle()
    assert quantities(stage) == [1, 2]
    assert sorted(stage.kinds()) == ["ConsentGiven", *["OccurrenceCompleted"] * 2]
    assert stage.publishing.parked == 0


def erased(*, patient: UUID = MASHA, at: float = 30) -> Sequence[Recorded]:
    """Care has destroyed the patient's keys."""
    fact = {"patient_id": str(patient), "erased_at": NOW.isoformat()}
    return told("erasure", patient, (at, ("PatientErased", fact)), patient=patient)


def test_whoever_is_erased_is_forgotten_as_if_they_had_withdrawn(stage: Stage) -> None:
    """Analysts have one word to obey, and are not told which it was."""
    stage.tell(*consent(0), *homework({5: 1, 15: 2}))
    stage.settle()
    (given, *_) = stage.outbox()
    stage.tell(*erased())
    stage.settle()
    *_, last = stage.outbox()
    assert (last.kind, last.key, last.fact) == (
        "ConsentWithdrawn",
        given.key,
        {"forget": given.key},
    )
    assert last.headers["ce_subject"].startswith("consent-")
    for table in ("analytics_consents", "analytics_latest", "analytics_held"):
        assert stage.ask(f"SELECT count(*) FROM gateway.{table}") == 0  # noqa: S608 - our own
    assert stage.ask("SELECT count(*) FROM gateway.known_erased") == 1


def test_nothing_that_comes_late_of_the_erased_is_published_or_held(stage: Stage) -> None:
    facts = homework({5: 1, 15: 2, 25: 3})
    stage.tell(*consent(0), *facts[:1])
    stage.settle()
    stage.tell(*erased())
    stage.settle()
    before = stage.outbox()
    stage.tell(*facts[1:], *consent(0, 40, 50)[1:])
    stage.settle()
    stage.settle()
    assert stage.outbox() == before
    assert stage.ask("SELECT count(*) FROM gateway.analytics_held") == 0
    assert stage.ask("SELECT count(*) FROM gateway.analytics_consents") == 0
    assert (stage.knowing.parked, stage.publishing.parked) == (0, 0)


def test_who_never_consented_is_erased_without_a_word(stage: Stage) -> None:
    stage.tell(*homework({5: 1}), *erased(), *homework({5: 2}, patient=LEV))
    stage.tell(*consent(0, patient=LEV))
    stage.settle()
    assert quantities(stage) == [2]
    assert "ConsentWithdrawn" not in stage.kinds()
