"""P6: what a group is given becomes a draft of each member's own, sealed under their own keys."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.testing.cast import ANNA, CLINIC, NOW
from services.assignment.domain.creation import AssignmentCreated
from tests.component.assignment.hearing import NEXT_WEEK, Sessions
from tests.component.assignment.in_groups import TITLE, Group

pytestmark = pytest.mark.postgres

A_DAY = timedelta(days=1)


@pytest.fixture
async def group(url: str) -> AsyncIterator[Group]:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    pool = await open_pool(url, size=2)
    yield Group(engine, PostgresEventStore(pool))
    await pool.close()
    await engine.dispose()


async def test_p6_each_of_five_members_gets_a_draft_of_their_own(group: Group) -> None:
    members = [await group.patient() for _ in range(5)]
    await group.hears(group.created("from_now"), *[group.joins(each) for each in members])
    given = await group.is_given()
    told = await group.issued(given)
    await group.hears(told)
    await group.hears(told)
    for each in members:
        (recorded, created), (_, _due) = await group.facts(given, each)
        assert isinstance(created, AssignmentCreated)
        assert (created.title, created.patient_id, created.therapist_id) == (TITLE, each, ANNA)
        assert created.group_assignment_id == given
        assert (recorded.subject_id, recorded.actor_role) == (each, "system")
        assert recorded.causation_id == told.event_id
        others = {str(other) for other in members if other != each}
        assert not any(other in recorded.data.decode() for other in others)


async def test_p6_it_is_due_before_each_members_own_next_session(group: Group) -> None:
    masha, lev = await group.patient(), await group.patient()
    session = Sessions(masha)
    await group.hears(group.created("from_now"), group.joins(masha), group.joins(lev))
    await group.hears(session.scheduled(NEXT_WEEK), reacts=False)
    given = await group.is_given()
    await group.hears(await group.issued(given))
    dues = [(await group.facts(given, each))[1][1].due_at for each in (masha, lev)]
    assert dues == [NEXT_WEEK, None]


@pytest.mark.parametrize(
    ("policy", "gets"),
    [("from_now", [False, True]), ("all", [True, True]), ("none", [False, False])],
)
async def test_p6_late_joiners_get_what_the_policy_says(
    group: Group, policy: str, gets: list[bool]
) -> None:
    masha, late = await group.patient(), await group.patient()
    await group.hears(group.created(policy), group.joins(masha))
    first = await group.is_given()
    await group.hears(await group.issued(first))
    joined = group.joins(late, NOW + A_DAY)
    await group.hears(joined)
    second = await group.is_given(days=7)
    await group.hears(await group.issued(second))
    assert [(await group.have_it(each, late))[0] for each in (first, second)] == gets
    assert await group.have_it(first, masha) == await group.have_it(second, masha) == [True]


async def test_p6_who_leaves_keeps_theirs_and_gets_no_more(group: Group) -> None:
    masha, lev = await group.patient(), await group.patient()
    await group.hears(group.created("all"), group.joins(masha), group.joins(lev))
    first = await group.is_given()
    await group.hears(await group.issued(first))
    before = await group.facts(first, masha)
    await group.hears(group.leaves(masha, NOW + A_DAY))
    second = await group.is_given(days=7)
    await group.hears(await group.issued(second))
    assert await group.have_it(second, masha, lev) == [False, True]
    assert await group.facts(first, masha) == before


async def test_p6_whichever_is_heard_first_nobody_is_left_out(group: Group) -> None:
    masha = await group.patient()
    created, joined = group.created("from_now"), group.joins(masha)
    given = await group.is_given(days=1)
    await group.hears(created)
    await group.hears(await group.issued(given))
    assert await group.have_it(given, masha) == [False]
    await group.hears(joined)
    assert await group.have_it(given, masha) == [True]
    again = await group.facts(given, masha)
    await group.hears(joined, await group.issued(given))
    assert await group.facts(given, masha) == again


async def test_p6_a_member_whose_keys_are_gone_stops_nobody(group: Group) -> None:
    masha, lev = await group.patient(), await group.patient()
    await group.hears(group.created("from_now"), group.joins(masha), group.joins(lev))
    await group.keyring.destroy(CLINIC, masha)
    given = await group.is_given()
    await group.hears(await group.issued(given))
    assert await group.have_it(given, masha, lev) == [False, True]
