"""A toy service: a practice of steps that a therapist gives and a patient rates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from fastapi import FastAPI

from libs.access.policy import Subject, grant
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Decider, Notice, Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import EventStore
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.eventstore.wire import Wire
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Label, Prose
from libs.web.commands import Commands, Edge, Preparing, Router
from libs.web.service import Manners, create_service_app

PracticeId = NewType("PracticeId", UUID)
StepId = NewType("StepId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: Annotated[StepId, MINTED]
    text: Prose


# --- Facts. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeGiven:
    patient_id: UUID
    therapist_id: UUID
    title: Label
    steps: tuple[Step, ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRated:
    rating: Rating
    rated_by: UUID
    on_behalf_of: UUID | None = None
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeEnded:
    pass


Event = PracticeGiven | PracticeRated | PracticeEnded


# --- State. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    patient_id: UUID | None = None
    therapist_id: UUID | None = None
    ended: bool = False


def evolve(state: State, event: Event) -> State:
    match event:
        case PracticeGiven():
            return State(patient_id=event.patient_id, therapist_id=event.therapist_id)
        case PracticeRated():
            return state
        case PracticeEnded():
            return replace(state, ended=True)
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePractice(Told):
    """Something to practise until the next session."""

    id: Annotated[PracticeId, MINTED]
    patient_id: UUID
    title: Label
    steps: Annotated[tuple[Step, ...], MaxLen(3)] = ()
    patient_zone: Annotated[str, LOOKED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePractice(Told):
    rating: Rating
    times: Annotated[int, Ge(1), Le(50)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPractice(Told):
    """A correction: it needs the version that was seen."""


Command = GivePractice | RatePractice | EndPractice


class PracticeIsOver(Rejected):
    """It has ended, and cannot be rated any more."""

    code = "practice-is-over"
    pointer = "/rating"


class PracticeExists(Rejected):
    code = "practice-exists"


class TeapotPractice(Rejected):
    code = "teapot-practice"


# --- Rules. ---


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case GivePractice():
            return _give(command, state)
        case RatePractice():
            return _rate(command, state)
        case EndPractice():
            return [] if state.ended else [PracticeEnded()]
        case _:
            assert_never(command)


def _give(command: GivePractice, state: State) -> Sequence[Event]:
    if state.patient_id is not None:
        raise PracticeExists
    if command.title == "teapot":
        raise TeapotPractice
    if command.title == "bug":
        raise ZeroDivisionError("the patient wrote: teacup")
    return [
        PracticeGiven(
            patient_id=command.patient_id,
            therapist_id=command.by.person_id,
            title=command.title,
            steps=command.steps,
            zone=command.patient_zone,
        )
    ]


def _rate(command: RatePractice, state: State) -> Sequence[Event]:
    if state.ended:
        raise PracticeIsOver
    must_lie_on_its_scale(command.rating)
    rated = PracticeRated(
        rating=command.rating,
        rated_by=command.by.person_id,
        on_behalf_of=command.by.on_behalf_of,
        rated_at=command.happened_at,
    )
    return [rated] * command.times


def advise(command: Command, _state: State) -> Sequence[Notice]:
    without = isinstance(command, GivePractice) and not command.steps
    return [Notice("no-steps", "/steps")] if without else []


practice: Aggregate[Command, State, Event] = Aggregate(
    category="practice",
    decider=Decider(State(), evolve, decide, advise),
    wire=Wire[Event](
        {
            PracticeGiven: "interlude.test.PracticeGiven.v1",
            PracticeRated: "interlude.test.PracticeRated.v1",
            PracticeEnded: "interlude.test.PracticeEnded.v1",
        }
    ),
    subject=lambda state: state.patient_id,
)


# --- View. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeView:
    """What both see of it."""

    patient_id: UUID
    title: Label
    steps: tuple[Step, ...]
    ratings: tuple[Rating, ...] = ()


def seen(history: Sequence[tuple[Recorded, Event]]) -> PracticeView:
    given = next(event for _, event in history if isinstance(event, PracticeGiven))
    return PracticeView(
        patient_id=given.patient_id,
        title=given.title,
        steps=given.steps,
        ratings=tuple(event.rating for _, event in history if isinstance(event, PracticeRated)),
    )


# --- Edge. ---

THERAPIST = grant(therapist="related")
EITHER = grant(therapist="related", patient="own")


def routes(edge: Edge, desk: Desk[Command, State, Event]) -> Router:
    on = Commands(
        edge,
        desk,
        subject=lambda state: Subject(patient_id=state.patient_id, therapist_id=state.therapist_id),
    )

    async def in_their_zone(asked: Preparing) -> dict[str, object]:
        patient = await edge.known.patient(asked.principal.tenant_id, asked.fields["patient_id"])
        return {"patient_zone": patient.zone if patient else "Etc/UTC"}

    on.create(
        "/v1/practices",
        GivePractice,
        operation="givePractice",
        grant=THERAPIST,
        prepare=in_their_zone,
    )
    on.act(
        "/v1/practices/{id}/ratings",
        RatePractice,
        operation="ratePractice",
        grant=EITHER,
        patients_act=True,
    )
    on.act(
        "/v1/practices/{id}/endings",
        EndPractice,
        operation="endPractice",
        grant=THERAPIST,
        required_if_match=True,
    )
    on.show("/v1/practices/{id}", PracticeView, seen, operation="practice", grant=EITHER)
    return on.router


def app(edge: Edge, store: EventStore | None = None, *, manners: Manners | None = None) -> FastAPI:
    desk = Desk(
        practice,
        store or InMemoryEventStore(),
        edge.sealer,
        chain_key=b"chain",
        new_id=edge.new_id,
    )
    return create_service_app(
        "Practices",
        "A toy.",
        edge,
        [routes(edge, desk)],
        statuses={TeapotPractice: HTTPStatus.GONE},
        examples={"givePractice": GIVE},
        manners=manners or Manners(),
    )


GIVE = {
    "patient_id": "00000000-0000-7000-8000-0000000000b1",
    "title": "speaking to Larry about the films",
    "steps": [{"text": "Hey! How's it going?"}],
}
RATE = {"rating": {"value": 4, "scale": {"min": 0, "max": 10}}}
