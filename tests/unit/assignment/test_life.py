"""The course of an assignment against its diagram: every step of it, and every walk through it."""

from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from services.assignment.domain.assignment import decider
from services.assignment.domain.homework import Homework, State
from tests.unit.assignment import life
from tests.unit.assignment.cases import create
from tests.unit.assignment.life import ALREADY_SO, BACK, EVERY, LEADS, REQUESTS, WAY_TO

ids = count(1)


def after(request: str, state: State) -> State:
    command = REQUESTS[request](UUID(int=next(ids)))
    return decider.fold(decider.decide(command, state), onto=state)


def standing_at(status: str) -> Homework:
    state = decider.fold(decider.decide(create(), decider.initial))
    for request in WAY_TO[status]:
        state = after(request, state)
    assert isinstance(state, Homework)
    assert state.status == status
    return state


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("request_", REQUESTS)
def test_every_step_of_the_diagram_and_no_other(request_: str, status: str) -> None:
    state = standing_at(status)
    to = LEADS[request_].get(status)
    if to is None and status not in ALREADY_SO[request_]:
        with pytest.raises(Rejected):
            after(request_, state)
        return
    reached = after(request_, state)
    assert isinstance(reached, Homework)
    assert reached.status == {None: status, BACK: "active"}.get(to, to)
    if to is None:
        assert reached == state


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted(REQUESTS)), max_size=40))
def test_no_walk_leaves_the_diagram(walk: list[str]) -> None:
    """Wherever it was walked to, and back to where it stood before it ended."""
    state: State = standing_at("draft")
    status = stood = "draft"
    for request in walk:
        to = LEADS[request].get(status)
        allowed = to is not None or status in ALREADY_SO[request]
        try:
            state = after(request, state)
        except Rejected:
            assert not allowed, f"{request} when {status}"
            continue
        assert allowed, f"{request} when {status}"
        if to is not None:
            stood = status if status in life.OPEN else stood
            status = stood if to == BACK else to
        assert isinstance(state, Homework)
        assert state.status == status


def test_the_diagram_reaches_every_state_and_leaves_every_one_but_an_error() -> None:
    steps = [(start, to) for leads in LEADS.values() for start, to in leads.items()]
    assert {"draft", *(to for _, to in steps)} - {BACK} == set(EVERY)
    assert {start for start, _ in steps} == set(EVERY) - {"entered_in_error"}
