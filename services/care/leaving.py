"""Who left and who came back, and how long they may finish their records: over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.access.policy import NOBODY
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.recorded import Recorded
from libs.web.commands import Commands, Edge, Fields, Prepare, Preparing, Router
from services.care import access
from services.care.domain import departure, records_window
from services.care.domain.clinic import ClinicId
from services.care.domain.departure import PersonId

Departures = Desk[departure.Command, departure.State, departure.Event]
RecordsWindows = Desk[records_window.Command, records_window.State, records_window.Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureView:
    """Who left, and when; `returned_at` where they work here again."""

    id: PersonId
    left_at: datetime
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsWindowView:
    """How many days somebody may finish their own records once they no longer treat the patient."""

    id: ClinicId
    days: int


def of_departure(history: Sequence[tuple[Recorded, departure.Event]]) -> DepartureView:
    (_, first), *later = history
    assert isinstance(first, departure.StaffLeft)  # noqa: S101 - a stream begins with it
    view = DepartureView(id=first.person_id, left_at=first.left_at)
    for _, fact in later:
        if isinstance(fact, departure.StaffLeft):
            view = replace(view, left_at=fact.left_at, returned_at=None)
        else:
            view = replace(view, returned_at=fact.returned_at)
    return view


def of_records_window(
    history: Sequence[tuple[Recorded, records_window.Event]],
) -> RecordsWindowView:
    fact = history[-1][1]
    return RecordsWindowView(id=fact.clinic_id, days=fact.days)


async def has_left(departures: Departures, tenant_id: UUID, person_id: UUID) -> bool:
    """As it stands this moment."""
    found = await departures.state(tenant_id, person_id)
    return found is not None and isinstance(found[0], departure.Left)


def routes(
    edge: Edge,
    *,
    departures: Departures,
    records_windows: RecordsWindows,
    in_a_clinic: Prepare,
) -> Router:
    """`in_a_clinic` refuses where none is registered."""
    return Router().take(
        _departures(edge, departures), _windows(edge, records_windows, in_a_clinic)
    )


def _departures(edge: Edge, desk: Departures) -> Router:
    """A person's departure has the person's id."""
    on = Commands(edge, desk, subject=lambda _state: NOBODY)
    on.create(
        "/v1/departures",
        departure.RecordDeparture,
        operation="recordDeparture",
        grant=access.ADMINS,
        stream_of=_person,
    )
    on.act(
        "/v1/departures/{id}/returns",
        departure.RecordReturn,
        operation="recordReturn",
        grant=access.ADMINS,
    )
    on.show(
        "/v1/departures/{id}",
        DepartureView,
        of_departure,
        operation="departure",
        grant=access.ADMINS,
    )
    return on.router


def _windows(edge: Edge, desk: RecordsWindows, in_a_clinic: Prepare) -> Router:
    """A clinic's window has the clinic's id."""

    async def ones_own(preparing: Preparing) -> Fields:
        if preparing.fields["clinic_id"] != preparing.principal.tenant_id:
            raise NotKnownYet
        await in_a_clinic(preparing)
        return {}

    on = Commands(edge, desk, subject=lambda _state: NOBODY)
    on.create(
        "/v1/records-windows",
        records_window.SetRecordsWindow,
        operation="setRecordsWindow",
        grant=access.ADMINS,
        stream_of=_clinic,
        prepare=ones_own,
    )
    on.show(
        "/v1/records-windows/{id}",
        RecordsWindowView,
        of_records_window,
        operation="recordsWindow",
        grant=access.THOSE_WHO_RECORD,
    )
    return on.router


def _person(fields: Fields) -> UUID:
    person: UUID = fields["person_id"]
    return person


def _clinic(fields: Fields) -> UUID:
    clinic: UUID = fields["clinic_id"]
    return clinic
