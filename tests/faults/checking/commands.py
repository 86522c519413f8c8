"""I1 to I3: what clients were answered is what the stores hold, once, wholly or not at all."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.history import Attempt, Command
from tests.faults.observed import Observed, Stored

LEAVES: Mapping[str, tuple[str, ...]] = {
    "giveHomework": ("AssignmentCreated", "DueDateSet", "AssignmentAgreed", "AssignmentActivated"),
    "createAssignment": ("AssignmentCreated", "DueDateSet"),
    "rateReadiness": ("ReadinessRated",),
    "setGoal": ("GoalSet",),
    "recordEntry": ("DiaryEntryRecorded",),
    "scheduleSession": ("SessionScheduled",),
    "registerPatient": ("PatientRegistered",),
    "giveConsent": ("ConsentGiven",),
    "withdrawConsent": ("ConsentWithdrawn",),
    "openReview": ("ReviewOpened",),
    "completeReview": ("ReviewCompleted",),
    "givePraise": ("PraiseGiven",),
    "recordWorkDone": ("WorkDoneRecorded",),
}
"""What a request leaves behind if it leaves anything: each once, all together."""

CREATED = 201
"""The status of an answer to a request that changed something; 200 says that all was so already."""

History = Sequence[Stored]
Histories = Mapping[tuple[str, str, str], History]
"""By service, tenant and the id that the stream is named with."""


@dataclass(frozen=True, slots=True)
class Case:
    """A command with the facts that it left, in the order of the store."""

    command: Command
    facts: History
    histories: Histories

    def anomaly(self, cls: str, *where: object) -> Anomaly:
        told = self.command.service, self.command.operation, self.command.correlation_id
        return anomaly(cls, *told, *where)

    def history(self, uuid: str) -> History:
        return self.histories.get((self.command.service, self.command.tenant, uuid), ())


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    told, histories = _told(observed.stored), _histories(observed.stored)
    for command in observed.history:
        case = Case(command, told.get(command.correlation_id, ()), histories)
        for rule in _RULES:
            yield from rule(case)


def _told(stored: Sequence[Stored]) -> Mapping[str, History]:
    """By correlation id, without what reactions made of it."""
    found: dict[str, list[Stored]] = defaultdict(list)
    for each in stored:
        if each.causation_id is None:
            found[each.correlation_id].append(each)
    return found


def _histories(stored: Sequence[Stored]) -> Histories:
    found: dict[tuple[str, str, str], list[Stored]] = defaultdict(list)
    for each in stored:
        found[each.service, each.tenant_id, each.stream_id[-36:]].append(each)
    return found


# --- I1: an acknowledged command is never lost. ---


def _lost(case: Case) -> Iterator[Anomaly]:
    """Acknowledged without a fact of its own, it must have been so already."""
    if not case.facts and not all(_was_so(case, each) for each in case.command.acknowledged):
        yield case.anomaly("lost")


def _was_so(case: Case, answer: Attempt) -> bool:
    """By a fact that tells of the very thing that was answered."""
    if answer.status == CREATED or answer.id is None:
        return False
    thing = answer.id
    history = case.history((case.command.stream or thing)[-36:])
    return len(history) >= (answer.version or 1) and any(_tells(each, thing) for each in history)


def _tells(fact: Stored, thing: str) -> bool:
    return fact.stream_id.endswith(thing) or thing.encode() in fact.data


# --- I2: a refused one leaves nothing, an unknown one all or nothing. ---


def _left_behind(case: Case) -> Iterator[Anomaly]:
    if case.facts and case.command.outcome == "refused":
        yield case.anomaly("left-behind", f"{len(case.facts)} facts")


def _half_done(case: Case) -> Iterator[Anomaly]:
    """One append is one stream's next versions, recorded together."""
    names = Counter(fact.name for fact in case.facts)
    missing = [name for name in LEAVES.get(case.command.operation, ()) if not names[name]]
    if case.facts and missing:
        yield case.anomaly("half-done", "without", *missing)
    for batch in _batches(case.facts):
        versions = sorted(fact.version for fact in batch)
        if versions[-1] - versions[0] >= len(versions):
            yield case.anomaly("half-done", "versions", *versions)


# --- I3: one key has at most one effect, and one answer. ---


def _done_twice(case: Case) -> Iterator[Anomaly]:
    names = Counter(fact.name for fact in case.facts)
    again = [name for name in LEAVES.get(case.command.operation, ()) if names[name] > 1]
    batches = len(_batches(case.facts))
    if again or batches > 1:
        yield case.anomaly("done-twice", f"{batches} batches", *again)


def _batches(facts: History) -> Sequence[History]:
    """What was recorded together in one stream."""
    found: dict[tuple[str, str, datetime], list[Stored]] = defaultdict(list)
    for fact in facts:
        found[fact.service, fact.stream_id, fact.recorded_at].append(fact)
    return list(found.values())


def _answers_differ(case: Case) -> Iterator[Anomaly]:
    answers = {(each.id, each.version) for each in case.command.acknowledged}
    if len(answers) > 1:
        yield case.anomaly("answers-differ", f"{len(answers)} answers")
    known_from = min((each.ended for each in case.command.acknowledged), default=inf)
    for later in case.command.attempts:
        if later.began > known_from and _is_a_rejection(later):
            yield case.anomaly("answers-differ", later.status, later.code)


def _is_a_rejection(answer: Attempt) -> bool:
    """By a rule, which a key that is known comes before; not for want of time or of a token."""
    return answer.status in {404, 409, 412, 422} and answer.code != "in-flight"


def _answer_not_true(case: Case) -> Iterator[Anomaly]:
    """What was answered is where the facts are: this service, clinic, stream, thing and version."""
    if not case.facts:
        return
    command, last = case.command, max(case.facts, key=lambda fact: fact.version)
    for answer in command.acknowledged:
        wrong = (
            answer.version not in {None, last.version},
            command.service != last.service or command.tenant != last.tenant_id,
            command.stream not in {None, last.stream_id},
            answer.id is not None and not any(_tells(each, answer.id) for each in case.facts),
        )
        if any(wrong):
            yield case.anomaly("answer-not-true", last.stream_id, answer.version, last.version)


def _conflict_missed(case: Case) -> Iterator[Anomaly]:
    expected = case.command.expected
    if expected is None or not case.facts:
        return
    first = min(fact.version for fact in case.facts)
    if first != expected + 1:
        yield case.anomaly("conflict-missed", f"expected {expected}, came as {first}")


_RULES: Sequence[Callable[[Case], Iterator[Anomaly]]] = (
    _lost,
    _left_behind,
    _half_done,
    _done_twice,
    _answers_differ,
    _answer_not_true,
    _conflict_missed,
)
