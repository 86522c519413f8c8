"""What was done about a patient, or by a person, in a period: ids, codes and times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.sql import SQL

from libs.audit.reading import COLUMNS, PORTION, Auditor, count, one_snapshot, records, within
from libs.audit.record import Kept
from libs.eventstore.verify import Progress, unheard

_OF_PATIENT = SQL(
    "{whose} w JOIN {records} r USING (writer, number) WHERE w.patient_id = %s"
    " AND w.recorded_at >= %s AND w.recorded_at < %s"
)
_OF_PERSON = SQL(
    "{records} r WHERE r.person_id = %s AND r.recorded_at >= %s AND r.recorded_at < %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One of the two ids, and from when until before when."""

    patient_id: UUID | None = None
    person_id: UUID | None = None
    since: datetime
    until: datetime


def search(
    connection: Auditor, service: str, wanted: Wanted, progress: Progress = unheard
) -> Iterator[Kept]:
    """In the order of time, as `<service>_auditor`. `progress` may raise, to stop."""
    of = _OF_PATIENT if wanted.patient_id else _OF_PERSON
    found = of.format(whose=within(service, "whose"), records=within(service, "records"))
    arguments = (wanted.patient_id or wanted.person_id, wanted.since, wanted.until)
    with one_snapshot(connection):
        total = count(connection, SQL("SELECT count(*) FROM {}").format(found), *arguments)
        query = SQL("SELECT {} FROM {} ORDER BY r.recorded_at, r.writer, r.number")
        each = records(connection, query.format(COLUMNS, found), *arguments)
        for number, kept in enumerate(each, 1):
            if number % PORTION == 0:
                progress(number, total)
            yield kept
