"""Otherwise told to analysts than on a day on which all went well."""

from dataclasses import replace
from datetime import timedelta

import orjson

from libs.testing.cast import MASHA
from tests.faults.checking.analytics import pseudonym
from tests.faults.fold.consents import consents
from tests.faults.observed import Observed
from tests.system.topics import Record
from tests.unit.faults.an_analytics_topic import KEY
from tests.unit.faults.mutated_record import Mutation, fact, stored_as

A_DAY = timedelta(days=1)


def of_kind(seen: Observed, name: str) -> Record:
    """The first of its name."""
    return next(each for each in seen.derived if each.type.split(".")[-2] == name)


def without(name: str) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        gone = of_kind(seen, name)
        return replace(seen, derived=[each for each in seen.derived if each is not gone])

    return mutated


def _instead(seen: Observed, old: Record, new: Record) -> Observed:
    return replace(seen, derived=[new if each is old else each for each in seen.derived])


def _at_the_end(seen: Observed, record: Record) -> Observed:
    return replace(seen, derived=[*seen.derived, replace(record, offset=len(seen.derived))])


# --- Of whom. ---


def under(key: bytes | None = None, **headers: str) -> Mutation:
    """One record has another key, or another header."""

    def mutated(seen: Observed) -> Observed:
        old = of_kind(seen, "ReadinessRated")
        raw = tuple({**dict(old.raw), **_bytes(headers)}.items())
        return _instead(seen, old, replace(old, key=key or old.key, raw=raw))

    return mutated


def _bytes(headers: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode() for name, value in headers.items()}


def under_anothers_name(seen: Observed) -> Observed:
    return under(key=of_kind(seen, "ConsentWithdrawn").key)(seen)


def consented_later(seen: Observed) -> Observed:
    return stored_as("ConsentGiven", recorded_at=seen.stored[-1].recorded_at + A_DAY)(seen)


def of_what_is_private(seen: Observed) -> Observed:
    """What was told of is what the patient had recorded for themselves alone."""
    told = orjson.loads(fact(seen, "DiaryEntryRecorded").data)
    own = orjson.dumps({**told, "visibility": "private"})
    return stored_as("DiaryEntryRecorded", data=own)(seen)


# --- Until when. ---


never_told_to_forget = without("ConsentWithdrawn")


def lost_in_part(seen: Observed) -> Observed:
    """What was said is there again, and the word to forget it is not."""
    return replace(never_told_to_forget(seen), lost_before=seen.stored[-1].recorded_at + A_DAY)


def forgotten_first(seen: Observed) -> Observed:
    forget = of_kind(seen, "ConsentWithdrawn")
    before = next(each for each in seen.derived if each.key == forget.key)
    turned = {id(forget): before.offset, id(before): forget.offset}
    return replace(
        seen,
        derived=[replace(each, offset=turned.get(id(each), each.offset)) for each in seen.derived],
    )


def repeated_after_forgetting(seen: Observed) -> Observed:
    forget = of_kind(seen, "ConsentWithdrawn")
    return _at_the_end(seen, next(each for each in seen.derived if each.key == forget.key))


# --- All of it, once. ---


def lost(seen: Observed) -> Observed:
    return replace(seen, derived=())


def lost_again(seen: Observed) -> Observed:
    """A Kafka was lost in the morning, and the rest of the day afterwards."""
    return replace(lost(seen), lost_before=fact(seen, "ReadinessRated").recorded_at)


def again_with_another_byte(seen: Observed) -> Observed:
    told = of_kind(seen, "ReadinessRated")
    return _at_the_end(seen, replace(told, value=told.value + b" "))


def again_without_a_header(seen: Observed) -> Observed:
    told = of_kind(seen, "ReadinessRated")
    return _at_the_end(seen, replace(told, raw=told.raw[1:]))


def under_both_consents(seen: Observed) -> Observed:
    """Whoever consents again is somebody new, and what is said of them then is not said before."""
    forget, again = of_kind(seen, "ConsentWithdrawn"), _of_the_last_consent(seen)
    first, last = [each for each in consents(seen.stored) if each.patient[1] != str(MASHA)]
    id_before = pseudonym(KEY, first, last.given)
    raw = tuple({**dict(again.raw), "ce_id": id_before.encode()}.items())
    return _at_the_end(seen, replace(again, key=forget.key, partition=forget.partition, raw=raw))


def _of_the_last_consent(seen: Observed) -> Record:
    return [each for each in seen.derived if each.type.endswith(".ConsentGiven.v1")][-1]


# --- Nothing private. ---


def says(private: str) -> Mutation:
    def mutated(seen: Observed) -> Observed:
        old = of_kind(seen, "ReadinessRated")
        return _instead(seen, old, replace(old, value=old.value + private.encode()))

    return mutated


def another_header(seen: Observed) -> Observed:
    return under(ce_device="4")(seen)


def still_waiting(seen: Observed) -> Observed:
    return replace(seen, waiting={**seen.waiting, "gateway": 1})
