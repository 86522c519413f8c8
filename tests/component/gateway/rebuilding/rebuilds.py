"""What an operator does to read models, and what may happen to it on the way."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from libs.eventstore.recorded import Recorded
from libs.process.showing import Interrupted
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring
from services.gateway.projections import sessions as sessions_model
from services.gateway.projections.everything import BY_NAME
from tests.component.gateway.clinic import Clinic
from tests.component.gateway.telling import Story

READ_MODELS = sorted(BY_NAME.keys() - {"feed"})


def told_the_story(database: Database) -> Clinic:
    """No projector has read it yet."""
    clinic = Clinic(database, database.url_as("broker_app"), "")
    clinic.told(*asyncio.run(Story(MemoryKeyring()).whole()))
    return clinic


def lived_through(database: Database) -> Clinic:
    """The story; the projector has read all of it and stopped."""
    clinic = told_the_story(database)
    with clinic.live():
        clinic.caught_up()
    return clinic


def only(found: Sequence[Any]) -> tuple[int, int]:
    return sum(each.only_live for each in found), sum(each.only_rebuilt for each in found)


def left_behind(clinic: Clinic) -> object:
    return clinic.ask(
        "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = 'gateway_next')"
        " + (SELECT count(*) FROM positions WHERE reader <> 'live')"
        " + (SELECT count(*) FROM applied WHERE reader <> 'live')"
    )


class Stopping:
    """Ends the work after so many batches, as Ctrl-C would."""

    def __init__(self, batches: int) -> None:
        self.left = batches
        self.told: list[tuple[int, int]] = []

    @contextmanager
    def __call__(self, _what: str, *, interrupted: str) -> Iterator[Any]:
        def tell(done: int, total: int) -> None:
            self.told.append((done, total))
            self.left -= 1
            if self.left == 0:
                raise Interrupted(interrupted)

        yield tell


class Stumbling:
    """A projection with a bug: it cannot handle that a session ended."""

    tables = sessions_model.tables

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        if any(one.type.endswith("SessionEnded.v1") for one in events):
            raise KeyError("a bug")
        sessions_model.project(db, events)


def retried(clinic: Clinic) -> None:
    done = clinic.command("projector", "retry")
    assert done.stdout.startswith("1 records will be tried again."), done.stderr
