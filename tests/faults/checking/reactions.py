"""I11: what happened elsewhere has its effect here, once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.checking.readers import read_by
from tests.faults.fold import kept
from tests.faults.fold.plain import instant
from tests.faults.fold.tables import Key, Row
from tests.faults.observed import Observed

_OFF = {"cancelled", "no_show"}
_ONCE = {"HomeworkFiled", "DueDateMoved"}
"""What a cause can make only once, also in one go; the windows that follow from it may be many."""

Meeting = tuple[str, str]
"""When it starts, and which session it is."""


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    return chain(
        _uncaused(observed), _caused_twice(observed), _filings(observed), _due_dates(observed)
    )


def _uncaused(observed: Observed) -> Iterator[Anomaly]:
    facts = {each.event_id for each in observed.stored}
    for each in observed.stored:
        if each.causation_id is not None and each.causation_id not in facts:
            yield anomaly("uncaused", each.service, each.event_id)


def _caused_twice(observed: Observed) -> Iterator[Anomaly]:
    """One cause changes a stream once, in one append."""
    appends: dict[tuple[str, str, str], set[datetime]] = defaultdict(set)
    named: Counter[tuple[str, str, str]] = Counter()
    for each in observed.stored:
        if each.causation_id is not None:
            effect = each.causation_id, each.service, each.stream_id
            appends[effect].add(each.recorded_at)
            named[each.causation_id, each.stream_id, each.name] += 1
    for effect, times in appends.items():
        if len(times) > 1:
            yield anomaly("reaction-twice", *effect)
    for fact, count in named.items():
        if fact[2] in _ONCE and count > 1:
            yield anomaly("reaction-twice", *fact)


def _filings(observed: Observed) -> Iterator[Anomaly]:
    """A completed review is filed in the patient's notebook (P2)."""
    filed = Counter(each.causation_id for each in observed.stored if each.name == "HomeworkFiled")
    for each in read_by("diary/react", observed):
        if each.name == "ReviewCompleted" and not filed[each.event_id]:
            yield anomaly("reaction-missing", "file-homework", each.event_id)


def _due_dates(observed: Observed) -> Iterator[Anomaly]:
    """What is due before a session is due when the sessions say, wherever they moved to (P4)."""
    known = kept("assignment", read_by("assignment/react", observed))
    sessions = Sessions(known["assignment.known_sessions"])
    for (tenant, assignment), homework in known["assignment.known_homework"].items():
        if homework.get("closed", True) or not homework.get("follows_sessions"):
            continue  # it is over, due at a fixed time, or its beginning was lost
        expected = _due(tenant, homework, sessions)
        if (homework["due_session_id"], homework["due_at"]) != expected:
            yield anomaly("reaction-missing", "due", assignment, homework["due_at"], expected[1])


class Sessions:
    """Of all clinics; those that take place by who meets, the earliest first."""

    def __init__(self, known: Mapping[Key, Row]) -> None:
        self._known = known
        self._meetings: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
        for (tenant, session_id), each in known.items():
            if "patient_id" in each and each["status"] not in _OFF:
                pair = tenant, each["patient_id"], each["therapist_id"]
                self._meetings[pair].append((each["starts_at"], session_id))
        for meetings in self._meetings.values():
            meetings.sort()

    def named(self, tenant: str, session_id: str) -> Row | None:
        return self._known.get((tenant, session_id))

    def after(self, moment: str, tenant: str, homework: Row) -> Meeting | None:
        """The next one; never that in which the homework was given."""
        pair = tenant, homework["patient_id"], homework["therapist_id"]
        given_in = homework["created_in_session_id"]
        return next(
            (
                (starts_at, session_id)
                for starts_at, session_id in self._meetings.get(pair, ())
                if starts_at > moment and session_id != given_in
            ),
            None,
        )


def _due(tenant: str, homework: Row, sessions: Sessions) -> tuple[str | None, str | None]:
    meeting = _meeting(tenant, homework, sessions)
    if meeting is None:
        return None, None
    starts_at, session_id = meeting
    moment = datetime.fromisoformat(starts_at) + timedelta(minutes=homework["offset_min"])
    return session_id, instant(moment)


def _meeting(tenant: str, homework: Row, sessions: Sessions) -> Meeting | None:
    """The named session, or the one that follows it where that is off; else the next."""
    named_id = homework["named_session_id"]
    if named_id is None:
        return sessions.after(homework["given_at"], tenant, homework)
    named = sessions.named(tenant, named_id)
    if named is None:
        return None
    if named["status"] not in _OFF:
        return named["starts_at"], named_id
    return sessions.after(named["starts_at"], tenant, homework)
