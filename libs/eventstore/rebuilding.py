"""A read model made anew beside the live one, compared with it, and put in its place.

The rebuild is a reader of its own (`rebuild:goals`): it fills twins of the live tables from the
topics' beginning, through the very same `project`, and never runs ahead of the live reader. At the
end it holds the live reader still, at the first statement of its next transaction, for as long as
it takes to apply the last few records. Then both stand at the same places and have applied the
same versions, so their rows must be the same.

Whatever ends it on the way, it goes on from where it was; until the commit of the switch nothing
that anybody reads has changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from libs.eventstore import abreast, parking, progress, twins
from libs.eventstore.abreast import Stand
from libs.eventstore.applying import Applying, Projection, ahead
from libs.eventstore.comparing import Difference, Views, differences
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Forgotten, Reader, nobody
from libs.eventstore.twins import Schemas
from libs.messaging.broker import Broker, Delivery, Partition, Reading

BATCH = 1000
NEAR = 2000
"""Records behind the live reader; so few are applied while it is held still."""
_PATIENCE = "2s"
"""How long we wait for the live tables: whoever wants to read them waits behind us."""
GONE_WITHIN = "5s"
"""So long somebody's connection may have been gone, and its lock still be there."""
_TRIES = 5
_LOCK_TAKEN = "55P03"

Progress = Callable[[int, int], None]
"""Records read, and records there are. May raise, to stop."""
Result = TypeVar("Result")


class CannotRebuild(Exception):  # noqa: N818 - the operator is told what to do first
    """Says what is in the way, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`views`: see `comparing`."""

    name: str
    tables: Sequence[str]
    projection: Projection
    views: Views = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _IntoTwins:
    model: Model
    schema: str

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        """The names are looked up in the twins' schema first, and would be found in the live one
        if a twin were gone.
        """
        for table in self.model.tables:
            db.exec_driver_sql(f'LOCK TABLE "{self.schema}"."{table}" IN ROW EXCLUSIVE MODE')
        self.model.projection.project(db, events)


@contextmanager
def alone(db: Connection, name: str) -> Iterator[None]:
    """Nobody else rebuilds or verifies this read model meanwhile; `db` is the owner's. Who was
    killed holds the lock until the server notices, which it does between two statements.
    """
    try:
        with db.begin():
            db.execute(text(f"SET LOCAL lock_timeout = '{GONE_WITHIN}'"))
            key = {"key": f"rebuild:{name}"}
            db.execute(text("SELECT pg_advisory_lock(hashtextextended(:key, 0))"), key)
    except OperationalError as error:
        if not _is_taken(error):
            raise
        raise CannotRebuild(f"{name} is being rebuilt or verified already.") from None
    yield


class Rebuilding:
    """`owner` is a connection of the tables' owner, `writer` an engine (psycopg's) of the role that
    writes the rows, which looks for tables in the twins' schema first. `live` names the reader that
    keeps the live tables, whom it has `forgotten` (see `Reader`) is left out here as well, and
    `mark` names the code that fills the new ones.
    """

    def __init__(
        self,
        model: Model,
        *,
        owner: Connection,
        writer: Engine,
        schemas: Schemas,
        broker: Broker,
        chain_keys: Mapping[str, bytes],
        live: str,
        forgotten: Forgotten = nobody,
        spared: frozenset[str] = frozenset(),
        mark: str,
        now: Callable[[], datetime],
    ) -> None:
        self._model = model
        self._owner = owner
        self._writer = writer
        self._schemas = schemas
        self._broker = broker
        self._live = live
        self._mark = mark
        self._now = now
        self._reader = Reader(
            name=f"rebuild:{model.name}",
            chain_keys=chain_keys,
            forgotten=forgotten,
            spared=spared,
        )
        self._applying = Applying(writer, self._reader, [_IntoTwins(model, schemas.next)], now)
        self._topic_ids: Mapping[Partition, str] = {}
        self._places: dict[Partition, int] = {}
        self._reading: Reading = broker.reading({})

    def begin(self, *, to_switch: bool = False) -> None:
        """Goes on with what is there, unless other code or another schema began it."""
        name, tables, schemas = self._model.name, self._model.tables, self._schemas
        self._must_be_reachable()
        with self._owner.begin():
            if not twins.prepared(self._owner, schemas):
                raise CannotRebuild(
                    f"The schemas {schemas.next} and {schemas.old} are missing: a superuser runs "
                    "roles.sql once more."
                )
            if to_switch and twins.kept(self._owner, tables, schemas.old):
                raise CannotRebuild(
                    f"The old tables of {name} are still kept: "
                    f"`projector rebuild {name} --drop` first."
                )
            begun = twins.marked(self._owner, tables, schemas, self._mark)
            if not (begun and twins.alike(self._owner, tables, schemas)):
                twins.make(self._owner, tables, schemas, self._mark)
                self._forget()

    @property
    def records(self) -> int:
        """Read so far."""
        return sum(self._places.values())

    def catch_up(self, progress: Progress) -> None:
        """Until what is left can be applied while the live reader is held still."""
        while True:
            self._go_to(self._live_places(), progress)
            live = sum(place.next for place in self._live_places().values())
            if live - self.records < NEAR:
                return

    def compared(self) -> Sequence[Difference]:
        """In a snapshot of a moment at which both had read the same; the live reader goes on while
        it is looked at.
        """
        with self._writer.connect() as connection:
            db = connection.execution_options(isolation_level="REPEATABLE READ")

            def at_one_place() -> None:
                with self._together():
                    db.execute(text("SELECT FROM positions LIMIT 1"))

            self._patiently(at_one_place)
            model, schemas = self._model, self._schemas
            return differences(db, model.tables, schemas.live, schemas.next, model.views)

    def switch(self) -> None:
        """The new tables are the live ones, in one transaction; the old ones are kept."""
        for table in self._model.tables:
            # Or PostgreSQL would plan queries on the new tables as if they were empty.
            with self._owner.begin():
                self._owner.exec_driver_sql(f'ANALYZE "{self._schemas.next}"."{table}"')

        def exchange() -> None:
            with self._together():
                twins.exchange(self._owner, self._model.tables, self._schemas)
                self._forget()

        self._patiently(exchange)

    def abandon(self) -> None:
        """Nothing of it is left."""
        with self._owner.begin():
            twins.drop(self._owner, self._model.tables, self._schemas.next)
            self._forget()

    def close(self) -> None:
        self._reading.close()

    def _must_be_reachable(self) -> None:
        """Both of whom it takes, before anything is made."""
        self._broker.ends(list(self._reader.chain_keys))
        self._writer.connect().close()

    @contextmanager
    def _together(self) -> Iterator[None]:
        """While inside, the live reader stands still, and we have read as far as it has."""
        with self._owner.begin():
            self._owner.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
            self._go_to(
                abreast.places(self._owner, self._live, held=True), lambda _done, _total: None
            )
            self._must_agree()
            yield

    def _live_places(self) -> Mapping[Partition, Stand]:
        with self._owner.begin():
            return abreast.places(self._owner, self._live)

    def _go_to(self, live: Mapping[Partition, Stand], progress: Progress) -> None:
        self._stand({at: place.topic_id for at, place in live.items()})
        ends = {at: place.next for at, place in live.items()}
        for deliveries in ahead(self._reading.until(ends, most=BATCH)):
            self._apply(deliveries)
            progress(self.records, sum(ends.values()))
        self._read_again()

    def _stand(self, topic_ids: Mapping[Partition, str]) -> None:
        if topic_ids == self._topic_ids:
            return
        with self._writer.begin() as db:
            self._places = dict(progress.stand(db, self._reader.name, topic_ids))
        self._reading.close()
        self._reading = self._broker.reading(self._places)
        self._topic_ids = topic_ids

    def _apply(self, deliveries: Sequence[Delivery]) -> None:
        self._applying.apply(self._places, deliveries)
        for one in deliveries:
            self._places[one.partition] = max(self._places[one.partition], one.offset + 1)

    def _read_again(self) -> None:
        """What was parked because something before it was missing, and that has come."""
        while due := self._due():
            first = {at: min(offset for on, offset in due if on == at) for at, _ in due}
            last = {at: max(offset for on, offset in due if on == at) for at, _ in due}
            reading = self._broker.reading(first)
            try:
                for deliveries in reading.until({at: offset + 1 for at, offset in last.items()}):
                    self._apply(deliveries)
            finally:
                reading.close()

    def _due(self) -> Sequence[parking.Place]:
        with self._writer.begin() as db:
            return list(parking.claim(db, self._reader.name, list(self._places), self._now()))

    def _must_agree(self) -> None:
        name, ours = self._model.name, self._reader.name
        if not twins.alike(self._owner, self._model.tables, self._schemas):
            raise CannotRebuild(f"The tables of {name} were migrated meanwhile: run it again.")
        if parked := abreast.parked_streams(self._owner, self._live):
            raise CannotRebuild(
                f"{parked} streams are parked in the live read models: `projector retry` first, "
                "and `projector dismiss` what a stranger wrote."
            )
        if parked := abreast.parked_streams(self._owner, ours):
            raise CannotRebuild(f"{parked} streams could not be applied again: see the log.")
        apart = abreast.apart(self._owner, self._live, ours)
        if apart or abreast.places(self._owner, self._live) != abreast.places(self._owner, ours):
            raise CannotRebuild(
                f"The topics do not lead to where {name} is, in {apart} streams: `republish` the "
                "services' topics, or try again."
            )

    def _forget(self) -> None:
        for table in ("positions", "applied", "parked"):
            self._owner.execute(
                text(f"DELETE FROM {table} WHERE reader = :reader"),  # noqa: S608 - our own names
                {"reader": self._reader.name},
            )

    def _patiently(self, attempt: Callable[[], Result]) -> Result:
        for _ in range(_TRIES):
            with suppress(_Busy):
                return _unless_busy(attempt)
        raise CannotRebuild(f"The tables of {self._model.name} are in use all the time: try again.")


class _Busy(Exception):  # noqa: N818 - we let those pass who wait behind us, and try again
    """Somebody holds what we need."""


def _unless_busy(attempt: Callable[[], Result]) -> Result:
    try:
        return attempt()
    except OperationalError as error:
        if _is_taken(error):
            raise _Busy from error
        raise


def _is_taken(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _LOCK_TAKEN
