"""P4: due dates hang on sessions, wherever these move; fixed ones never do."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from libs.vocabulary.moment import LocalMoment
from services.assignment.domain.due import DueRule
from services.assignment.domain.terms import SessionId
from tests.component.assignment.hearing import NEXT_WEEK, THURSDAY, Assignments, Sessions, meeting

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("version", [1, 2, 9])
async def test_p4_what_hangs_on_the_next_session_moves_with_it(
    assignments: Assignments, version: int
) -> None:
    session = Sessions(assignments.patient, version=version)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    assert await assignments.moves(homework) == [], "it is what it should be"
    friday = THURSDAY + timedelta(days=1)
    told = session.moved(friday)
    await assignments.hears(told)
    await assignments.hears(told)
    assert await assignments.due_at(homework) == friday
    (move,) = await assignments.moves(homework)
    assert (move.because, move.moved_at) == ("session_moved", told.occurred_at)
    recorded = (await assignments.facts(homework))[-1]
    assert (recorded.actor_role, recorded.causation_id) == ("system", told.event_id)


async def test_p4_a_session_that_is_moved_behind_another_is_not_the_next_any_more(
    assignments: Assignments,
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY), second.scheduled(NEXT_WEEK))
    homework = await assignments.given(meeting=meeting(first.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(first.moved(NEXT_WEEK + timedelta(days=1)))
    assert await assignments.due_at(homework) == NEXT_WEEK


@pytest.mark.parametrize("how", ["cancelled", "missed"])
async def test_p4_a_session_that_is_off_leaves_it_to_the_following_one(
    assignments: Assignments, how: str
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY), second.scheduled(NEXT_WEEK))
    next_one = await assignments.given(meeting=meeting(first.id, THURSDAY))
    named = await assignments.given(
        rule=DueRule(kind="session", session_id=SessionId(first.id), offset_min=-60),
        meeting=meeting(first.id, THURSDAY),
    )
    for homework in (next_one, named):
        await assignments.heard_of(homework)
    await assignments.hears(getattr(first, how)())
    assert await assignments.due_at(next_one) == NEXT_WEEK
    assert await assignments.due_at(named) == NEXT_WEEK - timedelta(hours=1)
    await assignments.hears(second.cancelled())
    assert await assignments.due_at(next_one) is None, "nothing expires"


async def test_p4_a_session_that_is_scheduled_later_becomes_the_next(
    assignments: Assignments,
) -> None:
    homework = await assignments.given()
    await assignments.heard_of(homework)
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    (move,) = await assignments.moves(homework)
    assert (move.session_id, move.because) == (session.id, "session_scheduled")


async def test_a_session_that_is_held_stays_the_one_it_was_due_before(
    assignments: Assignments,
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(first.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(first.started(), second.scheduled(NEXT_WEEK))
    assert await assignments.moves(homework) == []


async def test_p4_fixed_dates_never_move(assignments: Assignments) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    at = LocalMoment(local=datetime.fromisoformat("2026-03-04T18:00"), zone="Europe/London")
    fixed = await assignments.given(rule=DueRule(kind="at", at=at))
    never = await assignments.given(rule=DueRule(kind="none"))
    for homework in (fixed, never):
        await assignments.heard_of(homework)
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(fixed) == datetime(2026, 3, 4, 18, tzinfo=UTC)
    assert await assignments.due_at(never) is None


async def test_p4_homework_that_was_given_while_its_session_moved_catches_up(
    assignments: Assignments,
) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(homework) == THURSDAY, "nobody here knew of it"
    await assignments.heard_of(homework)
    assert await assignments.due_at(homework) == NEXT_WEEK


async def test_p4_what_is_done_keeps_its_due_date(assignments: Assignments) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.completed(homework)
    await assignments.heard_of(homework)
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(homework) == THURSDAY


async def test_other_patients_sessions_move_nothing(assignments: Assignments) -> None:
    session, other = Sessions(assignments.patient), Sessions(uuid4())
    await assignments.hears(session.scheduled(THURSDAY), other.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(other.moved(NEXT_WEEK))
    assert await assignments.moves(homework) == []


async def test_p4_a_session_that_is_moved_and_moved_back_before_anybody_hears_of_it(
    assignments: Assignments,
) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    known = len(await assignments.facts(homework))
    await assignments.hears(session.moved(NEXT_WEEK))
    await assignments.hears(session.moved(THURSDAY))
    await assignments.hears(*(await assignments.facts(homework))[known:])
    assert await assignments.due_at(homework) == THURSDAY


@pytest.mark.parametrize("how", ["cancelled", "missed"])
async def test_p4_without_a_following_session_it_is_due_at_none_until_there_is_one(
    assignments: Assignments, how: str
) -> None:
    session, later = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    fixed = await assignments.given(
        rule=DueRule(
            kind="at",
            at=LocalMoment(local=datetime(2026, 3, 4, 20), zone="Europe/London"),  # noqa: DTZ001 - a local time
        )
    )
    for each in (homework, fixed):
        await assignments.heard_of(each)
    await assignments.hears(getattr(session, how)())
    assert await assignments.due_at(homework) is None
    await assignments.hears(later.scheduled(NEXT_WEEK))
    assert await assignments.due_at(homework) == NEXT_WEEK
    assert [move.because for move in await assignments.moves(homework)] == [
        "session_cancelled",
        "session_scheduled",
    ]
    assert await assignments.moves(fixed) == [], "fixed dates never move (T14)"


async def test_p4_a_session_that_was_off_by_mistake_is_the_next_again(
    assignments: Assignments,
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY), second.scheduled(NEXT_WEEK))
    homework = await assignments.given(meeting=meeting(first.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(first.missed())
    assert await assignments.due_at(homework) == NEXT_WEEK
    await assignments.hears(first.reinstated())
    assert await assignments.due_at(homework) == THURSDAY
