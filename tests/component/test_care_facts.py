"""What every service keeps of care, however care's facts arrive."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, Engine, MetaData, create_engine, select

from libs.access import care_facts
from libs.access.known_care import TRUSTED_FOR, KnownCare
from libs.access.relationships import KnownPatient, KnownSession
from libs.eventstore import progress
from libs.eventstore.pool import Pool, open_pool
from libs.eventstore.recorded import Recorded
from libs.eventstore.surviving import survive
from libs.eventstore.taking import Reader, settle, take
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import to_message
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.interleaving import batches, deliveries, interleavings
from libs.testing.streams import CHAIN_KEY, Told, stream

pytestmark = pytest.mark.postgres

TOPIC = "interlude.care.events.v1"
HERE = Partition(TOPIC, 0)
LONDON = "Europe/London"


def _care(fact: str, **data: Any) -> Told:
    return f"interlude.care.{fact}.v1", data


def _patient(who: UUID = MASHA, zone: str = LONDON) -> Sequence[Recorded]:
    told = _care("PatientRegistered", patient_id=who, zone=zone, locale="en-GB")
    return stream("patient", who, told, subject=who)


def _relationship(uuid: UUID, *, ended: bool = False) -> Sequence[Recorded]:
    began = _care(
        "CareRelationshipBegan", patient_id=MASHA, therapist_id=ANNA, began_at=NOW.isoformat()
    )
    after = [_care("CareRelationshipEnded", ended_at=NOW.isoformat())] if ended else []
    return stream("relationship", uuid, began, *after)


def _supervision(uuid: UUID, *, ended: bool = False) -> Sequence[Recorded]:
    """Boris supervises Anna."""
    began = _care(
        "SupervisionBegan", supervisor_id=BORIS, therapist_id=ANNA, began_at=NOW.isoformat()
    )
    after = [_care("SupervisionEnded", ended_at=NOW.isoformat())] if ended else []
    return stream("supervision", uuid, began, *after, subject=None)


def _session(uuid: UUID, *later: Told, days: int = 1) -> Sequence[Recorded]:
    scheduled = _care(
        "SessionScheduled",
        session_id=uuid,
        patient_id=MASHA,
        therapist_id=ANNA,
        **_times(days),
    )
    return stream("session", uuid, scheduled, *later)


def _times(days: int) -> dict[str, Any]:
    starts_at = (NOW + timedelta(days=days)).isoformat()
    return {"starts_at": starts_at, "zone": LONDON, "duration_min": 50}


MOVED = _care("SessionRescheduled", **_times(2))
STARTED = _care("SessionStarted", started_at=NOW.isoformat())
ENDED = _care("SessionEnded", ended_at=NOW.isoformat())
CANCELLED = _care("SessionCancelled")
MISSED = _care("SessionNoShowRecorded")

CLINIC_LIFE: Sequence[Sequence[Recorded]] = [
    stream("clinic", CLINIC, _care("ClinicRegistered", name="x", zone=LONDON), subject=None),
    stream("therapist", ANNA, _care("TherapistRegistered", therapist_id=ANNA), subject=ANNA),
    _patient(),
    _patient(LEV, "Asia/Tokyo"),
    # Two requests at once, each of which saw nobody under this id:
    stream("therapist", LEV, _care("TherapistRegistered", therapist_id=LEV), subject=LEV),
    _relationship(uuid4(), ended=True),
    _relationship(uuid4()),
    _session(uuid4(), STARTED, ENDED),
    _session(uuid4(), MOVED, CANCELLED),
    _session(uuid4(), MOVED, MOVED, MISSED),
]


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    url = database.url_as("review_app").replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("review_app"), size=2, durable=False)
    yield pool
    await pool.close()


class Watch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def known(pool: Pool, watch: Watch) -> KnownCare:
    return KnownCare(pool, monotonic=watch)


@pytest.fixture
def tenant() -> UUID:
    """A clinic of the test's own."""
    return uuid4()


def _kept(db: Connection) -> dict[str, Sequence[Any]]:
    return {
        table.name: db.execute(select(table).order_by(*table.primary_key.columns)).all()
        for table in care_facts.tables.sorted_tables
    }


def _tell(engine: Engine, tenant: UUID, *streams: Sequence[Recorded]) -> None:
    with engine.begin() as db:
        for told in streams:
            care_facts.keep(db, _of(tenant, told))


def _of(tenant: UUID, told: Sequence[Recorded]) -> Sequence[Recorded]:
    return [replace(one, tenant_id=tenant) for one in told]


WHATEVER_ORDER = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@WHATEVER_ORDER
@given(interleavings(CLINIC_LIFE).flatmap(batches))
def test_the_order_between_streams_and_the_batches_make_no_difference(
    engine: Engine, told: Sequence[Sequence[Recorded]]
) -> None:
    with engine.connect() as db:
        for batch in told:
            care_facts.keep(db, batch)
        kept = _kept(db)
        db.rollback()
        for each in CLINIC_LIFE:
            care_facts.keep(db, each)
        assert kept == _kept(db)
        db.rollback()


@WHATEVER_ORDER
@given(deliveries(CLINIC_LIFE))
def test_what_comes_twice_counts_once(engine: Engine, told: Sequence[Sequence[Recorded]]) -> None:
    reader = Reader(name="keep", chain_keys={TOPIC: CHAIN_KEY}, categories=care_facts.CATEGORIES)
    with engine.connect() as db:
        for each in CLINIC_LIFE:
            care_facts.keep(db, each)
        expected = _kept(db)
        db.rollback()
        progress.stand(db, reader.name, {HERE: "id"})
        offset = 0
        for batch in told:
            taken = take(db, reader, {HERE: offset}, _delivered(offset, batch))
            assert survive(db, care_facts.keep, taken.to_handle) == {}
            settle(db, taken, {}, NOW)
            offset += len(batch)
        assert _kept(db) == expected
        db.rollback()


def _delivered(offset: int, batch: Sequence[Recorded]) -> Sequence[Delivery]:
    messages = [to_message(one, TOPIC) for one in batch]
    return [
        Delivery(
            partition=HERE,
            offset=offset + nth,
            key=message.key,
            headers=message.headers,
            value=message.value,
        )
        for nth, message in enumerate(messages)
    ]


def test_the_migration_makes_the_tables_that_the_code_writes(engine: Engine) -> None:
    made = MetaData()
    with engine.connect() as db:
        made.reflect(db, only=[table.name for table in care_facts.tables.sorted_tables])
    for table in care_facts.tables.sorted_tables:
        assert {(column.name, str(column.type.compile(engine.dialect))) for column in table.c} == {
            (column.name, str(column.type.compile(engine.dialect)))
            for column in made.tables[table.name].c
        }


@pytest.mark.parametrize("patient_first", [True, False])
async def test_who_is_registered_as_a_therapist_as_well_stays_a_patient(
    engine: Engine,
    pool: Pool,
    watch: Watch,
    patient_first: bool,  # noqa: FBT001 - a case
) -> None:
    who = uuid4()
    registered = _care("TherapistRegistered", therapist_id=who)
    both = [_patient(who), stream("therapist", who, registered, subject=who)]
    for told in both if patient_first else reversed(both):
        with engine.begin() as db:
            care_facts.keep(db, told)
    found = await KnownCare(pool, monotonic=watch).patient(CLINIC, who)
    assert found == KnownPatient(patient_id=who, zone=LONDON)


async def test_a_therapist_treats_whom_a_relationship_names(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)
    assert not await known.treats(tenant, BORIS, MASHA)
    assert not await known.treats(tenant, ANNA, LEV)
    assert not await known.treats(OTHER_CLINIC, ANNA, MASHA)


async def test_a_relationship_that_ended_is_none(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4(), ended=True))
    assert not await known.treats(tenant, ANNA, MASHA)


async def test_one_of_two_relationships_may_end(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4(), ended=True), _relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)


async def test_a_relationship_is_seen_as_soon_as_it_is_kept(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    assert not await known.treats(tenant, ANNA, MASHA)
    _tell(engine, tenant, _relationship(uuid4()))
    assert await known.treats(tenant, ANNA, MASHA)


async def test_a_supervisor_supervises_whom_the_therapist_treats(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4()), _supervision(uuid4()))
    assert await known.supervises(tenant, BORIS, MASHA)
    assert not await known.supervises(tenant, BORIS, LEV)
    assert not await known.supervises(tenant, ANNA, MASHA)
    assert not await known.supervises(OTHER_CLINIC, BORIS, MASHA)


async def test_who_supervised_or_treated_once_does_so_no_more(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4(), ended=True), _supervision(uuid4()))
    assert not await known.supervises(tenant, BORIS, MASHA)
    _tell(engine, tenant, _relationship(uuid4()))
    assert await known.supervises(tenant, BORIS, MASHA)


async def test_a_supervision_that_ended_is_none(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    _tell(engine, tenant, _relationship(uuid4()), _supervision(uuid4(), ended=True))
    assert not await known.supervises(tenant, BORIS, MASHA)


async def test_an_end_is_noticed_within_seconds(
    engine: Engine, known: KnownCare, watch: Watch, tenant: UUID
) -> None:
    uuid = uuid4()
    _tell(engine, tenant, _relationship(uuid))
    assert await known.treats(tenant, ANNA, MASHA)
    _tell(engine, tenant, _relationship(uuid, ended=True)[1:])
    assert await known.treats(tenant, ANNA, MASHA)
    watch.seconds += TRUSTED_FOR
    assert not await known.treats(tenant, ANNA, MASHA)


async def test_a_patients_days_have_a_zone(engine: Engine, known: KnownCare, tenant: UUID) -> None:
    _tell(engine, tenant, _patient(LEV, "Asia/Tokyo"), CLINIC_LIFE[1])
    assert await known.patient(tenant, LEV) == KnownPatient(patient_id=LEV, zone="Asia/Tokyo")
    assert await known.patient(tenant, MASHA) is None
    assert await known.patient(tenant, ANNA) is None
    assert await known.patient(OTHER_CLINIC, LEV) is None


async def test_a_session_is_known_with_where_it_was_moved_to(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    uuid = uuid4()
    _tell(engine, tenant, _session(uuid, MOVED))
    assert await known.session(tenant, uuid) == KnownSession(
        session_id=uuid,
        patient_id=MASHA,
        therapist_id=ANNA,
        starts_at=NOW + timedelta(days=2),
        zone=LONDON,
    )
    assert await known.session(OTHER_CLINIC, uuid) is None


@pytest.mark.parametrize(
    ("later", "held", "off"),
    [
        ([], False, False),
        ([STARTED], True, False),
        ([STARTED, ENDED], True, False),
        ([CANCELLED], False, True),
        ([MISSED], False, True),
    ],
)
async def test_a_session_is_held_off_or_still_to_come(
    engine: Engine, known: KnownCare, tenant: UUID, later: list[Told], *, held: bool, off: bool
) -> None:
    uuid = uuid4()
    _tell(engine, tenant, _session(uuid, *later))
    session = await known.session(tenant, uuid)
    assert session is not None
    assert (session.held, session.off) == (held, off)


async def test_the_next_session_is_the_first_that_is_not_off(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    cancelled, third, fourth = (uuid4() for _ in range(3))
    _tell(
        engine,
        tenant,
        _session(fourth, days=9),
        _session(third, days=5),
        _session(cancelled, CANCELLED, days=3),
    )
    following = await known.next_session(tenant, MASHA, ANNA, NOW)
    assert following is not None
    assert following.session_id == third
    assert await known.next_session(tenant, MASHA, ANNA, NOW + timedelta(days=9)) is None
    assert await known.next_session(tenant, MASHA, BORIS, NOW) is None
    assert await known.next_session(tenant, LEV, ANNA, NOW) is None


async def test_told_late_the_next_session_may_have_been_held(
    engine: Engine, known: KnownCare, tenant: UUID
) -> None:
    held = uuid4()
    _tell(engine, tenant, _session(uuid4(), days=5), _session(held, STARTED, ENDED))
    following = await known.next_session(tenant, MASHA, ANNA, NOW)
    assert following is not None
    assert following.session_id == held
