"""What a plan's local times do when the patient travels: go with them, or stay where they were.

Which of the two, the plan says (`travel`). A time that has come stays as it was, and no window is
moved into the past: what a flight jumped over keeps the time of the zone that the patient left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from libs.eventstore.telling import Told
from libs.vocabulary.moment import Zone
from services.assignment.domain.homework import OPEN, Homework

Because = Literal["moved", "travelling", "correction"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanZoneChanged:
    """The plan as it was; only its local times are those of another zone now."""

    plan_version: int
    zone: str
    because: Because
    changed_at: datetime


Fact = PlanZoneChanged


def evolve(homework: Homework, fact: Fact) -> Homework:
    schedule = homework.schedule
    if schedule is None:
        return homework
    return replace(homework, schedule=replace(schedule, zone=fact.zone, moved_at=fact.changed_at))


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPatient(Told):
    """Asked by a reaction when the patient's zone has changed."""

    zone: Zone
    because: Because
    changed_at: datetime


# --- Rules. ---


def follow(command: FollowPatient, homework: Homework) -> Sequence[Fact]:
    schedule = homework.schedule
    if homework.status not in OPEN or schedule is None or schedule.travel == "fixed_zone":
        return []
    if schedule.zone == command.zone:
        return []
    return [
        PlanZoneChanged(
            plan_version=homework.plan_version,
            zone=command.zone,
            because=command.because,
            changed_at=command.changed_at,
        )
    ]
