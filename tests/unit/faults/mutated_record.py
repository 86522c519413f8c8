"""Otherwise told, stored or published than on a day on which all went well."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.faults.history import Command
from tests.faults.observed import Observed, Stored
from tests.system.topics import Record
from tests.unit.faults.a_clean_run import attempt

Mutation = Callable[[Observed], Observed]
NOBODY = "00000000-0000-7000-8000-00000000dead"

# --- What clients were told. ---


def command(seen: Observed, operation: str) -> Command:
    return next(each for each in seen.history if each.operation == operation)


def instead(seen: Observed, old: Command, new: Command) -> Observed:
    return replace(seen, history=[new if each is old else each for each in seen.history])


def answered(operation: str, **changes: Any) -> Mutation:
    """The last attempt was answered otherwise."""

    def mutated(seen: Observed) -> Observed:
        old = command(seen, operation)
        *before, last = old.attempts
        return instead(seen, old, replace(old, attempts=(*before, replace(last, **changes))))

    return mutated


def a_twin_heard(**changes: Any) -> Mutation:
    """Of sixteen, one was answered otherwise."""

    def mutated(seen: Observed) -> Observed:
        old = next(each for each in seen.history if len(each.attempts) > 1)
        *others, last = old.attempts
        attempts = (*others, replace(last, outcome="ok", **changes))
        return instead(seen, old, replace(old, attempts=attempts))

    return mutated


def asked_again(seen: Observed) -> Observed:
    """After it was acknowledged, and refused."""
    old = command(seen, "giveHomework")
    no = attempt("refused", 409, code="assignment-already-created", began=1.0, ended=1.1)
    return instead(seen, old, replace(old, attempts=(*old.attempts, no)))


def asked_if(expected: int) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        old = command(seen, "rateReadiness")
        return instead(seen, old, replace(old, expected=expected))

    return mutated


def acknowledged_only(status: int) -> Mutation:
    """One more answer, and nothing behind it."""

    def mutated(seen: Observed) -> Observed:
        old = command(seen, "rateReadiness")
        answer = attempt("ok", status, id=NOBODY, version=1)
        more = replace(old, correlation_id=NOBODY, attempts=(answer,))
        return replace(seen, history=[*seen.history, more])

    return mutated


def everywhere_another_version(seen: Observed) -> Observed:
    old = command(seen, "giveHomework")
    answers = tuple(replace(each, version=9) for each in old.attempts)
    return instead(seen, old, replace(old, attempts=answers))


def of_another_stream(seen: Observed) -> Observed:
    old = command(seen, "giveHomework")
    return instead(seen, old, replace(old, stream=f"assignment-{NOBODY}"))


# --- What the stores hold. ---


def fact(seen: Observed, name: str) -> Stored:
    return next(each for each in seen.stored if each.name == name)


def without(name: str) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        gone = fact(seen, name)
        return replace(seen, stored=[each for each in seen.stored if each is not gone])

    return mutated


def stored_as(name: str, **changes: Any) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        old = fact(seen, name)
        new = replace(old, **changes)
        return replace(seen, stored=[new if each is old else each for each in seen.stored])

    return mutated


def told_again(name: str, **changes: Any) -> Mutation:
    """The same once more, at the end of its stream."""

    def mutated(seen: Observed) -> Observed:
        old = fact(seen, name)
        version = max(each.version for each in seen.stored if each.stream == old.stream) + 1
        later = old.recorded_at + timedelta(hours=1)
        again = replace(
            old,
            version=version,
            event_id=NOBODY,
            position=len(seen.stored) + 1,
            **{"recorded_at": later, **changes},
        )
        return replace(seen, stored=[*seen.stored, again])

    return mutated


def in_one_append(seen: Observed) -> Observed:
    """Twice, but recorded at the very same time."""
    return told_again("ReadinessRated", recorded_at=fact(seen, "ReadinessRated").recorded_at)(seen)


def filed_again_in_one_append(seen: Observed) -> Observed:
    filed_at = fact(seen, "HomeworkFiled").recorded_at
    return told_again("HomeworkFiled", recorded_at=filed_at)(seen)


def head_of_another(seen: Observed) -> Observed:
    stream = fact(seen, "PatientRegistered").stream
    heads = {**seen.heads["care"], stream: (7, "00")}
    return replace(seen, heads={**seen.heads, "care": heads})


def recorded_earlier(seen: Observed) -> Observed:
    told_at = fact(seen, "ReadinessRated").recorded_at
    return stored_as("ReadinessRated", recorded_at=told_at - timedelta(days=1))(seen)


# --- What lies on the topics. ---


def records(seen: Observed, name: str) -> Sequence[Record]:
    return [each for each in seen.records if each.name == name]


def on_topic(name: str, **changes: Any) -> Mutation:
    """Its record is another."""

    def mutated(seen: Observed) -> Observed:
        old = records(seen, name)[-1]
        new = replace(old, **changes)
        return replace(seen, records=[new if each is old else each for each in seen.records])

    return mutated


def never_sent(seen: Observed) -> Observed:
    gone = records(seen, "ReviewOpened")
    return replace(seen, records=[each for each in seen.records if each not in gone])


def still_waiting(seen: Observed) -> Observed:
    return replace(seen, waiting={**seen.waiting, "diary": 1})


def by_a_stranger(seen: Observed) -> Observed:
    like = seen.records[-1]
    raw = tuple((name, NOBODY.encode() if name == "ce_id" else value) for name, value in like.raw)
    return replace(seen, records=[*seen.records, replace(like, offset=like.offset + 1, raw=raw)])


def repeated_otherwise(seen: Observed) -> Observed:
    last = seen.records[-1]
    other = replace(last, offset=last.offset + 1, value=last.value + b" ")
    return replace(seen, records=[*seen.records, other])


def under_another_header(seen: Observed) -> Observed:
    raw = (*records(seen, "ReviewOpened")[-1].raw, ("ce_room", b"4"))
    return on_topic("ReviewOpened", raw=raw)(seen)


def in_another_order(seen: Observed) -> Observed:
    first, then = records(seen, "ReviewOpened")[0], records(seen, "ReviewCompleted")[0]
    swapped = {id(first): then.offset, id(then): first.offset}
    return replace(
        seen,
        records=[replace(each, offset=swapped.get(id(each), each.offset)) for each in seen.records],
    )
