"""The named points at which a process can be made to die.

    answering     after the commit of an append, before the answer          (api, follow)
    acknowledged  after Kafka's ack, before the rows leave the outbox        (relay)
    applied       after the rows of a batch, before the transaction commits  (projector, follow)
    noted         after the commit, before Kafka is told of the place        (projector, follow)

The analytics role both reads and publishes, so it has the last three.

And one at which it falls asleep, until somebody wakes it:

    asleep        after Kafka's ack, with the lease in its hands             (relay)
"""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from libs.eventstore import applying, following
from libs.eventstore.postgres import StoreOnConnections
from libs.eventstore.store import Append, Outcome
from libs.messaging import outbox
from libs.messaging.broker import Partition


def put(role: str) -> None:
    """Only around what this role has."""
    _AROUND[role]()


def die_if_armed(point: str) -> None:
    """Once: the trigger goes with the process."""
    _end_if_armed(point, signal.SIGKILL)


def _end_if_armed(point: str, sign: signal.Signals) -> None:
    trigger = Path(os.environ["FAULTS_FOLDER"]) / f"{os.environ['FAULTS_MEMBER']}.{point}.armed"
    if trigger.exists():
        trigger.unlink()
        os.kill(os.getpid(), sign)


def _at_appends() -> None:
    append = StoreOnConnections.append

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await append(self, batch)
        die_if_armed("answering")
        return outcomes

    StoreOnConnections.append = appended  # type: ignore[method-assign] # the point of it


def _at_the_outbox() -> None:
    sent = outbox.sent

    def acknowledged(connection: psycopg.Connection, batch: outbox.Batch) -> None:
        die_if_armed("acknowledged")
        _end_if_armed("asleep", signal.SIGSTOP)
        sent(connection, batch)

    outbox.sent = acknowledged


def _at_reading() -> None:
    _at_appends()
    for module in (applying, following):
        _around_settling(module)
    from libs.messaging.kafka.subscribing import KafkaSubscriber  # noqa: PLC0415 - only who reads

    note = KafkaSubscriber.note

    def noted(self: KafkaSubscriber, positions: Mapping[Partition, int]) -> None:
        die_if_armed("noted")
        note(self, positions)

    KafkaSubscriber.note = noted  # type: ignore[method-assign] # the point of it


def _at_reading_and_publishing() -> None:
    _at_reading()
    _at_the_outbox()


def _around_settling(module: Any) -> None:
    settle = module.settle

    def settled(*arguments: Any) -> Any:
        applied = settle(*arguments)
        die_if_armed("applied")
        return applied

    module.settle = settled


_AROUND = {
    "api": _at_appends,
    "relay": _at_the_outbox,
    "follow": _at_reading,
    "clock": _at_appends,
    "projector": _at_reading,
    "analytics": _at_reading_and_publishing,
}
