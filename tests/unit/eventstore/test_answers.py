"""A remembered answer is the same answer, and holds ids, numbers and codes only."""

from uuid import uuid4

import pytest

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.calling import Answer, replayed, skeleton
from libs.eventstore.decider import Notice
from libs.eventstore.desk import Desk
from libs.eventstore.errors import UnsealedText
from libs.eventstore.memory import InMemoryEventStore
from libs.testing.at_the_desk import CHAIN_KEY, call
from libs.testing.cast import MASHA
from libs.testing.homework import Command, Event, GiveHomework, State, homework
from libs.testing.sealer import ReadableSealer


@pytest.mark.parametrize("already_so", [True, False])
def test_a_remembered_answer_is_the_same_answer(already_so: bool) -> None:  # noqa: FBT001 - a case
    answer = Answer(
        id=uuid4(),
        version=7,
        reached="aG9tZXdvcms",
        notices=(Notice("no-rationale-yet"), Notice("sessions-overlap", "/starts_at")),
        already_so=already_so,
    )
    again = replayed(skeleton(answer))
    assert again.replayed
    assert skeleton(again) == skeleton(answer)
    assert (again.id, again.version, again.notices) == (answer.id, 7, answer.notices)
    assert again.already_so == already_so


async def test_private_text_of_nobody_is_refused() -> None:
    nobodys: Aggregate[Command, State, Event] = Aggregate(
        category="homework",
        decider=homework.decider,
        wire=homework.wire,
        subject=lambda _state: None,
    )
    desk = Desk(nobodys, InMemoryEventStore(), ReadableSealer(), chain_key=CHAIN_KEY, new_id=uuid4)
    with pytest.raises(UnsealedText):
        await desk.handle(call(uuid4(), GiveHomework(patient_id=MASHA)))
