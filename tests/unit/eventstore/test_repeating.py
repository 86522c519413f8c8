"""Telling the same again changes nothing; telling something else under the same id is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Answer, Call, Desk
from libs.eventstore.errors import ToldOtherwise
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.telling import Told
from libs.testing.cast import ANNA, CLINIC, FOR_MASHA, MASHA, NOW, PATIENT, THERAPIST
from libs.testing.sealer import ReadableSealer
from libs.vocabulary.rating import RatingOutsideScale
from libs.web.shapes import Shape
from services.assignment import wire as assignment_wire
from services.assignment.domain.components import AddComponent
from services.assignment.domain.creation import CreateAssignment
from services.assignment.domain.obstacles import ReportObstacle
from services.assignment.domain.readiness import RateReadiness
from services.assignment.examples import FIRST
from services.assignment.examples import REQUESTS as HOMEWORK
from services.care import wire as care_wire
from services.care.domain.patient import RegisterPatient
from services.care.domain.therapist import RegisterTherapist
from services.diary import wire as diary_wire
from services.diary.domain.entry import RecordEntry
from services.diary.examples import REQUESTS as DIARY

ANNA_KELLER = {"id": str(ANNA), "name": "Anna Keller"}
MASHA_ORLOVA = {"id": str(MASHA), "name": "Masha Orlova"}
LATER = NOW + timedelta(days=3)
ENTRY = DIARY["recordEntry"]
ANSWERS = ENTRY["answers"]
OBSTACLE = HOMEWORK["reportObstacle"]
RATING = HOMEWORK["rateReadiness"]


class Clinic:
    """Requests as clients send them, each under a key of its own."""

    def __init__(self) -> None:
        self.sealer = ReadableSealer()
        self.desks: dict[str, Desk[Any, Any, Any]] = {}
        self.store = InMemoryEventStore()

    async def told(
        self, aggregate: Aggregate[Any, Any, Any], request: type[Told], body: Any, **more: Any
    ) -> Answer:
        return await self._desk(aggregate).handle(self.call(request, body, **more))

    def call(self, request: type[Told], body: Any, **more: Any) -> Call[Any, Any]:
        shape = Shape(request)
        read = shape.read(shape.with_ids(dict(body), uuid4), LATER)
        looked_up = more.pop("looked_up", {})
        by = more.pop("by", THERAPIST)
        happened_at: datetime = more.pop("at", LATER)
        stream = more.pop("stream", None)
        thing = read.fields["id"]
        call: Call[Any, Any] = Call(
            tenant_id=CLINIC,
            stream_uuid=stream or thing,
            command=request(by=by, happened_at=happened_at, now=LATER, **read.fields, **looked_up),
            actor=by,
            operation=request.__name__,
            happened_at=happened_at,
            zone="Europe/London",
            now=LATER,
            thing_id=thing,
            key=str(uuid4()),
            fingerprint=b"",
            correlation_id=uuid4(),
            causation_id=None,
            traceparent="",
            creates=stream is None,
        )
        return replace(call, **more)

    def _desk(self, aggregate: Aggregate[Any, Any, Any]) -> Desk[Any, Any, Any]:
        return self.desks.setdefault(
            aggregate.category,
            Desk(aggregate, self.store, self.sealer, chain_key=b"", new_id=uuid4),
        )

    async def anna(self, name: str) -> Answer:
        return await self.told(
            care_wire.therapists, RegisterTherapist, ANNA_KELLER | {"name": name}
        )

    async def masha(self, name: str) -> Answer:
        zone = {"clinic_zone": "Europe/London", "clinic_locale": "en-GB"}
        body = MASHA_ORLOVA | {"name": name}
        return await self.told(care_wire.patients, RegisterPatient, body, looked_up=zone)

    async def entry(self, **other: Any) -> Answer:
        return await self.told(diary_wire.entries, RecordEntry, ENTRY | other, by=PATIENT)

    async def homework(self) -> None:
        about = HOMEWORK["createAssignment"]
        await self.told(assignment_wire.assignments, CreateAssignment, about)

    async def of_homework(self, request: type[Told], body: Any, **more: Any) -> Answer:
        return await self.told(
            assignment_wire.assignments, request, body, stream=UUID(FIRST), **more
        )


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


async def test_who_is_registered_again_by_the_same_name_is_already_so(clinic: Clinic) -> None:
    for register, name in ((clinic.anna, "Anna Keller"), (clinic.masha, "Masha Orlova")):
        assert not (await register(name)).already_so
        assert (await register(name)).already_so


async def test_nobody_is_registered_under_the_id_of_somebody_else(clinic: Clinic) -> None:
    for register, name in ((clinic.anna, "Anna Keller"), (clinic.masha, "Masha Orlova")):
        await register(name)
        with pytest.raises(ToldOtherwise):
            await register("Lev Brandt")
        assert (await register(name)).version == 1


async def test_the_same_entry_sent_again_is_already_so(clinic: Clinic) -> None:
    await clinic.entry()
    assert (await clinic.entry()).already_so


@pytest.mark.parametrize(
    "other",
    [
        {"answers": ANSWERS | {"what_i_said": "Nothing."}},
        {"answers": ANSWERS | {"comfort": {"value": 1, "scale": {"min": 0, "max": 10}}}},
        {"answers": ANSWERS | {"feelings": []}},
        {"notes": "It was about the film."},
        {"occurrence_id": str(UUID(int=7)), "assignment_id": FIRST},
    ],
    ids=["a text", "a number", "fewer feelings", "more", "for something else"],
)
async def test_another_entry_needs_another_id(clinic: Clinic, other: Any) -> None:
    await clinic.entry()
    with pytest.raises(ToldOtherwise):
        await clinic.entry(**other)


async def test_what_was_told_of_homework_is_compared_too(clinic: Clinic) -> None:
    await clinic.homework()
    await clinic.of_homework(ReportObstacle, OBSTACLE)
    assert (await clinic.of_homework(ReportObstacle, OBSTACLE)).already_so
    with pytest.raises(ToldOtherwise):
        await clinic.of_homework(ReportObstacle, OBSTACLE | {"text": "I may forget."})
    with pytest.raises(ToldOtherwise):
        await clinic.of_homework(ReportObstacle, OBSTACLE | {"category": "time"})


async def test_an_id_of_one_kind_is_not_taken_for_another(clinic: Clinic) -> None:
    await clinic.homework()
    await clinic.of_homework(ReportObstacle, OBSTACLE)
    with pytest.raises(ToldOtherwise):
        await clinic.of_homework(AddComponent, {"id": OBSTACLE["id"], "label": "Talk to Larry"})


async def test_ids_within_that_the_edge_made_may_differ(clinic: Clinic) -> None:
    component = HOMEWORK["addComponent"] | {"contact": {"label": "Larry"}}
    await clinic.homework()
    await clinic.of_homework(AddComponent, component)
    again = component | {"contact": {"label": "Larry"}}
    assert (await clinic.of_homework(AddComponent, again)).already_so
    with pytest.raises(ToldOtherwise):
        await clinic.of_homework(AddComponent, component | {"contact": {"label": "Priya"}})


async def test_it_may_be_told_again_later_and_by_the_other_of_the_two(clinic: Clinic) -> None:
    told = {"looked_up": {"low_confidence_below": 0.7}}
    await clinic.homework()
    await clinic.of_homework(RateReadiness, RATING, by=PATIENT, **told)
    later = {"at": LATER + timedelta(days=1), "by": FOR_MASHA}
    assert (await clinic.of_homework(RateReadiness, RATING, **told, **later)).already_so


async def test_what_could_not_have_been_told_then_is_refused_as_it_would_have_been(
    clinic: Clinic,
) -> None:
    told = {"looked_up": {"low_confidence_below": 0.7}}
    await clinic.homework()
    await clinic.of_homework(RateReadiness, RATING, **told)
    impossible = RATING | {"importance": {"value": 11, "scale": {"min": 0, "max": 10}}}
    with pytest.raises(RatingOutsideScale):
        await clinic.of_homework(RateReadiness, impossible, **told)


async def test_where_text_was_erased_nobody_can_say_that_it_differed(clinic: Clinic) -> None:
    await clinic.masha("Masha Orlova")
    clinic.sealer.erase(MASHA)
    assert (await clinic.masha("Somebody")).already_so


async def test_a_reaction_is_not_asked_what_it_said_before(clinic: Clinic) -> None:
    await clinic.anna("Anna Keller")
    desk = clinic._desk(care_wire.therapists)
    other = clinic.call(RegisterTherapist, ANNA_KELLER | {"name": "A. Keller"})
    assert (await desk.handle(replace(other, causation_id=uuid4()))).already_so


def test_the_refusal_has_a_code_of_its_own() -> None:
    assert issubclass(ToldOtherwise, Rejected)
    assert ToldOtherwise.code == "told-otherwise"
