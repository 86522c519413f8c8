"""The people, places and the hour of every test case."""

from datetime import UTC, datetime
from uuid import UUID

from libs.eventstore.telling import Actor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning in London, four weeks before the clocks change."""

CLINIC = UUID("00000000-0000-7000-8000-0000000000c1")
OTHER_CLINIC = UUID("00000000-0000-7000-8000-0000000000c2")
ANNA = UUID("00000000-0000-7000-8000-0000000000a1")
"""Masha's therapist."""
BORIS = UUID("00000000-0000-7000-8000-0000000000a2")
"""A therapist of the same clinic without a relationship to Masha."""
MASHA = UUID("00000000-0000-7000-8000-0000000000b1")
LEV = UUID("00000000-0000-7000-8000-0000000000b2")
"""Another patient of the clinic."""

THERAPIST = Actor(person_id=ANNA, role="therapist")
PATIENT = Actor(person_id=MASHA, role="patient")
FOR_MASHA = Actor(person_id=ANNA, role="therapist", on_behalf_of=MASHA)
