"""Who asks, what they were answered, and all that can be seen of it, for the campaign's checker."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from libs.eventstore.calling import Answer, Call
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import InFlight, NoSuchStream, StaleVersion
from libs.testing.cast import CLINIC, NOW, THERAPIST
from tests.faults.history import Attempt, Outcome
from tests.faults.history import Command as Asked
from tests.faults.observed import Observed
from tests.system.topics import Record
from tests.unit.eventstore.a_world import CHAIN_KEY, TOPIC, Died, Log, Store
from tests.unit.eventstore.practising import Command, Event, GiveHomework, State
from tests.unit.faults.a_store import stored

PracticeDesk = Desk[Command, State, Event]
PracticeCall = Call[Command, State]


class Client:
    """Every request under a key of its own, asked as often as somebody likes."""

    def __init__(self) -> None:
        self.calls: list[PracticeCall] = []
        self.asked: list[Asked] = []
        self._ticks = map(float, count())

    def prepare(
        self, homework: UUID, command: Command, now: datetime, expected: int | None = None
    ) -> int:
        """Returns the number of the request."""
        number = len(self.calls)
        call: PracticeCall = Call(
            tenant_id=CLINIC,
            stream_uuid=homework,
            command=command,
            actor=THERAPIST,
            operation=type(command).__name__,
            happened_at=NOW,
            zone="Europe/London",
            now=now,
            thing_id=homework,
            key=str(uuid5(CLINIC, f"key {number}")),
            fingerprint=str(command).encode(),
            correlation_id=uuid5(CLINIC, f"correlation {number}"),
            causation_id=None,
            traceparent="",
            expected=expected,
            creates=isinstance(command, GiveHomework),
        )
        self.calls.append(call)
        self.asked.append(_asked(call))
        return number

    async def ask(self, number: int, desk: PracticeDesk, now: datetime) -> None:
        began = next(self._ticks)
        attempt = await _attempt(desk, replace(self.calls[number], now=now))
        attempt = replace(attempt, began=began, ended=next(self._ticks))
        before = self.asked[number]
        self.asked[number] = replace(before, attempts=(*before.attempts, attempt))

    @property
    def history(self) -> Sequence[Asked]:
        return [each for each in self.asked if each.attempts]


async def _attempt(desk: PracticeDesk, call: PracticeCall) -> Attempt:
    try:
        answer = await desk.handle(call)
    except Died:
        return _answered("unknown", None)
    except StaleVersion:
        return _answered("refused", 412)
    except NoSuchStream:
        return _answered("refused", 404)
    except (Rejected, InFlight):
        return _answered("refused", 409)
    return _answered("ok", 200 if answer.already_so else 201, answer)


def _answered(outcome: Outcome, status: int | None, answer: Answer | None = None) -> Attempt:
    return Attempt(
        began=0.0,
        ended=0.0,
        outcome=outcome,
        status=status,
        code=None,
        retry_after=False,
        replayed=answer is not None and answer.replayed,
        id=None if answer is None else str(answer.id),
        version=None if answer is None else answer.version,
    )


def _asked(call: PracticeCall) -> Asked:
    return Asked(
        client=0,
        key=call.key or "",
        correlation_id=str(call.correlation_id),
        tenant=str(call.tenant_id),
        service="test",
        operation=call.operation,
        stream=f"homework-{call.stream_uuid}",
        expected=call.expected,
        attempts=(),
    )


def seen(client: Client, store: Store, log: Log) -> Observed:
    """As the campaign sees a real one, without read models, which are looked at by themselves."""
    rows = [stored(each, position) for position, each in enumerate(store.facts, 1)]
    nothing: Any = ()
    return Observed(
        history=client.history,
        stored=rows,
        heads={"test": {each.stream: (each.version, each.chain) for each in rows}},
        waiting={"test": len(store.outbox)},
        records=[
            Record(
                TOPIC,
                number,
                each.offset,
                each.key or b"",
                tuple((name, value or b"") for name, value in each.headers),
                each.value or b"",
            )
            for number, lying in log.partitions.items()
            for each in lying
        ],
        planted=frozenset(),
        models={},
        applied={},
        parked=nothing,
        expected_parked=frozenset(),
        texts=nothing,
        canaries=nothing,
        visible=nothing,
        visible_within=0.0,
        probes=nothing,
        chain_keys={"test": CHAIN_KEY},
    )
