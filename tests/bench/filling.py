"""Fills an event store with facts that hold together, through the append that commands use."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from deploy.local.people import CLINIC
from libs.eventstore.cache import Seen
from libs.eventstore.calling import Call
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.recorded import Recorded, stream_name
from libs.eventstore.recording import Recording
from libs.eventstore.store import Append
from libs.eventstore.telling import Actor
from libs.privacy.keyring import PostgresKeyring
from libs.privacy.sealer import KeyringSealer
from libs.process.keys import derived, master_key
from services.assignment.domain import assignment
from services.assignment.domain.creation import AssignmentCreated
from services.assignment.domain.homework import State
from services.assignment.domain.readiness import ReadinessRated
from services.assignment.domain.terms import AssignmentId, PatientId, RatingId, TherapistId
from services.assignment.examples import FACTS
from services.assignment.wire import assignments
from tests.bench.stage import MASTER, THERAPIST, Stage, keyring

Fact = assignment.Event
Life = Callable[[UUID, UUID], Sequence[Fact]]
"""The facts of one stream, by its id and the patient's."""

PATIENTS = 48
"""As many keys, so that all partitions have work."""

AT_ONCE = 20
"""Streams in one append."""

_TOLD: Sequence[Any] = [fact for fact in FACTS if type(fact) in assignments.wire.names]
_CREATED = next(fact for fact in _TOLD if isinstance(fact, AssignmentCreated))
_RATED = next(fact for fact in _TOLD if isinstance(fact, ReadinessRated))
FACTS_OF_A_LIFE = len(_TOLD)


def whole_life(stream: UUID, patient: UUID) -> Sequence[Fact]:
    """One of every fact that the source's story leads to."""
    return [_created(stream, patient), *(fact for fact in _TOLD if fact is not _CREATED)]


def rated(times: int) -> Life:
    """An assignment that was given and then rated so many times less one."""

    def life(stream: UUID, patient: UUID) -> Sequence[Fact]:
        ratings = [replace(_RATED, rating_id=RatingId(uuid4())) for _ in range(times - 1)]
        return [_created(stream, patient), *ratings]

    return life


def created(stream: UUID, patient: UUID) -> Sequence[Fact]:
    """What most commands append: one fact."""
    return [_created(stream, patient)]


def filled(
    where: Stage, streams: int, life: Life = whole_life, *, patients: Sequence[UUID] = ()
) -> Sequence[UUID]:
    """The streams that were made."""
    return asyncio.run(_filled(where, streams, life, patients))


async def _filled(
    where: Stage, streams: int, life: Life, patients: Sequence[UUID]
) -> Sequence[UUID]:
    pool = await open_pool(where.database.url_as("assignment_app"), size=2, application="bench")
    made = [uuid4() for _ in range(streams)]
    try:
        async with keyring(where) as keys:
            whose = patients or [uuid4() for _ in range(PATIENTS)]
            for patient in whose:
                await keys.create_subject(CLINIC, patient)
            recording = recording_of(keys)
            store = PostgresEventStore(pool)
            remaining = iter(enumerate(made))
            while group := list(islice(remaining, AT_ONCE)):
                await store.append(
                    [
                        await append_of(recording, stream, whose[number % len(whose)], life)
                        for number, stream in group
                    ]
                )
    finally:
        await pool.close()
    return made


async def lived(where: Stage) -> Sequence[Recorded]:
    """One whole life as it would be recorded; nothing is kept of it."""
    stream, patient = uuid4(), uuid4()
    async with keyring(where) as keys:
        await keys.create_subject(CLINIC, patient)
        append = await append_of(recording_of(keys), stream, patient, whole_life)
    return append.events


def recording_of(keys: PostgresKeyring) -> Recording[assignment.Command, State, Fact]:
    return Recording(
        assignments,
        KeyringSealer(keys, chance=os.urandom, monotonic=time.monotonic),
        chain_key=derived(master_key(MASTER), "chain:assignment"),
        new_id=uuid4,
    )


async def append_of(
    recording: Recording[assignment.Command, State, Fact],
    stream: UUID,
    patient: UUID,
    life: Life,
) -> Append:
    """The whole life in one append, to a stream that is not there yet."""
    nothing = Seen(state=assignment.decider.initial, version=0, chain=b"", recorded_at=None)
    facts = life(stream, patient)
    return Append(
        tenant_id=CLINIC,
        stream_id=stream_name(assignments.category, stream),
        expected=0,
        events=await recording.record(_call(stream), nothing, facts, patient),
        remember=None,
    )


def _call(stream: UUID) -> Call[assignment.Command, State]:
    """Only its envelope is looked at."""
    now = datetime.now(UTC)
    return Call(
        tenant_id=CLINIC,
        stream_uuid=stream,
        command=None,  # type: ignore[arg-type]  # nothing is decided here
        actor=Actor(person_id=THERAPIST, role="therapist"),
        operation="bench",
        happened_at=now - timedelta(minutes=1),
        zone="Europe/London",
        now=now,
        thing_id=stream,
        key=None,
        fingerprint=b"",
        correlation_id=uuid4(),
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def _created(stream: UUID, patient: UUID) -> Fact:
    return replace(
        _CREATED,
        assignment_id=AssignmentId(stream),
        patient_id=PatientId(patient),
        therapist_id=TherapistId(THERAPIST),
    )
