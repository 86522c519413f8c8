"""The parts that homework is made of, from the easiest on."""

from dataclasses import replace
from uuid import UUID

from libs.testing.cast import FOR_MASHA, NOW
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
from services.assignment.domain.readiness import UnknownRating
from services.assignment.domain.terms import (
    ComponentId,
    Contact,
    ContactRef,
    RatingId,
    ScalesDiffer,
)
from tests.unit.assignment.cases import homework, of_hundred, of_ten, told

LARRY = ComponentId(UUID(int=2))
PRIYA = ComponentId(UUID(int=3))

add_larry = told(
    AddComponent,
    id=LARRY,
    label="Talk to Larry",
    contact=Contact(contact_ref=ContactRef(UUID(int=7)), label="Larry"),
)


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
