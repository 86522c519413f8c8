"""Who has left, and whose records they may still finish, as any service knows it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.access.departed import TRUSTED_FOR
from libs.access.known_care import KnownCare
from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, BORIS, LEV, MASHA, NOW, OTHER_CLINIC
from tests.component.care_facts.care import departure, relationship, tell, window
from tests.component.care_facts.watch import Watch

pytestmark = pytest.mark.postgres

A_MINUTE = timedelta(minutes=1)
TWO_WEEKS = timedelta(days=14)


async def test_who_left_has_left_until_they_return(
    engine: Engine, known: KnownCare, watch: Watch, tenant: UUID
) -> None:
    assert not await known.has_left(tenant, ANNA)
    watch.seconds += TRUSTED_FOR
    told = departure(ANNA, returned=True, left_again=True)
    tell(engine, tenant, told[:1])
    assert await known.has_left(tenant, ANNA)
    assert not await known.has_left(tenant, BORIS)
    assert not await known.has_left(OTHER_CLINIC, ANNA)
    watch.seconds += TRUSTED_FOR
    tell(engine, tenant, told[1:2])
    assert not await known.has_left(tenant, ANNA)
    watch.seconds += TRUSTED_FOR
    tell(engine, tenant, told[2:])
    assert await known.has_left(tenant, ANNA)


async def test_a_departure_is_noticed_well_within_a_minute(
    engine: Engine, known: KnownCare, watch: Watch, tenant: UUID
) -> None:
    assert not await known.has_left(tenant, ANNA)
    tell(engine, tenant, departure(ANNA))
    assert not await known.has_left(tenant, ANNA), "for a moment it is believed"
    watch.seconds += TRUSTED_FOR
    assert await known.has_left(tenant, ANNA)
    assert A_MINUTE.total_seconds() / 2 > TRUSTED_FOR


ENDED = [relationship(uuid4(), ended=True)]
LEFT = [relationship(uuid4()), departure(ANNA)]


@pytest.mark.parametrize("told", [ENDED, LEFT], ids=["the relationship ended", "she left"])
async def test_records_may_be_finished_for_as_long_as_the_clinic_says(
    engine: Engine,
    known: KnownCare,
    watch: Watch,
    tenant: UUID,
    told: Sequence[Sequence[Recorded]],
) -> None:
    tell(engine, tenant, *told)
    assert not await known.finishes(tenant, ANNA, MASHA), "the clinic has said nothing"
    tell(engine, tenant, window(14))
    watch.now = NOW + TWO_WEEKS - A_MINUTE
    assert await known.finishes(tenant, ANNA, MASHA)
    assert not await known.finishes(tenant, ANNA, LEV), "whom she never treated"
    assert not await known.finishes(tenant, BORIS, MASHA)
    assert not await known.finishes(OTHER_CLINIC, ANNA, MASHA)
    watch.now = NOW + TWO_WEEKS
    assert not await known.finishes(tenant, ANNA, MASHA)


async def test_a_window_of_no_days_is_none(engine: Engine, known: KnownCare, tenant: UUID) -> None:
    tell(engine, tenant, relationship(uuid4(), ended=True), window(0))
    assert not await known.finishes(tenant, ANNA, MASHA)


async def test_whoever_treats_somebody_is_not_finishing(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4()), window(14))
    assert not await known.finishes(tenant, ANNA, MASHA)


async def test_what_ended_long_before_they_left_stays_ended(
    engine: Engine, known: KnownCare, watch: Watch, tenant: UUID
) -> None:
    """To leave opens nothing again."""
    late = departure(ANNA, days=100)
    tell(engine, tenant, relationship(uuid4(), ended=True), late, window(14))
    watch.now = NOW + timedelta(days=101)
    assert not await known.finishes(tenant, ANNA, MASHA)


async def test_who_came_back_has_no_window_from_when_they_were_away(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4()), departure(ANNA, returned=True), window(14))
    assert not await known.finishes(tenant, ANNA, MASHA)
