"""The analytics topic of a day on which all went well, derived with the role's own functions: what
the checker works out by itself has to agree with them.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID
from zlib import crc32

from libs.eventstore.recorded import Recorded
from libs.messaging import derived
from services.gateway.analytics import records
from services.gateway.analytics.decided import DECIDED
from services.gateway.analytics.passing import Passes
from services.gateway.analytics.pseudonyms import Pseudonyms
from services.gateway.analytics.records import Course, Epoch
from tests.system.topics import ANALYTICS, Record

KEY = b"the key of the first epoch"
PARTITIONS = 3
_FIRST = Epoch(number=1, key=KEY)
_NO_SESSIONS = Course(began_at=None, sessions={})


def lying(facts: Sequence[Recorded]) -> Sequence[Record]:
    """Each in the partition of its name."""
    ends = dict.fromkeys(range(PARTITIONS), 0)
    return [_record(each, ends) for each in _derived(facts)]


def _derived(facts: Sequence[Recorded]) -> Iterator[derived.Record]:
    """What is told of somebody between their consent and its end, and then the word to forget."""
    standing: dict[UUID | None, UUID] = {}
    for each in facts:
        decision = DECIDED.get(each.known_as)
        if each.known_as.endswith(".ConsentGiven.v1"):
            standing[each.subject_id] = each.event_id
        if each.subject_id is None or each.subject_id not in standing:
            continue
        names = Pseudonyms(KEY, standing[each.subject_id], each.subject_id)
        if isinstance(decision, Passes) and decision.lets_through(each.data):
            yield records.derived(
                each, decision, epoch=_FIRST, names=names, course=_NO_SESSIONS, supersedes=None
            )
        elif each.known_as.endswith(".ConsentWithdrawn.v1"):
            del standing[each.subject_id]
            yield records.forgetting(each, epoch=_FIRST, names=names)


def _record(made: derived.Record, ends: dict[int, int]) -> Record:
    partition = crc32(made.key.encode()) % PARTITIONS
    ends[partition] += 1
    raw = tuple((name, value.encode()) for name, value in made.headers)
    return Record(ANALYTICS, partition, ends[partition] - 1, made.key.encode(), raw, made.value)
