"""Who treats and who supervises whom, as any service knows it, until it ends."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.access.known_care import TRUSTED_FOR, KnownCare
from libs.access.relationships import KnownPatient
from libs.testing.cast import ANNA, BORIS, LEV, MASHA, NOW, OTHER_CLINIC
from tests.component.care_facts.care import (
    LONDON,
    handed_over,
    patient,
    relationship,
    supervision,
    tell,
    therapist,
    window,
)
from tests.component.care_facts.watch import Watch

pytestmark = pytest.mark.postgres


async def test_a_therapist_treats_whom_a_relationship_names(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)
    assert not await known.treats(tenant, BORIS, MASHA)
    assert not await known.treats(tenant, ANNA, LEV)
    assert not await known.treats(OTHER_CLINIC, ANNA, MASHA)


@pytest.mark.parametrize("patient_first", [True, False])
async def test_who_is_registered_as_a_therapist_as_well_stays_a_patient(
    engine: Engine,
    known: KnownCare,
    tenant: UUID,
    patient_first: bool,  # noqa: FBT001 - a case
) -> None:
    who = uuid4()
    both = [patient(who), therapist(who)]
    for told in both if patient_first else reversed(both):
        tell(engine, tenant, told)
    assert await known.patient(tenant, who) == KnownPatient(
        patient_id=who, zone=LONDON, locale="en-GB"
    )


async def test_a_relationship_that_ended_is_none(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4(), ended=True))
    assert not await known.treats(tenant, ANNA, MASHA)


async def test_whoever_handed_a_patient_over_treats_them_no_more(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    after = uuid4()
    tell(engine, tenant, handed_over(uuid4(), after))
    assert not await known.treats(tenant, ANNA, MASHA)
    assert not await known.treats(tenant, BORIS, MASHA), "before their own has begun"


async def test_whoever_handed_a_patient_over_finishes_their_records_in_the_clinics_window(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, handed_over(uuid4(), uuid4()))
    assert not await known.finishes(tenant, ANNA, MASHA)
    tell(engine, tenant, window(14))
    assert await known.finishes(tenant, ANNA, MASHA)
    assert not await known.finishes(tenant, BORIS, MASHA)


@pytest.mark.parametrize(
    ("days", "theirs"), [(-31, False), (-30, True), (-1, True), (0, True), (1, False)]
)
async def test_late_documentation_is_theirs_who_treated_the_patient_when_it_occurred(
    engine: Engine, known: KnownCare, tenant: UUID, days: int, theirs: object
) -> None:
    """Anna did from thirty days before until now."""
    tell(engine, tenant, handed_over(uuid4(), uuid4(), began_days_ago=30), window(14))
    occurred_at = NOW + timedelta(days=days)
    assert await known.finishes(tenant, ANNA, MASHA, occurred_at) is theirs


async def test_one_of_two_relationships_may_end(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4(), ended=True), relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)


async def test_a_relationship_is_seen_as_soon_as_it_is_kept(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    assert not await known.treats(tenant, ANNA, MASHA)
    tell(engine, tenant, relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)


async def test_a_supervisor_supervises_whom_the_therapist_treats(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4()), supervision(uuid4()))
    assert await known.supervises(tenant, BORIS, MASHA)
    assert not await known.supervises(tenant, BORIS, LEV)
    assert not await known.supervises(tenant, ANNA, MASHA)
    assert not await known.supervises(OTHER_CLINIC, BORIS, MASHA)


async def test_who_supervised_or_treated_once_does_so_no_more(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4(), ended=True), supervision(uuid4()))
    assert not await known.supervises(tenant, BORIS, MASHA)
    tell(engine, tenant, relationship(uuid4()))
    assert await known.supervises(tenant, BORIS, MASHA)


async def test_a_supervision_that_ended_is_none(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    tell(engine, tenant, relationship(uuid4()), supervision(uuid4(), ended=True))
    assert not await known.supervises(tenant, BORIS, MASHA)


async def test_an_end_is_noticed_within_seconds(
    engine: Engine, known: KnownCare, watch: Watch, tenant: UUID
) -> None:
    uuid = uuid4()
    tell(engine, tenant, relationship(uuid))
    assert await known.treats(tenant, ANNA, MASHA)
    tell(engine, tenant, relationship(uuid, ended=True)[1:])
    assert await known.treats(tenant, ANNA, MASHA)
    watch.seconds += TRUSTED_FOR
    assert not await known.treats(tenant, ANNA, MASHA)
