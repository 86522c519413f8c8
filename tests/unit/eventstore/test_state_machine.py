"""What the campaign does with processes, done in memory, where Hypothesis can shrink what it finds.

Requests, retries, twins, deaths at every step, repeats, late and swapped records, a clock that
jumps, and an upgrade, in any order; and after each of them every promise still holds.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid5

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from libs.eventstore.progress import Head
from libs.eventstore.recorded import Recorded
from libs.eventstore.wire import Wire
from libs.messaging.envelope import from_delivery
from libs.testing.cast import CLINIC, LEV, MASHA, NOW
from libs.testing.sealer import ReadableSealer
from tests.faults.checking import commands, publishing, streams
from tests.faults.checking.anomaly import Anomaly
from tests.unit.eventstore.a_client import Client, PracticeDesk, seen
from tests.unit.eventstore.a_world import CHAIN_KEY, PARTITIONS, Death, Died
from tests.unit.eventstore.planted import PLANTED, Sound
from tests.unit.eventstore.practising import (
    Event,
    GiveHomework,
    Practise,
    Practised,
    after,
    before,
    practising,
)

HOMEWORK = [uuid5(CLINIC, f"homework {number}") for number in range(3)]
PATIENTS = dict(zip(HOMEWORK, (MASHA, LEV, MASHA), strict=True))
DESKS = 2
"""Processes of one service, each with what it remembers."""

homework = st.sampled_from(HOMEWORK)
desk = st.integers(0, DESKS - 1)
dies = st.sampled_from([None, None, "before append", "after commit, before answer"])
practice = st.builds(Practise, quarters=st.integers(1, 2), sittings=st.integers(1, 2))


class Interlude(RuleBasedStateMachine):
    """`parts` are the real ones, unless somebody planted a bug."""

    parts: type[Sound] = Sound

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.death = Death()
        self.log = self.parts.log()
        self.store = self.parts.store(self.death)
        self.relay = self.parts.relay(self.death, self.store, self.log)
        self.reading = self.parts.reading(self.death, self.log, before)
        self.client = Client()
        self.now = NOW
        self.wire: Wire[Event] = before
        self.ids = count()
        self.marked: Sequence[int] = ()
        self.desks = [self._started() for _ in range(DESKS)]

    @initialize(most=st.integers(0, 3))
    def begins_with_homework(self, most: int) -> None:
        """Two have been given by now; of the third somebody only speaks."""
        for given in HOMEWORK[:2]:
            self.gives(given, 0, None)
        self.relay.send(most)

    # --- What people do. ---

    @rule(given=homework, at=desk, dies=dies)
    def gives(self, given: UUID, at: int, dies: str | None) -> None:
        number = self.client.prepare(given, GiveHomework(patient_id=PATIENTS[given]), self.now)
        self._ask(number, at, dies)

    @rule(given=homework, at=desk, told=practice, dies=dies)
    def practises(self, given: UUID, at: int, told: Practise, dies: str | None) -> None:
        self._ask(self.client.prepare(given, told, self.now), at, dies)

    @rule(given=homework, at=desk, told=practice, version=st.integers(1, 4))
    def practises_if_unchanged(self, given: UUID, at: int, told: Practise, version: int) -> None:
        self._ask(self.client.prepare(given, told, self.now, expected=version), at, None)

    @rule(given=homework, told=practice, dies=dies)
    def asks_at_both_desks_at_once(self, given: UUID, told: Practise, dies: str | None) -> None:
        number = self.client.prepare(given, told, self.now)
        self.death.plan(dies)
        self.runner.run(self._twins(number))
        self._mourn()

    @precondition(lambda self: self.client.calls)
    @rule(data=st.data(), at=desk, dies=dies)
    def asks_again(self, data: st.DataObject, at: int, dies: str | None) -> None:
        self._ask(data.draw(st.integers(0, len(self.client.calls) - 1)), at, dies)

    # --- What happens to machines. ---

    @rule(most=st.integers(1, 4), dies=st.booleans())
    def relays(self, most: int, *, dies: bool) -> None:
        self.death.plan("after publish, before outbox delete" if dies else None)
        with suppress(Died):
            self.relay.send(most)

    @rule(given=homework)
    def republishes(self, given: UUID) -> None:
        """One stream, as far as it is the topic's already."""
        waiting = {each.event_id for each in self.store.outbox}
        told = [each for each in self.store.facts if each.stream_uuid == given]
        self.relay.publish([each for each in told if each.event_id not in waiting])

    @rule(
        number=st.integers(0, PARTITIONS - 1),
        most=st.integers(1, 4),
        swap=st.booleans(),
        dies=st.booleans(),
    )
    def reads(self, number: int, most: int, *, swap: bool, dies: bool) -> None:
        self.death.plan("after apply, before commit" if dies else None)
        with suppress(Died):
            self.reading.read(number, most, swap=swap)

    @rule(number=st.integers(0, PARTITIONS - 1), most=st.integers(1, 4))
    def cannot_handle_the_first(self, number: int, most: int) -> None:
        self.reading.read(number, most, fails=True)

    @rule(number=st.integers(0, PARTITIONS - 1), since=st.integers(0, 5))
    def is_delivered_again(self, number: int, since: int) -> None:
        place = min(since, self.reading.standing.next[number])
        self.reading.read(number, 3, since=place)

    @rule(at=desk)
    def restarts(self, at: int) -> None:
        self.desks[at] = self._started()

    @rule(days=st.integers(-2, 2))
    def clock_jumps(self, days: int) -> None:
        self.now += timedelta(days=days, seconds=1)

    @rule()
    def is_upgraded(self) -> None:
        """Readers and desks at once. What the old desks wrote is read for ever."""
        self.wire = self.reading.wire = self.parts.upgraded
        self.desks = [self._started() for _ in range(DESKS)]

    # --- What holds, always. ---

    @invariant()
    def what_was_answered_is_stored_and_on_its_way(self) -> None:
        mark = self._mark()
        if mark != self.marked:
            self.marked = mark
            self._must_be_stored()
            self._must_be_on_its_way()

    def _must_be_stored(self) -> None:
        observed = seen(self.client, self.store, self.log)
        assert list(commands.anomalies(observed)) == []
        assert list(streams.anomalies(observed)) == []
        assert list(self._told_in_part()) == []

    def _must_be_on_its_way(self) -> None:
        """Published, or waiting for it."""
        assert self._amiss(besides={"unpublished"}) == []
        waiting = {each.event_id for each in self.store.outbox}
        published = {each.event_id for some in self._published().values() for each in some}
        assert {each.event_id for each in self.store.facts} <= waiting | published

    @invariant()
    def what_was_passed_by_is_applied_or_parked(self) -> None:
        """Where it lies twice, one of both."""
        standing = self.reading.standing
        parked = {from_delivery(each).event_id for each in standing.parked}
        for number, lying in self._published().items():
            for each in lying[: standing.next[number]]:
                head = standing.heads.get((each.tenant_id, each.stream_id), Head())
                assert each.version <= head.version or each.event_id in parked

    @invariant()
    def what_is_shown_is_what_was_applied(self) -> None:
        assert dict(self.reading.standing.minutes) == self._applied()

    def teardown(self) -> None:
        """Once all is quiet everything is seen, once."""
        self.runner.close()
        self.death.plan(None)
        while self.store.outbox:
            self.relay.send(4)
        for number, lying in self.log.partitions.items():
            self.reading.read(number, len(lying))
        assert self._amiss(besides=set()) == []
        assert self.reading.standing.parked == []
        come = {stream: head.version for stream, head in self.reading.standing.heads.items()}
        assert come == Counter((each.tenant_id, each.stream_id) for each in self.store.facts)
        self.what_is_shown_is_what_was_applied()

    # --- How it is done. ---

    def _started(self) -> PracticeDesk:
        return self.parts.desk(
            practising(self.wire),
            self.store,
            ReadableSealer(),
            chain_key=CHAIN_KEY,
            new_id=lambda: uuid5(CLINIC, f"event {next(self.ids)}"),
        )

    def _ask(self, number: int, at: int, dies: str | None) -> None:
        self.death.plan(dies)
        self.runner.run(self.client.ask(number, self.desks[at], self.now))
        self._mourn()

    async def _twins(self, number: int) -> None:
        await asyncio.gather(*(self.client.ask(number, each, self.now) for each in self.desks))

    def _mourn(self) -> None:
        """Who died has forgotten everything; the other loses nothing by forgetting, too."""
        if self.death.came:
            self.desks = [self._started() for _ in range(DESKS)]

    def _told_in_part(self) -> Iterator[str]:
        told = Counter(str(each.correlation_id) for each in self.store.facts)
        for call in self.client.calls:
            whole = call.command.sittings if isinstance(call.command, Practise) else 1
            if told[str(call.correlation_id)] not in {0, whole}:
                yield str(call.correlation_id)

    def _mark(self) -> Sequence[int]:
        """Another one whenever something was asked, recorded or sent."""
        return [
            sum(len(each.attempts) for each in self.client.asked),
            len(self.store.facts),
            len(self.store.outbox),
            *(len(lying) for lying in self.log.partitions.values()),
        ]

    def _published(self) -> Mapping[int, Sequence[Recorded]]:
        return {
            number: [from_delivery(each) for each in lying]
            for number, lying in self.log.partitions.items()
        }

    def _amiss(self, besides: set[str]) -> Sequence[Anomaly]:
        observed = seen(self.client, self.store, self.log)
        return [each for each in publishing.anomalies(observed) if each.cls not in besides]

    def _applied(self) -> dict[tuple[UUID, str], int]:
        heads = self.reading.standing.heads
        shown: dict[tuple[UUID, str], int] = defaultdict(int)
        for each in self.store.facts:
            place = each.tenant_id, each.stream_id
            fact = after.from_wire(each.type, each.data, each.event_id)
            applied = place in heads and each.version <= heads[place].version
            if isinstance(fact, Practised) and applied:
                shown[place] += fact.minutes
        return dict(shown)


def machine(planted: type[Sound]) -> type[Interlude]:
    return type("Planted", (Interlude,), {"parts": planted})


@pytest.mark.timeout(300)  # what it finds is made small before it is shown
def test_every_promise_holds_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Interlude, settings=settings(max_examples=60, stateful_step_count=40, deadline=None)
    )


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    sought = settings(
        max_examples=300,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine(PLANTED[bug]), settings=sought)
