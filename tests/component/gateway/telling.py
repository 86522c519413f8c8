"""The story as the services' own examples tell it: facts sealed as they were when recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Engine

from libs.access.principal import Principal
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.recorded import Recorded
from libs.privacy.sealer import KeyringSealer
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.keyring import MemoryKeyring, memory_sealer
from libs.testing.streams import stream
from services.assignment import wire as assignment_wire
from services.assignment.examples import FACTS as ASSIGNMENT_FACTS
from services.assignment.examples import FIRST, GOAL, GROUP_ASSIGNMENT, REQUESTS
from services.assignment.played import histories, of_the_story
from services.care import wire as care_wire
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import SessionId, SessionScheduled
from services.care.domain.therapist import TherapistId
from services.care.examples import (
    CONSENT,
    GROUP,
    LEAVER,
    RELATIONSHIP,
    SESSION,
    SUPERVISION,
    SUPERVISOR,
)
from services.care.examples import FACTS as CARE_FACTS
from services.diary import wire as diary_wire
from services.diary.examples import ENTRY
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.projections.everything import LIVE
from services.review import wire as review_wire
from services.review.examples import FACTS as REVIEW_FACTS
from services.review.examples import REVIEW

"""Facts that are of no patient."""

ASSIGNMENT = UUID(FIRST)
TEMPLATE = UUID(REQUESTS["publishTemplate"]["id"])
NEXT_SESSION = UUID("00000000-0000-7000-8000-0000000000e2")
ANOTHER_GOAL = UUID("00000000-0000-7000-8000-000000000092")
LATER = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
EXPIRES = datetime(2199, 1, 1, tzinfo=UTC).timestamp()


_LIVED = (
    (
        "interlude.care.PatientRegistered.v1",
        {"patient_id": LEV, "zone": "Europe/Paris", "locale": "fr"},
    ),
    ("interlude.care.PatientDied.v1", {"patient_id": LEV, "died_on": "2026-03-02"}),
)
"""What care tells of somebody who died."""


def _person(person: UUID, *roles: Any, tenant: UUID = CLINIC) -> Principal:
    return Principal(tenant_id=tenant, person_id=person, roles=frozenset(roles), expires_at=EXPIRES)


PEOPLE = {
    "anna": _person(ANNA, "therapist"),
    "boris": _person(BORIS, "therapist"),
    "masha": _person(MASHA, "patient"),
    "lev": _person(LEV, "patient"),
    "stranger": _person(ANNA, "therapist", tenant=OTHER_CLINIC),
    "ruth": _person(SUPERVISOR, "supervisor"),
    "another supervisor": _person(UUID(int=5), "supervisor"),
    "ruth as a therapist": _person(SUPERVISOR, "therapist"),
    "admin": _person(UUID(int=6), "clinic_admin"),
    "analyst": _person(UUID(int=7), "analyst"),
}


def of(aggregate: Aggregate[Any, Any, Any], facts: Sequence[object]) -> Sequence[Any]:
    """Those of the examples that are of this kind, in their order."""
    return [fact for fact in facts if type(fact) in aggregate.wire.names]


def homework_of_the_story() -> Sequence[Any]:
    """Both as one, with one fact of every kind that is told in it."""
    told = {type(fact) for homework in of_the_story(REQUESTS) for fact in homework}
    return [
        fact for fact in of(assignment_wire.assignments, ASSIGNMENT_FACTS) if type(fact) in told
    ]


class Story:
    """Facts as they come from the topics, sealed as they were when they were recorded."""

    def __init__(self, keyring: MemoryKeyring) -> None:
        self.sealer: KeyringSealer = memory_sealer(keyring)
        self.keyring = keyring

    async def told(
        self, aggregate: Aggregate[Any, Any, Any], uuid: UUID, facts: Sequence[Any], subject: Any
    ) -> Sequence[Recorded]:
        if subject is not None:
            await self.keyring.create_subject(CLINIC, subject)
        told = []
        for version, fact in enumerate(facts, 1):
            name, data = aggregate.wire.to_wire(fact)
            await self.sealer.seal(
                data,
                aggregate.wire.private(name),
                tenant_id=CLINIC,
                subject_id=subject,
                event_id=uuid5(uuid, f"{CLINIC}/{aggregate.category}/{version}"),
                key_class=aggregate.wire.key_class(fact),
            )
            told.append((name, data))
        return stream(aggregate.category, uuid, *told, subject=subject)

    async def whole(self) -> Sequence[Sequence[Recorded]]:
        """Every stream of the examples, one after the other, while the therapy lasts."""
        # What changes about people and clinics later on is told where it is asked for.
        (clinic, *_), (anna, *_), (masha, *_) = (
            of(each, CARE_FACTS)
            for each in (care_wire.clinics, care_wire.therapists, care_wire.patients)
        )
        began, *_ended = of(care_wire.relationships, CARE_FACTS)
        supervised, *_over = of(care_wire.supervisions, CARE_FACTS)
        # Those to treatment and to sharing are told where they are asked for.
        _treatment, _sharing, *consent = of(care_wire.consents, CARE_FACTS)
        entry, *_shared = of(diary_wire.entries, DIARY_FACTS)
        homework = homework_of_the_story()
        reviewed = of(review_wire.reviews, REVIEW_FACTS)
        next_session = SessionScheduled(
            session_id=SessionId(NEXT_SESSION),
            patient_id=PatientId(MASHA),
            therapist_id=TherapistId(ANNA),
            starts_at=datetime(2026, 3, 5, 16, tzinfo=UTC),
            zone="Europe/London",
            duration_min=50,
        )
        return [
            await self.told(care_wire.clinics, CLINIC, [clinic], None),
            await self.told(care_wire.therapists, ANNA, [anna], ANNA),
            await self.told(care_wire.patients, MASHA, [masha], MASHA),
            await self.told(care_wire.relationships, RELATIONSHIP, [began], MASHA),
            await self.told(care_wire.supervisions, SUPERVISION, [supervised], None),
            await self.told(
                care_wire.departures, LEAVER, of(care_wire.departures, CARE_FACTS), None
            ),
            await self.told(
                care_wire.records_windows, CLINIC, of(care_wire.records_windows, CARE_FACTS), None
            ),
            await self.told(care_wire.sessions, SESSION, of(care_wire.sessions, CARE_FACTS), MASHA),
            await self.told(care_wire.groups, GROUP, of(care_wire.groups, CARE_FACTS), None),
            await self.told(care_wire.consents, CONSENT, consent, MASHA),
            await self.told(care_wire.sessions, NEXT_SESSION, [next_session], MASHA),
            await self.told(
                assignment_wire.goals,
                UUID(GOAL),
                of(assignment_wire.goals, ASSIGNMENT_FACTS)[:1],
                MASHA,
            ),
            await self.told(assignment_wire.assignments, ASSIGNMENT, homework, MASHA),
            await self.told(
                assignment_wire.groupworks,
                UUID(GROUP_ASSIGNMENT),
                of(assignment_wire.groupworks, ASSIGNMENT_FACTS),
                ANNA,
            ),
            await self.told(
                assignment_wire.templates,
                TEMPLATE,
                of(assignment_wire.templates, ASSIGNMENT_FACTS),
                None,
            ),
            await self.told(diary_wire.entries, ENTRY, [entry], MASHA),
            await self.told(
                diary_wire.notebooks, MASHA, of(diary_wire.notebooks, DIARY_FACTS), MASHA
            ),
            await self.told(review_wire.reviews, REVIEW, reviewed, MASHA),
        ]

    async def all_that_can_happen(self) -> Sequence[Sequence[Recorded]]:
        """The story, and what comes after it: further homework, a goal that is reached, a death."""
        later = [
            await self.told(assignment_wire.assignments, facts[0].assignment_id, facts, MASHA)  # type: ignore[union-attr]  # a stream begins with its creation
            for facts in histories(REQUESTS)[2:]
        ]
        goal_set, *course = of(assignment_wire.goals, ASSIGNMENT_FACTS)
        reached = [replace(goal_set, goal_id=ANOTHER_GOAL), *course]
        return [
            *await self.whole(),
            *later,
            await self.told(assignment_wire.goals, ANOTHER_GOAL, reached, MASHA),
            stream("patient", LEV, *_LIVED, subject=LEV),
        ]


@dataclass
class Projecting:
    """What the projector does with a batch, without its topics."""

    engine: Engine

    def __call__(self, *streams: Sequence[Recorded]) -> None:
        with self.engine.begin() as db:
            for projection in LIVE:
                projection.project(db, [recorded for one in streams for recorded in one])
