"""What GET shows of an assignment's occurrences, and how far its target is reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from services.assignment.domain import doing, not_doing, occurrences, passing, plan
from services.assignment.domain.schedule import Occurrence
from services.assignment.domain.terms import OccurrenceId, OwnWords, Period, as_said

OccurrenceStatus = Literal[
    "scheduled",
    "started",
    "completed",
    "partial",
    "abandoned",
    "declined",
    "expired",
    "not_applicable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceView:
    """`available` follows from `opens_at`, `due_at` and the reader's own clock; so does `expired`
    until the clock has said so.
    """

    id: OccurrenceId
    plan_version: int
    local_date: date
    slot: str
    opens_at: datetime
    due_at: datetime | None
    zone: str
    status: OccurrenceStatus
    started_at: datetime | None = None
    quantity: int | None = None
    experienced_at: Period | None = None
    note: OwnWords | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgress:
    """How many of the plan's target are done: different people where it is about those, else
    occurrences.
    """

    reached: int
    count: int
    distinct: bool


def of_occurrences(facts: Sequence[object]) -> Iterable[OccurrenceView]:
    seen: dict[OccurrenceId, OccurrenceView] = {}
    for fact in facts:
        match fact:
            case occurrences.OccurrencesScheduled():
                seen |= {view.id: view for view in _scheduled(fact, seen)}
            case occurrences.OccurrencesWithdrawn():
                for gone in fact.occurrence_ids:
                    seen[gone] = replace(seen[gone], status="not_applicable")
            case _ if (changed := _changed(fact)) is not None:
                named: OccurrenceId = fact.occurrence_id  # type: ignore[attr-defined]  # each of these names one
                seen[named] = replace(seen[named], **changed)
    return seen.values()


def _scheduled(
    fact: occurrences.OccurrencesScheduled, seen: Mapping[OccurrenceId, OccurrenceView]
) -> Iterator[OccurrenceView]:
    """Told again with another window, it is begun still where it had been."""
    for each in fact.occurrences:
        begun = seen[each.id].started_at if each.id in seen else None
        yield OccurrenceView(
            **as_said(Occurrence, each),
            plan_version=fact.plan_version,
            status="started" if begun else "scheduled",
            started_at=begun,
        )


def _changed(fact: object) -> dict[str, Any] | None:
    match fact:
        case doing.OccurrenceStarted():
            return {"status": "started", "started_at": fact.started_at}
        case occurrences.OccurrenceCompleted() | doing.OccurrencePartiallyCompleted():
            return _done(fact)
        case not_doing.OccurrenceAbandoned():
            return _left("abandoned", fact.note)
        case not_doing.OccurrenceDeclined():
            return _left("declined", fact.note)
        case passing.OccurrenceExpired():
            return {"status": "expired"}
        case _:
            return None


def _done(
    fact: occurrences.OccurrenceCompleted | doing.OccurrencePartiallyCompleted,
) -> dict[str, Any]:
    return {
        "status": "completed" if fact.quantity >= occurrences.WHOLE else "partial",
        "quantity": fact.quantity,
        "experienced_at": fact.experienced_at,
        "note": getattr(fact, "note", None),
    }


def _left(status: OccurrenceStatus, note: OwnWords | None) -> dict[str, Any]:
    return {"status": status, "quantity": None, "experienced_at": None, "note": note}


def target_progress(
    facts: Sequence[object], seen: Sequence[OccurrenceView]
) -> TargetProgress | None:
    """None where the plan has no target. People met in what was corrected away do not count."""
    plans = [fact for fact in facts if isinstance(fact, plan.PlanSpecified | plan.PlanRevised)]
    target = plans[-1].target if plans else None
    if target is None:
        return None
    done = {each.id for each in seen if each.status in {"completed", "partial"}}
    people = {
        fact.contact.contact_ref
        for fact in facts
        if isinstance(fact, doing.ContactMet) and fact.occurrence_id in done
    }
    return TargetProgress(
        reached=len(people if target.distinct else done),
        count=target.count,
        distinct=target.distinct,
    )
