"""What the desk promises on any store: two processes are two desks on one store."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from libs.eventstore.chain import fits
from libs.eventstore.consistency import decode
from libs.eventstore.decider import Notice
from libs.eventstore.errors import KeyReusedElsewhere, NoSuchStream, StaleVersion
from libs.eventstore.store import EventStore, OutcomeUnknown
from libs.privacy.sealing import SubjectErased
from libs.testing.at_the_desk import CHAIN_KEY, Watched, call, desk_on, given
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.homework import (
    AddNote,
    AlreadyGiven,
    GiveHomework,
    HomeworkGiven,
    IsWithdrawn,
    Resume,
    State,
    Withdraw,
)
from libs.testing.sealer import ReadableSealer


class DeskContract:
    """`store` is given by the test module; every desk made on it is another process."""

    async def test_a_request_becomes_facts_and_an_answer(self, store: EventStore) -> None:
        uuid, desk = uuid4(), desk_on(store)
        answer = await desk.handle(call(uuid, GiveHomework(patient_id=MASHA)))
        assert (answer.id, answer.version, answer.notices) == (uuid, 1, ())
        assert not answer.already_so
        assert not answer.replayed
        assert decode(answer.reached) == [(f"homework-{uuid}", 1)]
        assert await desk.state(CLINIC, uuid) == (State(patient_id=MASHA), 1)

    async def test_a_warm_request_is_one_round_trip(self, store: EventStore) -> None:
        watched = Watched(store)
        desk = desk_on(watched)
        uuid = await given(desk)
        await desk.handle(call(uuid, AddNote()))
        assert watched.calls == ["append", "append"]

    async def test_notices_come_with_the_answer(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        answer = await desk.handle(call(uuid, AddNote(times=2)))
        assert answer.notices == (Notice("many-notes"),)

    async def test_the_same_request_again_gets_the_same_answer(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        twice = call(uuid, AddNote(times=2))
        first = await desk.handle(twice)
        await desk.handle(call(uuid, AddNote()))
        assert await desk.handle(twice) == replace(first, replayed=True)
        assert await desk_on(store).handle(twice) == replace(first, replayed=True)

    async def test_sixteen_twins_have_one_effect_and_one_answer(self, store: EventStore) -> None:
        uuid = await given(desk_on(store))
        twin, desks = call(uuid, AddNote()), [desk_on(store) for _ in range(4)]
        answers = await asyncio.gather(*[desks[n % 4].handle(twin) for n in range(16)])
        assert len({replace(answer, replayed=False) for answer in answers}) == 1
        assert [answer.replayed for answer in answers].count(False) == 1

    async def test_a_key_with_another_request_is_refused(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        note = call(uuid, AddNote())
        await desk.handle(note)
        for somewhere in (desk, desk_on(store)):
            with pytest.raises(KeyReusedElsewhere):
                await somewhere.handle(replace(note, fingerprint=b"another request"))

    async def test_what_is_already_so_is_said_and_remembered(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk, Withdraw())
        again = call(uuid, Withdraw())
        answer = await desk.handle(again)
        assert (answer.version, answer.already_so) == (2, True)
        await desk.handle(call(uuid, Resume()))
        assert await desk.handle(again) == replace(answer, replayed=True)

    async def test_what_is_already_so_needs_no_key(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk, Withdraw())
        assert (await desk.handle(call(uuid, Withdraw(), key=None))).already_so

    async def test_a_rejection_is_not_remembered(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk, Withdraw())
        note = call(uuid, AddNote())
        with pytest.raises(IsWithdrawn):
            await desk.handle(note)
        await desk.handle(call(uuid, Resume()))
        assert (await desk.handle(note)).version == 4

    async def test_a_stale_rejection_is_decided_again(self, store: EventStore) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here, Withdraw())
        await elsewhere.handle(call(uuid, Resume()))
        assert (await here.handle(call(uuid, AddNote()))).version == 4

    @pytest.mark.parametrize("key", ["a key", None])
    async def test_a_stale_already_so_is_decided_again(
        self, store: EventStore, key: str | None
    ) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here, Withdraw())
        await elsewhere.handle(call(uuid, Resume()))
        answer = await here.handle(call(uuid, Withdraw(), key=key and f"{key} {uuid}"))
        assert (answer.version, answer.already_so) == (4, False)

    async def test_a_known_key_wins_over_a_rejection(self, store: EventStore) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here)
        note = call(uuid, AddNote())
        answer = await here.handle(note)
        await elsewhere.handle(call(uuid, Withdraw()))
        for desk in (here, elsewhere, desk_on(store)):
            assert await desk.handle(note) == replace(answer, replayed=True)

    async def test_a_known_key_wins_over_a_stale_if_match(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        note = call(uuid, AddNote(), expected=1)
        answer = await desk.handle(note)
        assert await desk.handle(note) == replace(answer, replayed=True)

    async def test_who_saw_an_older_version_is_told_the_actual_one(self, store: EventStore) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here)
        await elsewhere.handle(call(uuid, AddNote()))
        with pytest.raises(StaleVersion) as stale:
            await here.handle(call(uuid, AddNote(), expected=1))
        assert stale.value.actual == 2

    async def test_who_saw_what_another_process_recorded_is_not_stale(
        self, store: EventStore
    ) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here)
        await elsewhere.handle(call(uuid, AddNote()))
        assert (await here.handle(call(uuid, AddNote(), expected=2))).version == 3

    async def test_without_if_match_a_request_is_decided_again(self, store: EventStore) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here)
        await elsewhere.handle(call(uuid, AddNote()))
        assert (await here.handle(call(uuid, AddNote()))).version == 3

    async def test_what_exists_is_not_made_twice(self, store: EventStore) -> None:
        uuid = await given(desk_on(store))
        with pytest.raises(AlreadyGiven):
            await desk_on(store).handle(call(uuid, GiveHomework(patient_id=LEV)))

    async def test_what_never_was_cannot_be_acted_on(self, store: EventStore) -> None:
        with pytest.raises(NoSuchStream):
            await desk_on(store).handle(call(uuid4(), AddNote()))

    async def test_another_clinic_cannot_tell_that_it_exists(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        with pytest.raises(NoSuchStream):
            await desk.handle(call(uuid, AddNote(), tenant_id=OTHER_CLINIC))
        assert await desk.state(OTHER_CLINIC, uuid) is None

    async def test_a_hot_stream_has_no_losers_at_home(self, store: EventStore) -> None:
        watched = Watched(store)
        desk = desk_on(watched)
        uuid = await given(desk)
        answers = await asyncio.gather(*[desk.handle(call(uuid, AddNote())) for _ in range(16)])
        assert sorted(answer.version for answer in answers) == list(range(2, 18))
        assert set(watched.calls) == {"append"}

    async def test_whoever_may_not_is_stopped_before_anything_is_decided(
        self, store: EventStore
    ) -> None:
        async def only_for_lev(state: State) -> None:
            if state.patient_id != LEV:
                raise PermissionError

        desk = desk_on(store)
        uuid = await given(desk, Withdraw())
        with pytest.raises(PermissionError):
            await desk.handle(call(uuid, AddNote(), permit=only_for_lev, expected=7))

    async def test_a_fact_carries_who_said_it_when_and_about_whom(self, store: EventStore) -> None:
        desk = desk_on(store)
        uuid = await given(desk)
        ((recorded, fact),) = await desk.history(CLINIC, uuid)
        assert recorded.subject_id == MASHA
        assert (recorded.actor_id, recorded.actor_role) == (ANNA, "therapist")
        assert (recorded.occurred_at, recorded.recorded_at) == (NOW - timedelta(days=1), NOW)
        assert isinstance(fact, HomeworkGiven)

    async def test_no_text_is_stored_unsealed(self, store: EventStore) -> None:
        note = "he was on the phone at first"
        uuid = await given(desk_on(store), AddNote(note=note))
        recorded = await store.read(CLINIC, f"homework-{uuid}")
        assert len(recorded) == 2
        assert all(note.encode() not in one.data for one in recorded)
        assert all(b'"ciphertext"' in one.data for one in recorded)

    async def test_every_fact_vouches_for_all_before_it(self, store: EventStore) -> None:
        uuid = await given(desk_on(store), AddNote(times=3))
        await desk_on(store).handle(call(uuid, Withdraw()))
        previous = b""
        for recorded in await store.read(CLINIC, f"homework-{uuid}"):
            assert fits(CHAIN_KEY, previous, recorded)
            previous = recorded.chain

    async def test_a_slow_clock_does_not_turn_a_stream_around(self, store: EventStore) -> None:
        here, elsewhere = desk_on(store), desk_on(store)
        uuid = await given(here)
        slow = NOW - timedelta(minutes=3)
        await here.handle(call(uuid, AddNote(), now=slow))
        await elsewhere.handle(call(uuid, AddNote(), now=slow))
        history = await store.read(CLINIC, f"homework-{uuid}")
        assert [recorded.recorded_at for recorded in history] == [NOW] * 3

    async def test_after_a_lost_connection_the_key_tells_what_happened(
        self, store: EventStore
    ) -> None:
        watched = Watched(store)
        desk = desk_on(watched)
        uuid = await given(desk)
        watched.lose_after = True
        assert (await desk.handle(call(uuid, AddNote()))).version == 2
        watched.lose_after = False
        assert (await desk.handle(call(uuid, AddNote()))).version == 3

    @pytest.mark.parametrize(("key", "down"), [("a", False), ("a", True), (None, False)])
    async def test_what_cannot_be_told_is_not_run_again(
        self,
        store: EventStore,
        key: str | None,
        down: bool,  # noqa: FBT001 - a case of the table
    ) -> None:
        watched = Watched(store)
        desk = desk_on(watched)
        uuid = await given(desk)
        watched.lose_before, watched.down, watched.calls = True, down, []
        with pytest.raises(OutcomeUnknown):
            await desk.handle(call(uuid, AddNote(), key=key))
        assert watched.calls.count("append") == 1

    async def test_of_an_erased_patient_nothing_private_can_be_recorded(
        self, store: EventStore
    ) -> None:
        sealer = ReadableSealer()
        desk = desk_on(store, sealer)
        uuid = await given(desk)
        note = call(uuid, AddNote())
        await desk.handle(note)
        sealer.erase(MASHA)
        desk.forget(MASHA)
        with pytest.raises(SubjectErased):
            await desk.handle(call(uuid, AddNote()))
        assert (await desk.handle(note)).replayed
        assert (await desk.handle(call(uuid, Withdraw()))).version == 3
