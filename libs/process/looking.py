"""What an operator asks of readers: how far they are, and to try again what they parked.

NothingParked
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, make_url

from libs.eventstore import parking
from libs.eventstore.standing import Standing, standing
from libs.messaging.connect import connect
from libs.process.parts import utc_now
from libs.process.settings import Broker, Database


class Looking(Database, Broker):
    """Any role that may read the positions will do."""


class NothingParked(Exception):  # noqa: N818 - the operator named a stream that is not parked
    """Says so."""


@contextmanager
def asked(settings: Database) -> Iterator[Connection]:
    """One transaction, for one question."""
    url = make_url(settings.database_url.get_secret_value())
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as db:
        yield db


def standings(
    db: Connection, settings: Looking, readers: Sequence[str], topics: Sequence[str]
) -> Sequence[Standing]:
    with closing(connect(settings.broker_url.get_secret_value())) as broker:
        return [standing(db, broker, reader, topics, utc_now()) for reader in readers]


def looked_at(
    settings: Looking, readers: Sequence[str], topics: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    with asked(settings) as db:
        return [asdict(each) for each in standings(db, settings, readers, topics)]


def retried(settings: Database, readers: Sequence[str], stream: str | None) -> int:
    """How many parked records the running readers will try again. Raises `NothingParked` if that
    is not one of the stream that was named.
    """
    with asked(settings) as db:
        count = sum(parking.wish(db, reader, utc_now(), stream_id=stream) for reader in readers)
    if stream and not count:
        raise NothingParked("Nothing is parked of the stream that --stream names.")
    return count


def tell(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """To standard output: a table (nothing of nothing), or one JSON list."""
    if as_json:
        sys.stdout.write(f"{json.dumps(rows)}\n")
        return
    if not rows:
        return
    names = [name.replace("_", " ") for name in rows[0]]
    cells = [names, *([_readable(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write(f"{'  '.join(padded)}\n")


def _readable(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else ""
        case float():
            return f"{value:,.1f}"
        case int():
            return f"{value:,}"
        case None:
            return "?"
        case _:
            return str(value)
