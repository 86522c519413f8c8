"""What may be or has been in the way, and the one response to it that counts."""

from dataclasses import replace
from uuid import UUID

from libs.testing.cast import NOW, PATIENT
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from libs.vocabulary.rating import Rating, RatingOutsideScale
from services.assignment.domain.assignment import decider
from services.assignment.domain.obstacles import (
    AnticipateObstacle,
    ObstacleAnticipated,
    ObstacleReported,
    ObstacleResponsePlanned,
    PlanObstacleResponse,
    ReportObstacle,
    UnknownObstacle,
)
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.terms import ResponseId
from tests.unit.assignment.cases import OBSTACLE, active, homework, of_ten, told

report = told(
    ReportObstacle, by=PATIENT, id=OBSTACLE, category="environment", text="Larry was on the phone."
)


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


def test_c30_what_may_get_in_the_way_is_anticipated() -> None:
    lose_heart = told(
        AnticipateObstacle,
        by=PATIENT,
        id=OBSTACLE,
        category="motivation",
        text="I may lose heart on the way to him.",
    )
    foresee = replace(lose_heart, kind="internal")
    homework().when(foresee).then(
        ObstacleAnticipated(
            obstacle_id=OBSTACLE,
            category="motivation",
            kind="internal",
            text="I may lose heart on the way to him.",
            phase="anticipated",
            anticipated_by="patient",
            anticipated_at=NOW,
        )
    )
    homework(foresee).when(foresee).then_nothing_changes()


def test_c30_how_likely_it_is_lies_on_its_scale() -> None:
    beyond = Rating(value=11, scale=of_ten(3).scale)
    homework().when(
        told(AnticipateObstacle, id=OBSTACLE, category="time", text="Late.", likelihood=beyond)
    ).then_rejected(RatingOutsideScale)


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
