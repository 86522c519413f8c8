"""When this happened elsewhere, request that here.

A service's `reactions.py` is one table from published name to reactions; this makes each of its
wishes a call to a desk, in the transaction that also moves the follower's place.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Any, Generic, TypedDict, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.eventstore.calling import Call
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NoSuchStream, NotKnownYet
from libs.eventstore.gauges import reacted
from libs.eventstore.parking import Place
from libs.eventstore.progress import Stream
from libs.eventstore.reading import read_as
from libs.eventstore.recorded import Recorded, stream_name
from libs.eventstore.taking import Batch, Failure, Fresh
from libs.eventstore.telling import Actor
from libs.eventstore.trouble import code_of, lies_in_the_record
from libs.privacy.sealing import SubjectErased, UnknownSubject
from libs.tracing.correlating import correlated
from libs.tracing.spans import begun

NOT_KNOWN_YET = NotKnownYet.code
_TRIES = 9
_FIRST_PAUSE = timedelta(milliseconds=250)
"""Doubled each time: about a minute in all, then it stays parked until somebody looks."""

log = structlog.get_logger(__name__)

Cause_ = TypeVar("Cause_", bound=BaseModel)


class WishedTwice(Exception):  # noqa: N818 - a reaction is wrong, and its fact is parked
    """A second request to one stream under one key would be taken for a repeat of the first."""


class Telling(TypedDict):
    by: Actor
    happened_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause(Generic[Cause_]):
    """What happened, and what every request that it causes has to carry:
    `FileHomework(**cause.telling, …)`.
    """

    recorded: Recorded
    fact: Cause_
    telling: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`thing_id` is what an answer would name; the stream's id unless given. `opens` makes the
    request readable where it carries text that is sealed under other keys.
    """

    desk: Desk[Any, Any, Any]
    stream_uuid: UUID
    command: Any
    creates: bool = False
    thing_id: UUID | None = None
    opens: Callable[[Any], Awaitable[Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Generic[Cause_]):
    """`name` is part of the idempotency key: never change it, or the same fact acts twice.

    `wishes` reads what this service keeps (its own tables, on `db`) and says what to request:
    nothing, one thing, or one thing of each of several streams. What has to be done `first`,
    elsewhere, may be done again: the wishes are recorded only afterwards.
    """

    name: str
    reads: type[Cause_]
    wishes: Callable[[Cause[Cause_], Connection], Sequence[Wish]]
    first: Callable[[Cause[Cause_]], Awaitable[None]] | None = None


Reactions = Mapping[str, Sequence[Reaction[Any]]]


def together(*tables: Reactions) -> Reactions:
    """What one fact causes may stand in several tables."""
    return {
        name: [reaction for table in tables for reaction in table.get(name, ())]
        for name in dict.fromkeys(chain.from_iterable(tables))
    }


def system_actor(service: str) -> Actor:
    """`system:<service>`: the same id for ever, in every clinic."""
    return Actor(person_id=uuid5(NAMESPACE_URL, f"interlude:system:{service}"), role="system")


class Reacting:
    """The handler of a follower's reactions."""

    def __init__(self, service: str, reactions: Reactions, *, now: Callable[[], datetime]) -> None:
        self._actor = system_actor(service)
        self._reactions = reactions
        self._now = now

    async def __call__(self, db: AsyncConnection, batch: Batch) -> Mapping[Place, Failure]:
        """What could not be done. Errors that pass are let out."""
        failed: dict[Place, Failure] = {}
        stopped: set[Stream] = set()
        for fresh in batch.to_handle:
            if fresh.recorded.known_as not in self._reactions or fresh.stream in stopped:
                continue
            failure = await self._failure(db, fresh, batch.tried.get(fresh.place, 0))
            if failure is not None:
                failed[fresh.place] = failure
                stopped.add(fresh.stream)
        return failed

    async def _failure(self, db: AsyncConnection, fresh: Fresh, tries: int) -> Failure | None:
        with correlated(fresh.recorded.correlation_id, fresh.recorded.traceparent):
            return await self._reacted(db, fresh, tries)

    async def _reacted(self, db: AsyncConnection, fresh: Fresh, tries: int) -> Failure | None:
        try:
            # All that one fact causes happens, or none of it.
            async with db.begin_nested():
                for reaction in self._reactions[fresh.recorded.known_as]:
                    await self._react(db, reaction, fresh.recorded)
        except (NoSuchStream, UnknownSubject, NotKnownYet):
            return _missed(fresh.recorded, self._now(), tries)
        except Exception as error:
            if not lies_in_the_record(error):
                raise
            _say(fresh.recorded, code_of(error))
            return Failure(code_of(error))
        return None

    async def _react(
        self, db: AsyncConnection, reaction: Reaction[Any], recorded: Recorded
    ) -> None:
        cause: Cause[Any] = Cause(
            recorded=recorded,
            fact=read_as(recorded, {recorded.known_as: reaction.reads}),
            telling=Telling(by=self._actor, happened_at=recorded.occurred_at, now=self._now()),
        )
        if reaction.first is not None:
            await reaction.first(cause)
        wishes = await db.run_sync(lambda sync: reaction.wishes(cause, sync))
        if len({_stream(wish) for wish in wishes}) < len(wishes):
            raise WishedTwice
        for wish in wishes:
            with begun(f"react {reaction.name}", "consumer", parent=recorded.traceparent) as span:
                call = self._call(
                    reaction.name,
                    wish,
                    recorded,
                    alone=len(wishes) == 1,
                    traceparent=span.traceparent or recorded.traceparent,
                )
                outcome = await self._request(db, wish, call)
            _settled(reaction.name, outcome, recorded)

    async def _request(self, db: AsyncConnection, wish: Wish, call: Call[Any, Any]) -> str:
        """What became of it, as a code."""
        connection = (await db.get_raw_connection()).driver_connection
        try:
            if wish.opens is not None:
                call = replace(call, command=await wish.opens(call.command))
            async with db.begin_nested():
                answer = await wish.desk.react(call, connection)
        except Rejected as rejection:
            if rejection.code == NOT_KNOWN_YET:
                raise NotKnownYet from rejection
            return rejection.code
        except SubjectErased:
            return "subject-erased"
        return "already-so" if answer.already_so else "done"

    def _call(
        self, name: str, wish: Wish, recorded: Recorded, *, alone: bool, traceparent: str
    ) -> Call[Any, Any]:
        key = f"{recorded.event_id}:{name}" + ("" if alone else f":{_stream(wish)}")
        return Call(
            tenant_id=recorded.tenant_id,
            stream_uuid=wish.stream_uuid,
            command=wish.command,
            actor=self._actor,
            operation=name,
            happened_at=recorded.occurred_at,
            zone=recorded.zone,
            now=self._now(),
            thing_id=wish.thing_id or wish.stream_uuid,
            key=key,
            # The key alone says what is asked: the same fact and reaction never ask otherwise.
            fingerprint=sha256(key.encode()).digest(),
            correlation_id=recorded.correlation_id,
            causation_id=recorded.event_id,
            traceparent=traceparent,
            creates=wish.creates,
        )


def _stream(wish: Wish) -> str:
    return stream_name(wish.desk.aggregate.category, wish.stream_uuid)


def _settled(name: str, outcome: str, recorded: Recorded) -> None:
    reacted(name, outcome)
    log.info("reacted", reaction=name, outcome=outcome, event_id=str(recorded.event_id))


def _missed(recorded: Recorded, now: datetime, tries: int) -> Failure:
    if tries + 1 >= _TRIES:
        _say(recorded, NOT_KNOWN_YET)
        return Failure(NOT_KNOWN_YET)
    return Failure(NOT_KNOWN_YET, now + _FIRST_PAUSE * 2**tries)


def _say(recorded: Recorded, code: str) -> None:
    log.warning(
        "parked",
        event_id=str(recorded.event_id),
        stream_id=recorded.stream_id,
        type=recorded.type,
        code=code,
    )
