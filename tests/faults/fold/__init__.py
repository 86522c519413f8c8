"""What the read models must say, folded from the log by somebody who never saw a projector.

Plain dictionaries, made from what each fact means. Nothing is imported from the services, so that
a mistake of theirs is not made here too.
"""

from collections.abc import Callable, Iterable

from tests.faults.fold import (
    diary,
    followers,
    homework,
    occurrences,
    people,
    reviews,
    said,
    sessions,
    templates,
    timeline,
)
from tests.faults.fold.fact import Fact, fact_of
from tests.faults.fold.tables import Tables
from tests.faults.observed import Stored

_GATEWAY = (people, sessions, homework, occurrences, said, diary, reviews, templates, timeline)
_ERASED = "PatientErased"
_DAMAGED = (KeyError, TypeError, ValueError, AttributeError)


def read_models(stored: Iterable[Stored]) -> Tables:
    """The gateway's. In the order of each stream; the order between them does not matter."""

    def tell(tables: Tables, fact: Fact) -> None:
        for subject in _GATEWAY:
            subject.tell(tables, fact)

    return _folded(stored, tell)


def kept(service: str, stored: Iterable[Stored]) -> Tables:
    """What the follower of a service keeps, under the tables' full names."""
    known = (each for each in stored if each.name in {*followers.READ, _ERASED})
    return _folded(known, lambda tables, fact: followers.tell(tables, service, fact))


def _folded(stored: Iterable[Stored], tell: Callable[[Tables, Fact], None]) -> Tables:
    """A fact that was damaged is noted, and the rest is folded all the same. Whoever was erased is
    in nothing that is made of the log.
    """
    tables, told = Tables(), list(stored)
    erased = {(each.tenant_id, each.subject_id) for each in told if each.name == _ERASED}
    for each in told:
        if (each.tenant_id, each.subject_id) in erased:
            continue
        try:
            tell(tables, fact_of(each))
        except _DAMAGED:
            tables.unreadable.append(each.event_id)
    return tables
