"""What every event store promises: one suite, held against each of them.

A test module subclasses `EventStoreContract` and gives the fixture `store`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    EventStore,
    EventTooLarge,
    KeyReused,
    Remembered,
    WrongVersion,
)
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW, OTHER_CLINIC

SCOPE = f"addNote:{ANNA}"
WRITERS = 16


def new_stream() -> str:
    return f"homework-{uuid4()}"


def facts(stream: str, *versions: int, tenant: UUID = CLINIC) -> Sequence[Recorded]:
    return [_fact(stream, version, tenant) for version in versions]


def _fact(stream: str, version: int, tenant: UUID) -> Recorded:
    return Recorded(
        event_id=uuid4(),
        stream_id=stream,
        version=version,
        type="interlude.test.NoteAdded.v1",
        tenant_id=tenant,
        subject_id=MASHA,
        actor_id=ANNA,
        actor_role="therapist",
        on_behalf_of=None,
        correlation_id=uuid4(),
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        occurred_at=NOW,
        zone="Europe/London",
        recorded_at=NOW,
        data=b'{"note":{"key":"k","nonce":"n","ciphertext":"c"}}',
        chain=uuid4().bytes,
    )


def remember(key: str, fingerprint: bytes = b"this request") -> Remembered:
    return Remembered(scope=SCOPE, key=key, fingerprint=fingerprint, answer=b'["the answer"]')


def append(
    stream: str, *versions: int, after: int = 0, key: Remembered | None = None, at: UUID = CLINIC
) -> Append:
    return Append(
        tenant_id=at,
        stream_id=stream,
        expected=after,
        events=facts(stream, *versions, tenant=at),
        remember=key,
    )


class EventStoreContract:
    async def test_a_stream_begins_with_its_first_facts(self, store: EventStore) -> None:
        stream = new_stream()
        assert await store.append([append(stream, 1, 2)]) == [Appended(2)]

    async def test_who_has_seen_all_facts_may_add_one(self, store: EventStore) -> None:
        stream = new_stream()
        await store.append([append(stream, 1, 2)])
        assert await store.append([append(stream, 3, after=2)]) == [Appended(3)]

    async def test_who_thinks_nothing_is_there_is_told_what_is(self, store: EventStore) -> None:
        stream = new_stream()
        await store.append([append(stream, 1, 2)])
        assert await store.append([append(stream, 1)]) == [WrongVersion(2)]

    @pytest.mark.parametrize("seen", [1, 3])
    async def test_who_has_not_seen_exactly_all_is_told_how_many(
        self, store: EventStore, seen: int
    ) -> None:
        stream = new_stream()
        await store.append([append(stream, 1, 2)])
        late = append(stream, seen + 1, after=seen)
        assert await store.append([late]) == [WrongVersion(2)]

    async def test_nothing_is_added_to_a_stream_that_never_began(self, store: EventStore) -> None:
        stream = new_stream()
        assert await store.append([append(stream, 3, after=2)]) == [WrongVersion(0)]
        assert await store.read(CLINIC, stream) == []

    async def test_what_was_recorded_is_read_again_to_the_byte(self, store: EventStore) -> None:
        stream = new_stream()
        first, second = facts(stream, 1, 2)
        odd = replace(
            first, data='{ "b":1,\t"a" : "ы\\u0041", "a": 1.0 }'.encode(), subject_id=None
        )
        told = replace(second, on_behalf_of=MASHA, causation_id=uuid4())
        await store.append([replace(append(stream), events=[odd, told])])
        assert await store.read(CLINIC, stream) == [odd, told]

    async def test_reading_may_go_on_from_where_one_stopped(self, store: EventStore) -> None:
        stream = new_stream()
        await store.append([append(stream, 1, 2, 3)])
        assert [event.version for event in await store.read(CLINIC, stream, after=1)] == [2, 3]

    async def test_of_sixteen_who_begin_a_stream_at_once_one_does(self, store: EventStore) -> None:
        stream = new_stream()
        outcomes = await asyncio.gather(
            *[store.append([append(stream, 1)]) for _ in range(WRITERS)]
        )
        assert [Appended(1)] in outcomes
        assert outcomes.count([WrongVersion(1)]) == WRITERS - 1

    async def test_of_sixteen_who_saw_the_same_stream_one_adds_to_it(
        self, store: EventStore
    ) -> None:
        stream = new_stream()
        await store.append([append(stream, 1)])
        outcomes = await asyncio.gather(
            *[store.append([append(stream, 2, after=1)]) for _ in range(WRITERS)]
        )
        assert outcomes.count([Appended(2)]) == 1
        assert outcomes.count([WrongVersion(2)]) == WRITERS - 1

    async def test_the_same_request_sixteen_times_at_once_has_one_effect(
        self, store: EventStore
    ) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        outcomes = await asyncio.gather(
            *[store.append([append(stream, 1, key=key)]) for _ in range(WRITERS)]
        )
        assert outcomes.count([Appended(1)]) == 1
        assert outcomes.count([AnsweredBefore(key.answer)]) == WRITERS - 1
        assert len(await store.read(CLINIC, stream)) == 1

    async def test_a_key_with_another_request_is_refused(self, store: EventStore) -> None:
        key = str(uuid4())
        await store.append([append(new_stream(), 1, key=remember(key))])
        other = append(new_stream(), 1, key=remember(key, fingerprint=b"another request"))
        assert await store.append([other]) == [KeyReused()]
        assert await store.read(CLINIC, other.stream_id) == []

    async def test_a_key_means_something_to_its_own_clinic_and_scope_only(
        self, store: EventStore
    ) -> None:
        key = str(uuid4())
        await store.append([append(new_stream(), 1, key=remember(key))])
        elsewhere = append(new_stream(), 1, key=remember(key), at=OTHER_CLINIC)
        otherwise = append(new_stream(), 1, key=replace(remember(key), scope="withdraw"))
        assert await store.append([elsewhere]) == [Appended(1)]
        assert await store.append([otherwise]) == [Appended(1)]

    async def test_who_comes_too_late_leaves_no_key_behind(self, store: EventStore) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        await store.append([append(stream, 1)])
        await store.append([append(stream, 1, key=key)])
        settled = await store.settle(CLINIC, stream, after=1, scope=SCOPE, key=key.key)
        assert settled.remembered is None
        assert await store.append([append(stream, 2, after=1, key=key)]) == [Appended(2)]

    async def test_an_answer_without_facts_is_remembered(self, store: EventStore) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        await store.append([append(stream, 1)])
        already_so = append(stream, after=1, key=key)
        assert await store.append([already_so]) == [Appended(1)]
        assert await store.append([already_so]) == [AnsweredBefore(key.answer)]
        assert await store.append([append(stream, 2, after=1)]) == [Appended(2)]

    async def test_an_answer_without_facts_holds_for_what_was_seen_only(
        self, store: EventStore
    ) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        await store.append([append(stream, 1, 2)])
        assert await store.append([append(stream, after=1, key=key)]) == [WrongVersion(2)]
        settled = await store.settle(CLINIC, stream, after=2, scope=SCOPE, key=key.key)
        assert settled.remembered is None

    async def test_an_answer_about_nothing_does_not_begin_a_stream(self, store: EventStore) -> None:
        stream = new_stream()
        assert await store.append([append(stream, key=remember(str(uuid4())))]) == [Appended(0)]
        assert await store.append([append(stream, 1)]) == [Appended(1)]

    async def test_in_company_each_has_its_own_outcome(self, store: EventStore) -> None:
        known, taken = remember(str(uuid4())), new_stream()
        await store.append([append(taken, 1, key=known)])
        outcomes = await store.append(
            [
                append(new_stream(), 1, 2),
                append(taken, 1),
                append(new_stream(), 1, key=known),
                append(new_stream(), 1, key=replace(known, key=str(uuid4()))),
                append(new_stream(), 5, after=4),
                append(new_stream(), key=remember(str(uuid4()))),
            ]
        )
        assert outcomes == [
            Appended(2),
            WrongVersion(1),
            AnsweredBefore(known.answer),
            Appended(1),
            WrongVersion(0),
            Appended(0),
        ]

    async def test_two_clinics_may_travel_together_and_never_meet(self, store: EventStore) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        ours, theirs = append(stream, 1, key=key), append(stream, 1, 2, key=key, at=OTHER_CLINIC)
        assert await store.append([theirs, ours]) == [Appended(2), Appended(1)]
        assert await store.read(CLINIC, stream) == ours.events
        assert await store.read(OTHER_CLINIC, stream) == theirs.events
        assert await store.append([append(stream, 2, after=1), theirs]) == [
            Appended(2),
            AnsweredBefore(key.answer),
        ]

    async def test_a_fact_over_256_kib_is_refused_before_it_is_stored(
        self, store: EventStore
    ) -> None:
        stream = new_stream()
        (fact,) = facts(stream, 1)
        huge = replace(fact, data=b'"' + b"x" * 256 * 1024 + b'"')
        with pytest.raises(EventTooLarge):
            await store.append([replace(append(stream), events=[huge])])
        assert await store.read(CLINIC, stream) == []

    async def test_settling_shows_the_answer_and_what_came_after(self, store: EventStore) -> None:
        stream, key = new_stream(), remember(str(uuid4()))
        await store.append([append(stream, 1, 2, key=key)])
        settled = await store.settle(CLINIC, stream, after=1, scope=SCOPE, key=key.key)
        assert settled.remembered == key
        assert [event.version for event in settled.tail] == [2]

    @pytest.mark.parametrize("key", [None, "never used"])
    async def test_settling_without_a_known_key_shows_what_came_after(
        self, store: EventStore, key: str | None
    ) -> None:
        stream = new_stream()
        await store.append([append(stream, 1)])
        settled = await store.settle(CLINIC, stream, after=0, scope=SCOPE, key=key)
        assert settled.remembered is None
        assert len(settled.tail) == 1
