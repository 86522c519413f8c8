"""What the cases about homework share: who says what, when, and how far things have come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from libs.eventstore.telling import Actor, Told
from libs.testing.cast import MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.obstacle import ObstacleId
from libs.vocabulary.rating import Rating, Scale
from services.assignment.domain.agreement import AgreeAssignment
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.creation import CreateAssignment
from services.assignment.domain.due import Meeting
from services.assignment.domain.homework import Homework, State
from services.assignment.domain.outcome import ActivateAssignment
from services.assignment.domain.terms import AssignmentId, PatientId, SessionId

HOMEWORK = AssignmentId(UUID(int=0xF1))
OBSTACLE = ObstacleId(UUID(int=1))
SESSION_2 = Meeting(
    session_id=SessionId(UUID(int=0xE2)),
    starts_at=datetime(2026, 3, 5, 16, tzinfo=UTC),
    zone="Europe/London",
)
SESSION_3 = Meeting(
    session_id=SessionId(UUID(int=0xE3)),
    starts_at=datetime(2026, 3, 12, 16, tzinfo=UTC),
    zone="Europe/London",
)
TEN = Scale(min=0, max=10)
HUNDRED = Scale(min=0, max=100)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)

Request = TypeVar("Request", bound=Told)


def told(
    kind: type[Request], *, by: Actor = THERAPIST, at: datetime = NOW, **fields: Any
) -> Request:
    return kind(by=by, happened_at=at, now=at, **fields)


def of_ten(value: int) -> Rating:
    return Rating(value=value, scale=TEN)


def of_hundred(value: int) -> Rating:
    return Rating(value=value, scale=HUNDRED)


def after(*commands: Command) -> Sequence[Event]:
    """All facts that come of these requests, one after the other."""
    facts: list[Event] = []
    for command in commands:
        facts += decider.decide(command, decider.fold(facts))
    return facts


def state_after(*commands: Command) -> Homework:
    state = decider.fold(after(*commands))
    assert isinstance(state, Homework)
    return state


def create(**fields: Any) -> CreateAssignment:
    said = {"id": HOMEWORK, "patient_id": PatientId(MASHA), "title": "Talk to Larry"}
    return told(CreateAssignment, **{**said, "meeting": SESSION_2, **fields})


agree = told(AgreeAssignment, attested=True)
activate = told(ActivateAssignment, meeting=SESSION_2)

LATER = NOW + timedelta(hours=1)


def homework(*commands: Command) -> Scenario[Command, State, Event]:
    """Homework that was created, and what was said about it since."""
    return nothing_yet.given(*after(create(), *commands))


def active(*commands: Command) -> Scenario[Command, State, Event]:
    """Homework that has begun, with what was said before."""
    return homework(*commands, agree, activate)
