"""Is what was written down still all there? Every number of every writer, and every link.

A record that was changed, taken out, put in or moved is found by the chain. What was cut off at
the end of a chain, or a chain that is gone as a whole, leaves nothing behind: that is found by
comparing with the ends of an earlier run, and only as far as that had come.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from psycopg.sql import SQL

from libs.audit.reading import COLUMNS, PORTION, Auditor, count, one_snapshot, records, within
from libs.audit.record import Kept, fits
from libs.eventstore.verify import Progress, unheard

_IN_ORDER = SQL("SELECT {columns} FROM {records} r ORDER BY r.writer, r.number")

_NOT_LISTED = SQL("""
SELECT DISTINCT r.writer, r.number FROM {records} r,
  unnest(r.patients) WITH ORDINALITY AS p (patient_id, place)
WHERE NOT EXISTS (
  SELECT FROM {whose} w
  WHERE (w.tenant_id, w.patient_id, w.recorded_at, w.link, w.writer, w.number)
      = (r.tenant_id, p.patient_id, r.recorded_at, r.link, r.writer, r.number)
    AND w.reason IS NOT DISTINCT FROM r.reasons[p.place])
ORDER BY 1, 2""")

_LISTED_WRONGLY = SQL("""
SELECT DISTINCT w.writer, w.number FROM {whose} w
WHERE NOT EXISTS (
  SELECT FROM {records} r
  WHERE (r.writer, r.number) = (w.writer, w.number) AND w.patient_id = ANY (r.patients))
ORDER BY 1, 2""")


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain goes."""

    number: int
    link: bytes


Heads = Mapping[UUID, Head]


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: `gap`, `chain-broken` (the first of a writer), `cut-off`, `not-listed` (not found
    under its patient), `listed-wrongly`.
    """

    writer: UUID
    number: int
    code: str

    def __str__(self) -> str:
        return f"{self.code}: number {self.number} of writer {self.writer}"


@dataclass(slots=True)
class Verified:
    records: int = 0
    faults: list[Fault] = field(default_factory=list)
    heads: dict[UUID, Head] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.faults

    def __str__(self) -> str:
        told = "whole" if self.whole else f"{len(self.faults)} faults"
        return f"{self.records} records of {len(self.heads)} writers: {told}."


def verify(
    connection: Auditor,
    service: str,
    key: bytes,
    *,
    known: Heads | None = None,
    progress: Progress = unheard,
) -> Verified:
    """As `<service>_auditor`. `known` are an earlier run's heads; `progress` may raise, to stop."""
    tables = {"records": within(service, "records"), "whose": within(service, "whose")}
    with one_snapshot(connection):
        total = count(connection, SQL("SELECT count(*) FROM {}").format(tables["records"]))
        query = _IN_ORDER.format(columns=COLUMNS, records=tables["records"])
        verified = checked(_told(records(connection, query), total, progress), key, known or {})
        for found, code in ((_NOT_LISTED, "not-listed"), (_LISTED_WRONGLY, "listed-wrongly")):
            places = connection.execute(found.format(**tables))
            verified.faults += [Fault(writer, number, code) for writer, number in places]
    return verified


def checked(everything: Iterable[Kept], key: bytes, known: Heads) -> Verified:
    """Chain by chain, each in the order of its numbers."""
    verified = Verified()
    for writer, chain in groupby(everything, attrgetter("writer")):
        _check(writer, chain, key, known.get(writer), verified)
    gone = [(writer, head) for writer, head in known.items() if writer not in verified.heads]
    verified.faults += [Fault(writer, head.number, "cut-off") for writer, head in gone]
    return verified


def _told(everything: Iterable[Kept], total: int, progress: Progress) -> Iterator[Kept]:
    for number, kept in enumerate(everything, 1):
        if number % PORTION == 0:
            progress(number, total)
        yield kept


def _check(
    writer: UUID, chain: Iterator[Kept], key: bytes, known: Head | None, verified: Verified
) -> None:
    head, sound, met = Head(0, b""), True, known is None
    for kept in chain:
        verified.records += 1
        code = _misfit(head, kept, key) if sound else None
        if code:
            sound = False  # what follows a fault cannot fit either; one line says it all
            verified.faults.append(Fault(writer, kept.number, code))
        head = Head(kept.number, kept.link)
        met = met or head == known
    verified.heads[writer] = head
    if known and sound and not met:
        verified.faults.append(Fault(writer, known.number, "cut-off"))


def _misfit(head: Head, kept: Kept, key: bytes) -> str | None:
    if kept.number != head.number + 1:
        return "gap"
    return None if fits(key, head.link, kept) else "chain-broken"
