"""From facts of patients who have consented to records on their way to the analytics topic.

A projection: what it derives is written in the transaction that says how far it has come, so each
fact is derived once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Connection, text

from libs.eventstore import progress
from libs.eventstore.parking import Place
from libs.eventstore.progress import Head, Stream
from libs.eventstore.recorded import Recorded
from libs.messaging import derived
from libs.messaging.derived import Record
from libs.process.keys import KeyOf
from services.gateway.analytics import epochs, holding, records
from services.gateway.analytics.decided import DECIDED
from services.gateway.analytics.holding import Held
from services.gateway.analytics.knowing import PUBLISHING
from services.gateway.analytics.passing import Passes
from services.gateway.analytics.pseudonyms import Pseudonyms, epoch_key
from services.gateway.analytics.records import Epoch
from services.gateway.analytics.standing import Patient, Standing, standings, verdict

NOT_ABOUT_A_PATIENT = frozenset({"clinic", "therapist", "groupwork", "template"})

_MOST_HEADS = 50_000

log = structlog.get_logger(__name__)

Thing = tuple[UUID, UUID, str, str]
"""Tenant, patient, stream, and what of it is said anew (`Passes.about`)."""

_LATEST = text("""
SELECT tenant_id, patient_id, stream_id, about, epoch, event_id FROM analytics_latest
JOIN unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[]), CAST(:streams AS text[]),
            CAST(:abouts AS text[])) AS s(tenant_id, patient_id, stream_id, about)
USING (tenant_id, patient_id, stream_id, about)
""")
_KEEP_LATEST = text("""
INSERT INTO analytics_latest (tenant_id, patient_id, stream_id, about, epoch, event_id)
SELECT * FROM unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[]), CAST(:streams AS text[]),
  CAST(:abouts AS text[]), CAST(:epochs AS int[]), CAST(:events AS uuid[]))
ON CONFLICT (tenant_id, patient_id, stream_id, about) DO UPDATE
SET epoch = excluded.epoch, event_id = excluded.event_id
""")


class Publishing:
    """`place_of` says where a fact lies that was just read."""

    def __init__(
        self,
        key_of: KeyOf,
        place_of: Callable[[Recorded], Place],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._key_of = key_of
        self._place_of = place_of
        self._now = now
        self._heads: dict[Stream, Head] = {}
        """Of streams seen lately, before the fact at hand: where a batch is tried in halves, the
        database does not know yet what the first half has reached.
        """

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        ours = [recorded for recorded in events if _patient(recorded)]
        if not ours:
            return
        known = standings(db, {_who(recorded) for recorded in ours})
        verdicts = [(verdict(known.get(_who(one)), one), one) for one in ours]
        self._hold(db, ours, [one for what, one in verdicts if what == "hold"])
        publish = [one for what, one in verdicts if what == "publish"]
        # Of what was read together, a patient's topics fall in with each other; the sort is stable.
        publish.sort(key=lambda one: one.recorded_at)
        derived.put(db, self._records(db, publish, known), self._now())
        self._remember(ours)

    def _records(
        self, db: Connection, facts: Sequence[Recorded], known: Mapping[Patient, Standing]
    ) -> Sequence[Record]:
        number = epochs.current(db)
        epoch = Epoch(number=number, key=epoch_key(self._key_of, number))
        decided = list(_passing(facts))
        latest = _latest(db, [_thing(one, by) for one, by in decided if by.about])
        made = []
        for one, decision in decided:
            standing, thing = known[_who(one)], _thing(one, decision)
            before = latest.get(thing)
            made.append(
                records.derived(
                    one,
                    decision,
                    epoch=epoch,
                    names=Pseudonyms(epoch.key, standing.consent, thing[1]),
                    course=standing.course,
                    # Another epoch's name for it would tell that both are the same patient.
                    supersedes=before[1] if before and before[0] == number else None,
                )
            )
            if decision.about:
                latest[thing] = number, one.event_id
        _keep(db, latest)
        return made

    def _hold(self, db: Connection, ours: Sequence[Recorded], facts: Sequence[Recorded]) -> None:
        if not facts:
            return
        before = self._before(db, ours, {_stream(one) for one in facts})
        holding.hold(
            db,
            PUBLISHING,
            [Held(one, before[one.event_id].chain, self._place_of(one)) for one in facts],
        )

    def _before(
        self, db: Connection, ours: Sequence[Recorded], of: Collection[Stream]
    ) -> Mapping[UUID, Head]:
        """What each fact of these streams follows, by its id. What is not held is followed, too: a
        withdrawal may divide a stream in the midst of a batch.
        """
        heads = dict(progress.heads(db, PUBLISHING, of))
        before = {}
        for one in ours:
            stream = _stream(one)
            seen = self._heads.get(stream)
            latest = seen if seen and seen.version == one.version - 1 else heads.get(stream, Head())
            before[one.event_id] = latest
            heads[stream] = Head(one.version, one.chain)
        return before

    def _remember(self, facts: Iterable[Recorded]) -> None:
        if len(self._heads) > _MOST_HEADS:
            self._heads.clear()
        for one in facts:
            self._heads[_stream(one)] = Head(one.version, one.chain)


def _passing(facts: Iterable[Recorded]) -> Iterable[tuple[Recorded, Passes]]:
    for one in facts:
        decision = DECIDED.get(one.known_as)
        if decision is None:
            # A newer service than this gateway: what nobody has decided on does not pass.
            log.warning("undecided", type=one.type)
        elif isinstance(decision, Passes) and decision.lets_through(one.data):
            yield one, decision


def _latest(db: Connection, things: Sequence[Thing]) -> dict[Thing, tuple[int, UUID]]:
    if not things:
        return {}
    tenants, patients, streams, abouts = zip(*dict.fromkeys(things), strict=True)
    rows = db.execute(
        _LATEST,
        {
            "tenants": list(tenants),
            "patients": list(patients),
            "streams": list(streams),
            "abouts": list(abouts),
        },
    )
    return {tuple(row[:4]): (row.epoch, row.event_id) for row in rows}


def _keep(db: Connection, latest: Mapping[Thing, tuple[int, UUID]]) -> None:
    if not latest:
        return
    things = sorted(latest)
    db.execute(
        _KEEP_LATEST,
        {
            "tenants": [thing[0] for thing in things],
            "patients": [thing[1] for thing in things],
            "streams": [thing[2] for thing in things],
            "abouts": [thing[3] for thing in things],
            "epochs": [latest[thing][0] for thing in things],
            "events": [latest[thing][1] for thing in things],
        },
    )


def _patient(recorded: Recorded) -> bool:
    return recorded.subject_id is not None and recorded.category not in NOT_ABOUT_A_PATIENT


def _who(recorded: Recorded) -> Patient:
    assert recorded.subject_id is not None  # noqa: S101 - see `_patient`
    return recorded.tenant_id, recorded.subject_id


def _stream(recorded: Recorded) -> Stream:
    return recorded.tenant_id, recorded.stream_id


def _thing(recorded: Recorded, decision: Passes) -> Thing:
    return (*_who(recorded), recorded.stream_id, decision.about or "")
