"""What a patient is called, in which language they are spoken to, and where they live by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone
from libs.vocabulary.text import Label

ZoneReason = Literal["moved", "travelling", "correction"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetailsChanged:
    """What is named is so from now on, all else stays."""

    name: Label | None = None
    locale: str | None = None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientZoneChanged:
    """From `changed_at` their days begin and end by another clock. A `correction` says that they
    have lived there all along.
    """

    zone: str
    changed_at: datetime
    reason: ZoneReason


Event = PatientDetailsChanged | PatientZoneChanged


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """`since` is when their zone was last said to change; None where it never was."""

    zone: str
    locale: str
    since: datetime | None = None


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePatientDetails(Told):
    """What is left out stays as it is."""

    name: Label | None = None
    locale: Locale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePatientZone(Told):
    """They were there when the request says that it happened. Whoever travels says so again when
    they are back.
    """

    zone: Zone
    reason: ZoneReason


class ZoneChangedSince(Rejected):
    """Their zone has changed again since then: mind the time, and the zone."""

    code = "zone-changed-since"
    pointer = "/occurred_at"


# --- Rules. ---


def change(command: ChangePatientDetails, details: Details) -> Sequence[PatientDetailsChanged]:
    """A name is sealed and cannot be compared here: whoever tells one is believed."""
    locale = None if command.locale == details.locale else command.locale
    if command.name is None and locale is None:
        return []
    return [PatientDetailsChanged(name=command.name, locale=locale, changed_at=command.happened_at)]


def change_zone(command: ChangePatientZone, details: Details) -> Sequence[PatientZoneChanged]:
    if command.zone == details.zone:
        return []
    if details.since is not None and command.happened_at < details.since:
        raise ZoneChangedSince
    return [
        PatientZoneChanged(zone=command.zone, changed_at=command.happened_at, reason=command.reason)
    ]
