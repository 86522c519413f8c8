import pytest

from libs.testing.cast import ANNA, MASHA, NOW
from libs.vocabulary.rating import Rating, RatingOutsideScale
from services.assignment.domain.assignment import NotCreatedYet, decider
from services.assignment.domain.creation import (
    AssignmentCreated,
    AssignmentExists,
    BeliefNotToAHundred,
    ContinuesItself,
    PatientIsTherapist,
    TargetCognition,
    TechniqueUnnamed,
)
from services.assignment.domain.due import NEXT_SESSION, DueDateSet
from services.assignment.domain.outcome import ActivateAssignment
from services.assignment.domain.terms import PatientId, TherapistId
from tests.unit.assignment.cases import (
    HOMEWORK,
    HUNDRED,
    SESSION_2,
    create,
    homework,
    nothing_yet,
    of_hundred,
    of_ten,
    told,
)


def test_c01_patient_and_title_are_enough_and_it_is_due_before_the_next_session() -> None:
    nothing_yet.when(create()).then(
        AssignmentCreated(
            assignment_id=HOMEWORK,
            patient_id=PatientId(MASHA),
            therapist_id=TherapistId(ANNA),
            title="Talk to Larry",
            created_at=NOW,
        ),
        DueDateSet(
            rule=NEXT_SESSION,
            session_id=SESSION_2.session_id,
            due_at=SESSION_2.starts_at,
            zone="Europe/London",
            set_by="therapist",
            set_at=NOW,
        ),
    )


def test_c01_a_therapist_gives_themselves_no_homework() -> None:
    nothing_yet.when(create(patient_id=PatientId(ANNA))).then_rejected(PatientIsTherapist)


def test_c01_homework_is_created_once() -> None:
    homework().when(create()).then_rejected(AssignmentExists)


def test_c01_homework_does_not_continue_itself() -> None:
    nothing_yet.when(create(continues_from=HOMEWORK)).then_rejected(ContinuesItself)


def test_c11_a_behavioural_intervention_is_to_change_a_cognition() -> None:
    created, _ = decider.decide(create(category="behavioral_intervention"), decider.initial)
    assert isinstance(created, AssignmentCreated)
    assert created.intended_change == "cognitive"


@pytest.mark.parametrize(
    "said",
    [
        {"technique": "other"},
        {"technique": "exposure", "technique_other": "Flooding"},
        {"technique_other": "Flooding"},
    ],
)
def test_c11_another_technique_and_only_another_one_is_named(said: dict[str, str]) -> None:
    nothing_yet.when(create(**said)).then_rejected(TechniqueUnnamed)


def test_c11_another_technique_may_be_named() -> None:
    created, _ = decider.decide(
        create(technique="other", technique_other="Singing"), decider.initial
    )
    assert isinstance(created, AssignmentCreated)
    assert created.technique_other == "Singing"


def test_c11_the_belief_in_the_target_cognition_is_rated_to_a_hundred() -> None:
    target = TargetCognition(text="Nobody wants to talk to me.", belief=of_hundred(70))
    created, _ = decider.decide(create(target_cognition=target), decider.initial)
    assert isinstance(created, AssignmentCreated)
    assert created.target_cognition is not None
    assert created.target_cognition.belief == Rating(value=70, scale=HUNDRED, rated_at=NOW)


def test_c11_a_belief_on_another_scale_is_refused() -> None:
    target = TargetCognition(text="Nobody wants to talk to me.", belief=of_ten(7))
    nothing_yet.when(create(target_cognition=target)).then_rejected(BeliefNotToAHundred)


def test_c11_a_belief_beyond_its_scale_is_refused() -> None:
    target = TargetCognition(text="Nobody wants to talk to me.", belief=of_hundred(101))
    nothing_yet.when(create(target_cognition=target)).then_rejected(RatingOutsideScale)


def test_nothing_is_said_about_homework_that_was_never_created() -> None:
    nothing_yet.when(told(ActivateAssignment)).then_rejected(NotCreatedYet)
