"""Whatever people say in whatever order: every fact folds, and what was decided holds."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Actor
from libs.testing.cast import FOR_MASHA, MASHA, NOW, PATIENT, THERAPIST
from libs.web.shapes import Shape
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.creation import AssignmentCreated
from services.assignment.domain.due import Meeting, MoveDue
from services.assignment.domain.homework import Homework, NotCreated, State
from services.assignment.domain.passing import PassTime
from services.assignment.domain.summary import Written
from services.assignment.domain.terms import GoalId, PatientId, TherapistId
from services.assignment.examples import FACTS, REQUESTS
from services.assignment.played import REQUEST_OF
from services.assignment.wire import assignments
from tests.unit.assignment.cases import SESSION_2, SESSION_3

OURS = [fact for fact in FACTS if type(fact) in assignments.wire.names]
SHAPES = {name: Shape(kind) for name, kind in REQUEST_OF.items()}
LOOKED_UP: Mapping[str, Any] = {
    "open_goals": frozenset({GoalId(UUID(REQUESTS["setGoal"]["id"]))}),
    "patient_zone": "Europe/London",
    "written": Written(
        plan_version=1, summaries=0, language="en", body_markdown="# x\n", sha256="0" * 64
    ),
}


@st.composite
def requests(draw: st.DrawFn) -> Command:
    """One of the story's requests: by anybody, at any time, with ids of its own or the story's."""
    by = draw(st.sampled_from([THERAPIST, PATIENT, FOR_MASHA]))
    at = NOW + timedelta(minutes=draw(st.integers(-20_000, 20_000)))
    meeting = draw(st.sampled_from([SESSION_2, SESSION_3, None]))
    if draw(st.integers(0, 9)) == 0:
        return _moved(by, at, meeting)
    if draw(st.integers(0, 9)) == 0:
        return PassTime(by=by, happened_at=at, now=at)
    name = draw(st.sampled_from(sorted(REQUEST_OF)))
    fields = SHAPES[name].read(REQUESTS[name], NOW).fields
    known = {"meeting": meeting, **LOOKED_UP}
    names = {field.name for field in dataclass_fields(REQUEST_OF[name])}
    if "id" in names and draw(st.booleans()):
        known["id"] = UUID(int=draw(st.integers(1, 4)))
    said = fields | {key: value for key, value in known.items() if key in names}
    command: Command = REQUEST_OF[name](by=by, happened_at=at, now=NOW, **said)
    return command


def _moved(by: Actor, at: Any, meeting: Meeting | None) -> MoveDue:
    return MoveDue(
        by=by,
        happened_at=at,
        now=NOW,
        named_session_id=None,
        meeting=meeting,
        because="session_moved",
    )


def _decided(command: Command, state: State) -> Sequence[Event] | None:
    try:
        return decider.decide(command, state)
    except Rejected:
        return None


@settings(max_examples=150, deadline=None)
@given(st.lists(requests(), max_size=25))
def test_what_was_decided_holds(said: list[Command]) -> None:
    state: State = decider.initial
    for command in said:
        facts = _decided(command, state)
        if not facts:
            continue
        after = decider.fold(facts, onto=state)
        assert isinstance(after, Homework)
        if isinstance(state, Homework):
            assert (after.assignment_id, after.patient_id) == (
                state.assignment_id,
                state.patient_id,
            )
        _said_again_it_adds_nothing(command, after)
        decider.advise(command, after)
        state = after


def _said_again_it_adds_nothing(command: Command, after: Homework) -> None:
    """What has an id of its own is told once; what has none says how things are."""
    again = _decided(command, after)
    if hasattr(command, "id"):
        assert not again
    elif type(command).__name__ != "SpecifyPlan":
        assert not again, type(command)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(OURS), max_size=40))
def test_no_history_is_too_strange_to_fold(history: list[Any]) -> None:
    state = decider.fold(history)
    created = any(isinstance(fact, AssignmentCreated) for fact in history)
    assert isinstance(state, Homework if created else NotCreated)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(OURS), max_size=30), requests())
def test_a_strange_history_is_answered_too(history: list[Any], command: Command) -> None:
    _decided(command, decider.fold(history))


def test_every_fact_is_about_the_patient_whose_keys_seal_it() -> None:
    created = AssignmentCreated(
        assignment_id=REQUEST_ID,
        patient_id=PatientId(MASHA),
        therapist_id=TherapistId(THERAPIST.person_id),
        title="Talk to Larry",
        created_at=NOW,
    )
    assert assignments.subject(decider.fold([created])) == MASHA
    assert assignments.subject(decider.initial) is None


REQUEST_ID: Any = UUID(int=1)
