from uuid import UUID

import pytest

from libs.testing.cast import FOR_MASHA, NOW, PATIENT, THERAPIST
from services.assignment.domain.agreement import (
    AgreeAssignment,
    AlreadyAgreed,
    AssignmentAgreed,
    AssignmentProposed,
    ChooseOption,
    OfferOptions,
    OnlyTherapistAttests,
    Option,
    OptionChosen,
    OptionNotOffered,
    OptionRepeated,
    OptionsOffered,
    ProposeAssignment,
)
from services.assignment.domain.homework import NotOpen
from services.assignment.domain.outcome import CompleteHomework
from services.assignment.domain.reasons import (
    BeliefIncomplete,
    ChangeBelief,
    CheckUnderstanding,
    CommitmentStated,
    GiveRationale,
    GoalNotOpen,
    RationaleGiven,
    RationaleId,
    StateCommitment,
    UnderstandingChecked,
    UnderstandingId,
)
from services.assignment.domain.terms import GoalId, OptionId
from tests.unit.assignment.cases import (
    activate,
    after,
    agree,
    create,
    homework,
    nothing_yet,
    state_after,
    told,
)

FILMS = Option(id=OptionId(UUID(int=1)), label="Speaking to Larry about the films")
WEEKEND = Option(id=OptionId(UUID(int=2)), label="Asking Priya about her weekend")
GOAL = GoalId(UUID(int=0x91))

offer = told(OfferOptions, options=(FILMS, WEEKEND))
offered = OptionsOffered(options=(FILMS, WEEKEND), offered_by="therapist", offered_at=NOW)
propose = told(ProposeAssignment)
proposed = AssignmentProposed(proposed_by="therapist", proposed_at=NOW)


def agreed(by: str, *, attested: bool = False) -> AssignmentAgreed:
    return AssignmentAgreed(agreed_by=by, attested=attested, agreed_at=NOW)  # type: ignore[arg-type]  # a literal


def test_c03_options_are_offered() -> None:
    homework().when(offer).then(offered)


def test_c03_options_that_were_offered_are_not_offered_again() -> None:
    homework(offer).when(offer).then_nothing_changes()


def test_c03_more_options_may_be_added() -> None:
    homework(told(OfferOptions, options=(FILMS,))).when(offer).then(
        OptionsOffered(options=(WEEKEND,), offered_by="therapist", offered_at=NOW)
    )


def test_c03_two_options_are_two() -> None:
    homework().when(told(OfferOptions, options=(FILMS, FILMS))).then_rejected(OptionRepeated)


def test_c03_the_patient_chooses_among_the_options() -> None:
    homework(offer).when(told(ChooseOption, by=PATIENT, option_id=FILMS.id)).then(
        OptionChosen(option_id=FILMS.id, chosen_by="patient", chosen_at=NOW)
    )


def test_c03_a_choice_that_the_therapist_writes_down_is_the_patients() -> None:
    homework(offer).when(told(ChooseOption, by=FOR_MASHA, option_id=FILMS.id)).then(
        OptionChosen(option_id=FILMS.id, chosen_by="patient", chosen_at=NOW)
    )


def test_c03_what_was_not_offered_cannot_be_chosen() -> None:
    homework().when(told(ChooseOption, by=PATIENT, option_id=FILMS.id)).then_rejected(
        OptionNotOffered
    )


def test_c03_choosing_the_same_again_changes_nothing_and_another_one_does() -> None:
    chosen = homework(offer, told(ChooseOption, by=PATIENT, option_id=FILMS.id))
    chosen.when(told(ChooseOption, by=PATIENT, option_id=FILMS.id)).then_nothing_changes()
    chosen.when(told(ChooseOption, by=PATIENT, option_id=WEEKEND.id)).then(
        OptionChosen(option_id=WEEKEND.id, chosen_by="patient", chosen_at=NOW)
    )


def test_c03_either_side_may_propose() -> None:
    homework().when(propose).then(proposed)
    homework().when(told(ProposeAssignment, by=PATIENT)).then(
        AssignmentProposed(proposed_by="patient", proposed_at=NOW)
    )


def test_c03_what_is_proposed_is_not_proposed_again() -> None:
    homework(propose).when(told(ProposeAssignment, by=PATIENT)).then_nothing_changes()


def test_c03_what_is_agreed_is_not_proposed_again() -> None:
    homework(told(AgreeAssignment, attested=True)).when(propose).then_rejected(AlreadyAgreed)


def test_c03_agreement_takes_a_record_of_each() -> None:
    both = (told(AgreeAssignment), told(AgreeAssignment, by=PATIENT))
    homework(propose).when(both[0]).then(agreed("therapist"))
    homework(propose, both[0]).when(both[1]).then(agreed("patient"))
    assert state_after(create(), propose, both[0]).status == "proposed"
    assert state_after(create(), propose, *both).status == "agreed"


def test_c03_the_therapist_may_attest_what_was_said_in_session() -> None:
    attest = told(AgreeAssignment, attested=True)
    homework(propose).when(attest).then(agreed("therapist", attested=True))
    assert state_after(create(), propose, attest).status == "agreed"


def test_c03_a_patient_attests_nothing() -> None:
    homework(propose).when(told(AgreeAssignment, by=PATIENT, attested=True)).then_rejected(
        OnlyTherapistAttests
    )


def test_c03_whoever_agrees_to_a_draft_proposes_it_by_that() -> None:
    homework().when(told(AgreeAssignment)).then(proposed, agreed("therapist"))


@pytest.mark.parametrize("by", [THERAPIST, PATIENT])
def test_c03_who_has_agreed_has_agreed(by: object) -> None:
    agree = told(AgreeAssignment, by=by)  # type: ignore[arg-type]  # an actor
    homework(agree).when(agree).then_nothing_changes()


def test_the_course_of_homework_that_is_done_does_not_change() -> None:
    completed = told(CompleteHomework, by=PATIENT, id=UUID(int=9))
    finished = nothing_yet.given(*after(create(), offer, agree, activate, completed))
    for request in (propose, told(AgreeAssignment), offer):
        finished.when(request).then_rejected(NotOpen)


def test_c05_a_rationale_is_linked_to_open_goals() -> None:
    homework().when(
        told(
            GiveRationale,
            id=RationaleId(UUID(int=3)),
            text="It is where relationships begin.",
            goal_ids=(GOAL,),
            open_goals=frozenset({GOAL}),
        )
    ).then(
        RationaleGiven(
            rationale_id=RationaleId(UUID(int=3)),
            text="It is where relationships begin.",
            goal_ids=(GOAL,),
            given_by="therapist",
            given_at=NOW,
        )
    )


def test_c05_a_goal_that_is_not_open_carries_no_rationale() -> None:
    homework().when(
        told(GiveRationale, id=RationaleId(UUID(int=3)), text="It helps.", goal_ids=(GOAL,))
    ).then_rejected(GoalNotOpen)


def test_c06_monitoring_may_serve_to_find_goals_and_so_name_none() -> None:
    rationale = told(
        GiveRationale,
        id=RationaleId(UUID(int=3)),
        text="It may show what to do more of.",
        monitored_dimensions=("mood", "accomplishment"),
        leads_to_procedure="behavioral_activation",
    )
    assert state_after(create(), rationale).has_rationale
    assert not state_after(create(), rationale).has_goal


def test_c37_understanding_is_checked_in_the_patients_words() -> None:
    belief = ChangeBelief(if_text="I can't start", then_text="I'll never have a relationship")
    homework().when(
        told(
            CheckUnderstanding,
            by=FOR_MASHA,
            id=UnderstandingId(UUID(int=4)),
            patient_words="It's a good starting point.",
            fits="yes",
            change_beliefs=(belief,),
        )
    ).then(
        UnderstandingChecked(
            understanding_id=UnderstandingId(UUID(int=4)),
            patient_words="It's a good starting point.",
            fits="yes",
            change_beliefs=(belief,),
            checked_at=NOW,
        )
    )


@pytest.mark.parametrize(
    "belief",
    [
        ChangeBelief(),
        ChangeBelief(if_text="I can't start"),
        ChangeBelief(then_text="Nobody will"),
        ChangeBelief(text="It works", if_text="I start"),
        ChangeBelief(text="It works", if_text="I start", then_text="It works"),
    ],
)
def test_c38_a_belief_is_a_text_or_an_if_with_its_then(belief: ChangeBelief) -> None:
    homework().when(
        told(
            CheckUnderstanding,
            id=UnderstandingId(UUID(int=4)),
            patient_words="Well.",
            fits="partly",
            change_beliefs=(belief,),
        )
    ).then_rejected(BeliefIncomplete)


def test_c39_commitment_is_stated_and_told_again_is_the_same() -> None:
    commit = told(
        StateCommitment, by=PATIENT, id=UUID(int=5), willing=True, statement="I'll try it."
    )
    homework().when(commit).then(
        CommitmentStated(
            commitment_id=commit.id, willing=True, statement="I'll try it.", stated_at=NOW
        )
    )
    homework(commit).when(commit).then_nothing_changes()
