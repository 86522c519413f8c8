"""Mistakes that systems like this have really made, to be planted into a process of ours.

A checker that finds none of them would be worth nothing. Each is a few lines around the product's
own functions, in a process under test only; `tests.faults.plants` says where and with which fault
each is looked for.
"""

import asyncio
import os
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import structlog

from libs.eventstore import applying, progress, taking
from libs.eventstore.applying import Applying, Taken
from libs.eventstore.desk import Desk
from libs.eventstore.postgres import StoreOnConnections
from libs.eventstore.store import Append, Appended, Outcome, OutcomeUnknown, StoreUnavailable
from libs.messaging import outbox
from libs.process import admin

PLANTS: dict[str, Callable[[], None]] = {}


def plant(name: str) -> None:
    PLANTS[name]()


def _bug(place: Callable[[], None]) -> Callable[[], None]:
    PLANTS[place.__name__.replace("_", "-")] = place
    return place


def names() -> Sequence[str]:
    return sorted(PLANTS)


# --- The write side. ---


@_bug
def answer_before_commit() -> None:
    """The append is begun, and answered as if it had ended."""
    append = StoreOnConnections.append
    begun: set[asyncio.Task[Any]] = set()

    async def answered(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        async def later() -> None:
            await asyncio.sleep(0.3)
            await append(self, batch)

        task = asyncio.create_task(later())
        begun.add(task)
        task.add_done_callback(begun.discard)
        return [Appended(each.expected + len(each.events)) for each in batch]

    StoreOnConnections.append = answered  # type: ignore[method-assign] # the bug


@_bug
def key_outside_the_transaction() -> None:
    """The facts first; who asked for them is remembered a moment later."""
    append = StoreOnConnections.append

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await append(self, [replace(each, remember=None) for each in batch])
        await asyncio.sleep(0.05)
        keys = [replace(each, events=(), expected=each.expected + len(each.events))
                for each in batch]  # fmt: skip
        for each in keys:
            try:
                await append(self, [each])
            except (OutcomeUnknown, StoreUnavailable):
                continue
        return outcomes

    StoreOnConnections.append = appended  # type: ignore[method-assign] # the bug


@_bug
def no_idempotency() -> None:
    """A key is taken, and nobody looks at it."""
    append = StoreOnConnections.append
    settle = StoreOnConnections.settle

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        return await append(self, [replace(each, remember=None) for each in batch])

    async def settled(self: StoreOnConnections, *place: Any, **named: Any) -> Any:
        return await settle(self, *place, **{**named, "key": None})

    StoreOnConnections.append = appended  # type: ignore[method-assign] # the bug
    StoreOnConnections.settle = settled  # type: ignore[method-assign] # the bug


@_bug
def version_not_checked() -> None:
    """`If-Match` is read, and not compared."""
    draft = Desk._draft

    async def drafted(self: Any, call: Any, place: Any, seen: Any) -> Any:
        return await draft(self, replace(call, expected=None), place, seen)

    Desk._draft = drafted  # type: ignore[method-assign] # the bug


@_bug
def lost_answer_asked_again() -> None:
    """An append whose outcome is unknown is run again, under no key."""
    append = StoreOnConnections.append

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await append(self, batch)
        if random.random() < 0.05:  # noqa: S311 - now and then an answer is lost
            again = [
                replace(
                    each,
                    remember=None,
                    expected=each.expected + len(each.events),
                    events=[
                        replace(event, event_id=uuid4(), version=event.version + len(each.events))
                        for event in each.events
                    ],
                )
                for each in batch
            ]
            await append(self, again)
        return outcomes

    StoreOnConnections.append = appended  # type: ignore[method-assign] # the bug


@_bug
def rejected_from_a_stale_cache() -> None:
    """What memory refuses is refused, whatever the store knows of the key."""

    async def handle(self: Any, call: Any) -> Any:
        place = self._place(call.tenant_id, call.stream_uuid)
        async with self._turns.at(place):
            seen = self._states.get(place)
            if seen is not None:
                self._aggregate.decider.decide(call.command, seen.state)
            if seen is None and not call.creates:
                return await self._on_record(call, place)
            answer = await self._on_memory(call, place, seen or self._nothing)
            return answer or await self._on_record(call, place)

    Desk.handle = handle  # type: ignore[method-assign] # the bug


@_bug
def outage_is_a_crash() -> None:
    """A database that is away becomes an error of ours."""
    from libs.web import problems  # noqa: PLC0415 - only an API has it

    problems._BY_CLASS = {}  # the bug


# --- The relay. ---


def _publishing(**otherwise: Any) -> None:
    """Before the relay is loaded, which takes its contents then."""
    outbox.EVENTS = replace(outbox.EVENTS, **otherwise)


@_bug
def outbox_emptied_before_the_ack() -> None:
    """Taken out first, sent afterwards."""
    read = outbox.read

    def taken(connection: psycopg.Connection, topic: str, **wanted: Any) -> outbox.Batch:
        batch = read(connection, topic, **wanted)
        if batch.positions:
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
                other.execute(
                    "DELETE FROM outbox WHERE position = ANY(%s::bigint[])", [batch.positions]
                )
        return batch

    outbox.read = taken
    outbox.sent = lambda *_: _die_if_armed()


def _die_if_armed() -> None:
    from tests.faults.points import die_if_armed  # noqa: PLC0415 - it was put before

    die_if_armed("acknowledged")


@_bug
def acknowledgements_not_awaited() -> None:
    """Handed to the client, and believed sent."""
    from libs.messaging.kafka.publishing import KafkaPublisher  # noqa: PLC0415 - only who has it

    publish = KafkaPublisher.publish

    def published(self: KafkaPublisher, messages: Any) -> None:
        threading.Thread(target=_quietly, args=(publish, self, messages), daemon=True).start()

    KafkaPublisher.publish = published  # type: ignore[method-assign] # the bug


def _quietly(publish: Any, publisher: Any, messages: Any) -> None:
    with suppress(Exception):  # the bug is that nobody hears of it
        publish(publisher, messages)


@_bug
def read_by_cursor() -> None:
    """Everything after the last position that was seen, as if positions came in order; a relay that
    starts takes what is there for sent.
    """
    by_cursor = outbox.EVENTS.read.replace(
        "position <> ALL(%(in_flight)s::bigint[])",
        "position > %(last)s AND position <> ALL(%(in_flight)s::bigint[])",
    )
    last: list[int] = []

    def after(
        connection: psycopg.Connection,
        topic: str,
        *,
        most: int,
        in_flight: Sequence[int] = (),
        contents: outbox.Contents | None = None,
    ) -> outbox.Batch:
        if not last:
            row = connection.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
            last.append(row[0] if row else 0)
        of = contents or outbox.EVENTS
        wanted = {"in_flight": list(in_flight), "most": most, "bytes": outbox.MOST_BYTES}
        with connection.cursor(binary=True) as cursor:
            rows = cursor.execute(by_cursor.encode(), {**wanted, "last": last[0]}).fetchall()
        last[0] = rows[-1][0] if rows else last[0]
        return outbox.Batch([row[0] for row in rows], [of.message(topic, row[1:]) for row in rows])

    outbox.read = after


@_bug
def relays_share_the_work() -> None:
    """No lease: each relay takes the rows that the other has not locked, and whose rows are gone
    already does not wonder.
    """

    def everybody(connection: psycopg.Connection) -> bool:
        return not connection.closed

    def gone(connection: psycopg.Connection, batch: outbox.Batch) -> None:
        connection.execute(
            "DELETE FROM outbox WHERE position = ANY(%s::bigint[])", [batch.positions]
        )

    outbox.leased = everybody
    outbox.sent = gone
    # From rows that are in order already: before a sort, every row would be locked.
    _publishing(
        read=outbox.EVENTS.read.replace(
            "SELECT position FROM outbox WHERE",
            "SELECT position FROM (SELECT position FROM outbox ORDER BY position OFFSET 0) AS rows"
            " WHERE pg_try_advisory_xact_lock(position) AND",
        ).replace("ORDER BY position LIMIT %(most)s", "LIMIT 20", 1)
    )
    from libs.messaging.kafka.publishing import KafkaPublisher  # noqa: PLC0415 - only who has it

    publish = KafkaPublisher.publish

    def slowly(self: KafkaPublisher, messages: Any) -> None:
        threading.Event().wait(random.random() * 0.1)  # noqa: S311 - as networks do
        publish(self, messages)

    KafkaPublisher.publish = slowly  # type: ignore[method-assign] # the bug


@_bug
def keyed_by_the_event() -> None:
    """Every record to a partition of its own liking."""
    message = outbox.message

    def scattered(topic: str, row: Any) -> Any:
        made = message(topic, row)
        return replace(made, key=str(row[0]).encode())

    _publishing(message=scattered)


@_bug
def written_again_by_hand() -> None:
    """The JSON is parsed and written once more on its way, with blanks."""
    import json  # noqa: PLC0415 - the bug's own

    message = outbox.message

    def rewritten(topic: str, row: Any) -> Any:
        made = message(topic, row)
        return replace(made, value=json.dumps(json.loads(made.value)).encode())

    _publishing(message=rewritten)


# --- The readers. ---


@_bug
def place_kept_before_applying() -> None:
    """The position is committed by itself, and the rows after it."""
    advance = progress.advance

    def by_itself(db: Any, reader: str, moves: Any) -> None:
        advance(db, reader, moves)
        db.commit()

    def at_once(self: Applying, places: Any, deliveries: Any) -> Taken:
        with self.engine.connect() as db:
            batch = taking.take(db, self.reader, places, deliveries)
            self._project(db, [one.recorded for one in batch.to_handle])
            applied = vars(applying)["settle"](db, batch, {}, self.now())  # with its point
            db.commit()
        return Taken(applied, trouble=bool(batch.parked))

    progress.advance = by_itself
    Applying._at_once = at_once  # type: ignore[method-assign] # the bug


@_bug
def nothing_is_a_repeat() -> None:
    """Every record that comes is taken for new."""

    def sift(self: Any, place: Any, recorded: Any) -> None:
        stream = recorded.tenant_id, recorded.stream_id
        head = self.heads.get(stream, progress.Head())
        self.heads[stream] = progress.Head(max(head.version, recorded.version), recorded.chain)
        self.fresh.append(taking.Fresh(place, recorded))

    taking.Batch.sift = sift  # type: ignore[method-assign] # the bug
    progress._APPLY = type(progress._APPLY)(
        progress._APPLY.text.replace("WHERE a.version < EXCLUDED.version", "")
    )


@_bug
def poison_skipped() -> None:
    """What cannot be handled is passed by."""
    project = Applying._project

    def passing(self: Any, db: Any, events: Any) -> None:
        good = [each for each in events if ".Obstacle" not in each.type]
        project(self, db, good)

    Applying._project = passing  # type: ignore[method-assign] # the bug


@_bug
def strangers_believed() -> None:
    """The chain is not looked at."""
    vars(taking)["fits"] = lambda *_: True


@_bug
def reaction_forgotten() -> None:
    """The place moves on; now and then what the fact should cause does not happen."""
    from libs.eventstore.reacting import Reacting  # noqa: PLC0415 - only who reacts

    react = Reacting._react

    async def now_and_then(self: Any, db: Any, reaction: Any, recorded: Any) -> None:
        if random.random() < 0.5:  # noqa: S311 - half of the time
            await react(self, db, reaction, recorded)

    Reacting._react = now_and_then  # type: ignore[method-assign] # the bug


# --- What is said. ---


@_bug
def says_what_was_written() -> None:
    """The request's text in the log, to be helpful."""
    from libs.web.performing import CommandOperation  # noqa: PLC0415 - only an API has it

    perform = CommandOperation.perform

    async def telling(self: Any, asked: Any) -> Any:
        structlog.get_logger("helpful").info("asked", body=str(asked.body))
        return await perform(self, asked)

    CommandOperation.perform = telling  # type: ignore[method-assign] # the bug


@_bug
def always_ready() -> None:
    """Readiness is a constant."""

    def failing(self: admin.Readiness) -> list[str]:
        return ["stopping"] if self.stopping else []

    admin.Readiness.failing = failing  # type: ignore[method-assign] # the bug
