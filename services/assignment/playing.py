"""How a story is played through the deciders: who says what and when, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.vocabulary.templates import built_in
from libs.web.shapes import Shape
from services.assignment.catalogue import content_of
from services.assignment.domain import assignment
from services.assignment.domain.due import Meeting, MoveDue
from services.assignment.domain.from_template import taken
from services.assignment.domain.homework import State
from services.assignment.domain.taken_over import Taken
from services.assignment.domain.terms import GoalId, SessionId
from services.assignment.writing.gathering import goals_served
from services.assignment.writing.markdown import written

Json = dict[str, Any]
Bodies = Mapping[str, Json]

THERAPIST = Actor(person_id=UUID("00000000-0000-7000-8000-0000000000a1"), role="therapist")
PATIENT = Actor(person_id=UUID("00000000-0000-7000-8000-0000000000b1"), role="patient")
SYSTEM = Actor(person_id=UUID(int=0), role="system")

AT_FIVE = datetime(2026, 2, 26, 16, 5, tzinfo=UTC)
ON_MONDAY = datetime(2026, 3, 2, 11, 25, tzinfo=UTC)

HELD = datetime(2026, 3, 5, 16, tzinfo=UTC)
NEXT = datetime(2026, 3, 12, 16, tzinfo=UTC)
ZONE = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    operation: str
    request: type[Any]
    by: Actor


def by(actor: Actor, **acts: type[Any]) -> Sequence[Act]:
    return [Act(operation=name, request=kind, by=actor) for name, kind in acts.items()]


def meeting_at(starts_at: datetime, number: int) -> Meeting:
    session = UUID(f"00000000-0000-7000-8000-0000000000e{number}")
    return Meeting(session_id=SessionId(session), starts_at=starts_at, zone=ZONE)


class Story:
    def __init__(self, bodies: Bodies, state: State = assignment.decider.initial) -> None:
        self.bodies = bodies
        self.state = state
        self.facts: list[assignment.Event] = []

    def told(
        self, act: Act, *, at: datetime, meeting: Meeting | None = None
    ) -> Sequence[assignment.Event]:
        return self.decided(said(act, self.bodies, at, meeting, self.facts))

    def moved(self, meeting: Meeting, *, at: datetime) -> Sequence[assignment.Event]:
        return self.asked(
            MoveDue,
            at=at,
            named_session_id=meeting.session_id,
            meeting=meeting,
            because="session_moved",
        )

    def asked(self, request: type[Any], *, at: datetime, **said: Any) -> Sequence[assignment.Event]:
        """By this service itself: in reaction to something, or because time has passed."""
        return self.decided(request(by=SYSTEM, happened_at=at, now=at, **said))

    def decided(self, command: assignment.Command) -> Sequence[assignment.Event]:
        facts = assignment.decider.decide(command, self.state)
        self.facts += facts
        self.state = assignment.decider.fold(facts, onto=self.state)
        return facts


def said(
    act: Act,
    bodies: Bodies,
    at: datetime,
    meeting: Meeting | None = None,
    so_far: Sequence[assignment.Event] = (),
) -> Any:
    shape = Shape(act.request)
    body = bodies[act.operation]
    looked_up: dict[str, Any] = {
        "meeting": meeting,
        "open_goals": frozenset(GoalId(UUID(each)) for each in _goals(body)),
        "patient_zone": ZONE,
        "template": _template(body),
    }
    names = {field.name for field in fields(act.request)}
    if "written" in names:
        goals = [bodies["setGoal"]["statement"]] if goals_served(so_far) else []
        looked_up["written"] = written(so_far, goals, "en-GB")
    return act.request(
        by=act.by,
        happened_at=at,
        now=at,
        **shape.read(body, at).fields,
        **{name: value for name, value in looked_up.items() if name in names},
    )


def _template(body: Json) -> Taken | None:
    """Of the built-in ones, which everybody has."""
    if "template_ref" not in body:
        return None
    newest = built_in()[UUID(body["template_ref"]["id"])][-1]
    return taken(content_of(newest), locale="en-GB", assignment_id=UUID(body["id"]))


def _goals(body: Json) -> Sequence[str]:
    named: Sequence[str] = body.get("goal_ids", body.get("rationale", {}).get("goal_ids", ()))
    return named
