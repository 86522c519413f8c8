from dataclasses import replace
from datetime import UTC, datetime, time
from uuid import UUID

import pytest

from libs.testing.cast import FOR_MASHA, NOW, PATIENT
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from libs.vocabulary.rating import Rating, RatingOutsideScale
from services.assignment.domain.assignment import decider
from services.assignment.domain.components import (
    AddComponent,
    ChooseFirstComponent,
    ComponentAdded,
    ComponentRepeated,
    ComponentsGraded,
    FirstComponentChosen,
    GradeComponents,
    GradedComponent,
    GradingId,
    TooManyComponents,
    UnknownComponent,
)
from services.assignment.domain.obstacles import (
    ObstacleAnticipated,
    ObstacleReported,
    ObstacleResponsePlanned,
    PlanObstacleResponse,
    ReportObstacle,
    UnknownObstacle,
)
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.practice import (
    ImageryAnchor,
    ImageryAnchorMissing,
    OfferPractice,
    PracticeOffered,
    PracticeOfferId,
    PracticeRecorded,
    PracticeRequested,
    PracticeRequestId,
    RecordPractice,
    RequestPractice,
    Step,
    StepsOutOfOrder,
)
from services.assignment.domain.readiness import UnknownRating
from services.assignment.domain.situation import (
    ConceptualiseSituation,
    ExperienceId,
    ExperienceRecorded,
    LikelihoodNotToAHundred,
    NothingExperienced,
    PredictionId,
    PredictionStated,
    RecordExperience,
    SituationConceptualised,
    SituationId,
    StatePrediction,
)
from services.assignment.domain.terms import (
    ComponentId,
    Contact,
    ContactRef,
    EndsBeforeItStarts,
    InTheFuture,
    Period,
    PracticeId,
    RatingId,
    ResponseId,
    ScalesDiffer,
)
from tests.unit.assignment.cases import (
    LATER,
    SESSION_2,
    active,
    homework,
    of_hundred,
    of_ten,
    told,
)

AT_MY_DESK = ImageryAnchor(day_of_week="monday", time=time(11), place="At my desk")
OBSTACLE = ObstacleId(UUID(int=1))
LARRY = ComponentId(UUID(int=2))
PRIYA = ComponentId(UUID(int=3))

imagine = told(
    RecordPractice,
    id=PracticeId(UUID(int=4)),
    mode="guided_imagery",
    session_id=SESSION_2.session_id,
    outcome="ready",
    imagery_anchor=AT_MY_DESK,
    steps_rehearsed=(
        Step(n=1, who="patient", text="Hey! How's it going?"),
        Step(n=2, who="other", text="I don't know what he would say."),
    ),
)
report = told(
    ReportObstacle, by=PATIENT, id=OBSTACLE, category="environment", text="Larry was on the phone."
)
predict = told(
    StatePrediction,
    by=PATIENT,
    id=PredictionId(UUID(int=5)),
    prediction="He won't like the film.",
    observable_sign="He looks away.",
    likelihood=of_hundred(60),
)
live_through = told(
    RecordExperience,
    by=PATIENT,
    id=ExperienceId(UUID(int=6)),
    phase="during_homework",
    experience=Experience(thoughts=("Here he comes.",)),
    experienced_at=Period(start=NOW),
)
add_larry = told(
    AddComponent,
    id=LARRY,
    label="Talk to Larry",
    contact=Contact(contact_ref=ContactRef(UUID(int=7)), label="Larry"),
)


def test_c07_practice_by_guided_imagery_starts_from_an_anchor_c29() -> None:
    (recorded,) = decider.decide(imagine, decider.fold(homework().history))
    assert isinstance(recorded, PracticeRecorded)
    assert (recorded.imagery_anchor, recorded.practised_at) == (AT_MY_DESK, NOW)


@pytest.mark.parametrize("anchor", [None, ImageryAnchor()])
def test_c29_without_an_anchor_nothing_brings_the_future_into_the_present(
    anchor: ImageryAnchor | None,
) -> None:
    homework().when(replace(imagine, imagery_anchor=anchor)).then_rejected(ImageryAnchorMissing)


def test_c07_live_practice_needs_no_anchor() -> None:
    live = replace(imagine, mode="live", imagery_anchor=None)
    assert decider.decide(live, decider.fold(homework().history))


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_c33_rehearsed_steps_are_in_order(numbers: tuple[int, int]) -> None:
    steps = tuple(Step(n=n, who="patient", text="Hey!") for n in numbers)
    homework().when(replace(imagine, steps_rehearsed=steps)).then_rejected(StepsOutOfOrder)


def test_c07_feelings_in_practice_lie_on_their_scale() -> None:
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(11)),))
    homework().when(replace(imagine, experience=experience)).then_rejected(RatingOutsideScale)


def in_practice(rating: Rating) -> Rating:
    return replace(rating, rated_at=NOW, phase="in_session_practice")


def test_c07_what_is_rated_in_practice_is_rated_then_and_there() -> None:
    found = Obstacle(
        id=OBSTACLE,
        category="other",
        text="I forget what to say.",
        phase="anticipated",
        likelihood=of_ten(7),
    )
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(4)),))
    practised = replace(imagine, experience=experience, obstacles_found=(found,))
    [fact] = decider.decide(practised, decider.fold(homework().history))
    assert isinstance(fact, PracticeRecorded)
    assert fact.experience is not None
    assert fact.experience.feelings[0].intensity == in_practice(of_ten(4))
    assert fact.obstacles_found[0].likelihood == in_practice(of_ten(7))


def test_c07_an_obstacle_found_in_practice_can_be_answered() -> None:
    found = Obstacle(
        id=OBSTACLE, category="other", text="I forget what to say.", phase="anticipated"
    )
    respond = told(
        PlanObstacleResponse,
        id=ResponseId(UUID(int=8)),
        obstacle_id=OBSTACLE,
        if_text="If I forget",
        then_text="I ask about his weekend.",
    )
    homework(replace(imagine, obstacles_found=(found,))).when(respond).then(
        ObstacleResponsePlanned(
            response_id=ResponseId(UUID(int=8)),
            obstacle_id=OBSTACLE,
            if_text="If I forget",
            then_text="I ask about his weekend.",
            planned_by="therapist",
            planned_at=NOW,
        )
    )


def test_c28_practice_is_offered_and_asked_for() -> None:
    homework().when(told(OfferPractice, id=PracticeOfferId(UUID(int=9)), response="accepted")).then(
        PracticeOffered(offer_id=PracticeOfferId(UUID(int=9)), response="accepted", offered_at=NOW)
    )
    homework().when(told(RequestPractice, by=PATIENT, id=PracticeRequestId(UUID(int=9)))).then(
        PracticeRequested(
            request_id=PracticeRequestId(UUID(int=9)), requested_by="patient", requested_at=NOW
        )
    )


def test_c12_a_feeling_is_rated_in_the_phase_in_which_it_was_felt() -> None:
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(4)),))
    lived = told(
        RecordExperience,
        by=PATIENT,
        id=ExperienceId(UUID(int=9)),
        phase="during_homework",
        experience=experience,
    )
    fact = decider.decide(lived, decider.fold(homework().history))[0]
    assert isinstance(fact, ExperienceRecorded)
    assert fact.experience.feelings[0].intensity == replace(
        of_ten(4), rated_at=NOW, phase="during_homework"
    )


def test_c34_the_situation_is_thought_through() -> None:
    homework().when(
        told(
            ConceptualiseSituation,
            by=FOR_MASHA,
            id=SituationId(UUID(int=9)),
            situation="Larry has not answered.",
            thoughts=("I picked a stupid film.",),
            feelings=(Feeling(name="a bit anxious"),),
            urge_or_behaviour="I might just stop talking.",
        )
    ).then(
        SituationConceptualised(
            situation_id=SituationId(UUID(int=9)),
            situation="Larry has not answered.",
            thoughts=("I picked a stupid film.",),
            feelings=(Feeling(name="a bit anxious"),),
            urge_or_behaviour="I might just stop talking.",
            conceptualised_at=NOW,
        )
    )


def test_c12_an_experience_may_be_told_at_any_time() -> None:
    active().when(live_through).then(
        ExperienceRecorded(
            experience_id=ExperienceId(UUID(int=6)),
            phase="during_homework",
            experience=Experience(thoughts=("Here he comes.",)),
            experienced_at=Period(start=NOW),
            told_by="patient",
            told_at=NOW,
        )
    )


def test_c12_an_experience_says_something() -> None:
    active().when(replace(live_through, experience=Experience())).then_rejected(NothingExperienced)


def test_c12_nothing_is_told_that_is_still_to_come() -> None:
    ahead = Period(start=LATER)
    active().when(replace(live_through, experienced_at=ahead)).then_rejected(InTheFuture)
    backwards = Period(start=NOW, end=datetime(2026, 3, 2, 8, tzinfo=UTC))
    active().when(replace(live_through, experienced_at=backwards)).then_rejected(EndsBeforeItStarts)


def test_c35_a_prediction_with_its_observable_sign() -> None:
    homework().when(predict).then(
        PredictionStated(
            prediction_id=PredictionId(UUID(int=5)),
            prediction="He won't like the film.",
            observable_sign="He looks away.",
            likelihood=replace(of_hundred(60), rated_at=NOW),
            stated_afterwards=False,
            stated_by="patient",
            stated_at=NOW,
        )
    )


def test_c35_once_it_has_begun_a_prediction_is_kept_as_stated_afterwards() -> None:
    (stated,) = decider.decide(
        replace(predict, happened_at=LATER), decider.fold(active(live_through).history)
    )
    assert isinstance(stated, PredictionStated)
    assert stated.stated_afterwards


def test_c35_by_the_worlds_clock_a_prediction_told_late_was_still_in_time() -> None:
    before = datetime(2026, 3, 2, 8, tzinfo=UTC)
    (stated,) = decider.decide(
        replace(predict, happened_at=before), decider.fold(active(live_through).history)
    )
    assert isinstance(stated, PredictionStated)
    assert not stated.stated_afterwards


def test_c35_likelihood_goes_to_a_hundred() -> None:
    homework().when(replace(predict, likelihood=of_ten(6))).then_rejected(LikelihoodNotToAHundred)


def test_c12_the_patient_reports_an_obstacle_at_any_time() -> None:
    active().when(report).then(
        ObstacleReported(
            obstacle_id=OBSTACLE,
            category="environment",
            text="Larry was on the phone.",
            phase="unanticipated",
            reported_by="patient",
            reported_at=NOW,
        )
    )


def test_c30_an_obstacle_is_foreseen() -> None:
    foresee = replace(report, phase="anticipated", kind="practical", likelihood=of_ten(3))
    homework().when(foresee).then(
        ObstacleAnticipated(
            obstacle_id=OBSTACLE,
            category="environment",
            text="Larry was on the phone.",
            phase="anticipated",
            kind="practical",
            likelihood=Rating(value=3, scale=of_ten(3).scale, rated_at=NOW),
            anticipated_by="patient",
            anticipated_at=NOW,
        )
    )


def test_c36_one_response_to_an_obstacle_is_active() -> None:
    first, second = ResponseId(UUID(int=8)), ResponseId(UUID(int=9))
    respond = told(
        PlanObstacleResponse,
        id=first,
        obstacle_id=OBSTACLE,
        if_text="If Larry is busy",
        then_text="I wait.",
    )
    homework(report, respond).when(replace(respond, id=second)).then(
        ObstacleResponsePlanned(
            response_id=second,
            obstacle_id=OBSTACLE,
            if_text="If Larry is busy",
            then_text="I wait.",
            supersedes=first,
            planned_by="therapist",
            planned_at=NOW,
        )
    )


def test_c36_only_an_obstacle_that_was_told_has_a_response() -> None:
    homework().when(
        told(
            PlanObstacleResponse,
            id=ResponseId(UUID(int=8)),
            obstacle_id=OBSTACLE,
            if_text="If",
            then_text="Then",
        )
    ).then_rejected(UnknownObstacle)


def test_c30_an_obstacle_of_the_plan_is_an_obstacle_too() -> None:
    planned = Obstacle(id=OBSTACLE, category="time", text="Meetings.", phase="anticipated")
    assert OBSTACLE in _state(told(SpecifyPlan, obstacles=(planned,)))


def _state(command: SpecifyPlan) -> frozenset[ObstacleId]:
    state = decider.fold(homework(command).history)
    return getattr(state, "obstacles", frozenset())


def test_c31_components_and_the_one_to_start_with() -> None:
    homework().when(add_larry).then(
        ComponentAdded(
            component_id=LARRY,
            label="Talk to Larry",
            contact=Contact(contact_ref=ContactRef(UUID(int=7)), label="Larry"),
            added_by="therapist",
            added_at=NOW,
        )
    )
    first = told(ChooseFirstComponent, by=FOR_MASHA, component_id=LARRY)
    homework(add_larry).when(first).then(
        FirstComponentChosen(component_id=LARRY, chosen_by="patient", chosen_at=NOW)
    )
    homework(add_larry, first).when(first).then_nothing_changes()
    homework().when(first).then_rejected(UnknownComponent)


def test_c31_a_component_that_was_added_is_not_added_again() -> None:
    homework(add_larry).when(add_larry).then_nothing_changes()


def test_c16_there_are_at_most_thirty_components() -> None:
    thirty = [replace(add_larry, id=ComponentId(UUID(int=100 + n))) for n in range(30)]
    homework(*thirty).when(add_larry).then_rejected(TooManyComponents)


def graded(component: ComponentId, value: int, label: str | None = None) -> GradedComponent:
    return GradedComponent(
        component_id=component, difficulty=replace(of_ten(value), rated_at=NOW), label=label
    )


def grade(*components: GradedComponent, because: RatingId | None = None) -> GradeComponents:
    return told(
        GradeComponents,
        id=GradingId(UUID(int=0x81)),
        components=components,
        because_rating_id=because,
    )


def test_c16_components_are_graded_from_the_easiest_on_and_ties_stay() -> None:
    tom = ComponentId(UUID(int=0x82))
    hard, tie, easy = graded(LARRY, 8), graded(PRIYA, 3, "Priya"), graded(tom, 3, "Tom")
    homework(add_larry).when(grade(hard, tie, easy)).then(
        ComponentsGraded(
            grading_id=GradingId(UUID(int=0x81)),
            components=(tie, easy, hard),
            graded_by="therapist",
            graded_at=NOW,
        )
    )


def test_c16_a_new_component_brings_its_label() -> None:
    homework(add_larry).when(grade(graded(LARRY, 8), graded(PRIYA, 3))).then_rejected(
        UnknownComponent
    )


def test_c16_each_component_is_graded_once_on_one_scale_for_a_rating_that_exists() -> None:
    homework(add_larry).when(grade(graded(LARRY, 8), graded(LARRY, 3))).then_rejected(
        ComponentRepeated
    )
    other = replace(graded(PRIYA, 3, "Priya"), difficulty=of_hundred(30))
    homework(add_larry).when(grade(graded(LARRY, 8), other)).then_rejected(ScalesDiffer)
    two = (graded(LARRY, 8), graded(PRIYA, 3, "Priya"))
    homework(add_larry).when(grade(*two, because=RatingId(UUID(int=1)))).then_rejected(
        UnknownRating
    )


def test_c16_a_grading_may_not_add_more_than_thirty_either() -> None:
    thirty = [replace(add_larry, id=ComponentId(UUID(int=1000 + n))) for n in range(30)]
    one_more = grade(graded(thirty[0].id, 8), graded(PRIYA, 3, "Priya"))
    homework(*thirty).when(one_more).then_rejected(TooManyComponents)
