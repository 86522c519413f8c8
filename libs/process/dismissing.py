"""What an operator does about parked records: list them, and dismiss what a stranger wrote."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from libs.eventstore import dismissing
from libs.eventstore.dismissing import Lying
from libs.eventstore.parking import Place
from libs.messaging.broker import Partition
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process.looking import Looking, asked
from libs.process.parts import utc_now
from libs.process.settings import Checking, Database
from libs.process.showing import shown

_STOPPED = "Stopped, as asked: nothing was dismissed."


class Judging(Looking, Checking):
    """With the keys of the chains, which alone tell whether a service of ours wrote a record."""


def parked(settings: Database) -> Sequence[Mapping[str, Any]]:
    """Of all readers of this service: where it lies and why, never what it says."""
    with asked(settings) as db:
        return [_told(one) for one in dismissing.lying(db)]


def dismissed(settings: Judging, services: Sequence[str], named: str) -> None:
    """`named` is a place as `parked` lists it. Raises `CannotDismiss`."""
    place = _read(named)
    keys = {
        topic_of(each, settings.topic_prefix): settings.key(f"chain:{each}") for each in services
    }
    with asked(settings) as db:
        found = dismissing.lying(db, place)
    with (
        closing(connect(settings.broker_url.get_secret_value())) as broker,
        shown(f"{place[0].topic}: who wrote it", interrupted=_STOPPED) as told,
    ):
        dismissing.must_be_a_strangers(found, place, broker, keys, told)
    with asked(settings) as db:
        dismissing.dismiss(db, found, place, utc_now())


def _read(named: str) -> Place:
    topic, number, offset = named.split("/")
    return Partition(topic, int(number)), int(offset)


def _told(one: Lying) -> Mapping[str, Any]:
    return {
        "reader": one.reader,
        "place": dismissing.written(one.place),
        "code": one.code,
        "stream": one.stream and one.stream[1],
        "version": one.version,
        "tries": one.tries,
        "since": one.since.isoformat(timespec="seconds"),
    }
