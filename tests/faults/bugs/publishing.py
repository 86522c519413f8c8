"""The relay: from the outbox to Kafka."""

import os
import random
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg

from libs.messaging import outbox
from tests.faults.bugs.bug import bug


def _publishing(**otherwise: Any) -> None:
    """Before the relay is loaded, which takes its contents then."""
    outbox.EVENTS = replace(outbox.EVENTS, **otherwise)


@bug
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


@bug
def acknowledgements_not_awaited() -> None:
    """Handed to the client, and believed sent."""
    from libs.messaging.kafka.publishing import KafkaPublisher  # noqa: PLC0415 - only who has it

    publish = KafkaPublisher.publish

    def published(self: KafkaPublisher, messages: Any) -> None:
        threading.Thread(target=_quietly, args=(publish, self, messages), daemon=True).start()

    KafkaPublisher.publish = published  # type: ignore[method-assign]  # the bug


def _quietly(publish: Any, publisher: Any, messages: Any) -> None:
    with suppress(Exception):  # the bug is that nobody hears of it
        publish(publisher, messages)


@bug
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


@bug
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
        threading.Event().wait(random.random() * 0.5)  # noqa: S311 - as networks may
        publish(self, messages)

    KafkaPublisher.publish = slowly  # type: ignore[method-assign]  # the bug


@bug
def keyed_by_the_event() -> None:
    """Every record to a partition of its own liking."""
    message = outbox.message

    def scattered(topic: str, row: Any) -> Any:
        made = message(topic, row)
        return replace(made, key=str(row[0]).encode())

    _publishing(message=scattered)


@bug
def written_again_by_hand() -> None:
    """The JSON is parsed and written once more on its way, with blanks."""
    import json  # noqa: PLC0415 - the bug's own

    message = outbox.message

    def rewritten(topic: str, row: Any) -> Any:
        made = message(topic, row)
        return replace(made, value=json.dumps(json.loads(made.value)).encode())

    _publishing(message=rewritten)
