"""What a service offers over HTTP, read from its own app, which needs no database to say so."""

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, cast

from fastapi import FastAPI

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.desk import Desk
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.wire import Json
from libs.process.admin import Readiness
from libs.process.parts import Parts
from libs.testing.identifiers import MemoryIdentifiers
from libs.testing.sealer import ReadableSealer
from libs.testing.web import Ids, Names, edge
from libs.web.hosting import Hosted
from libs.web.service import Manners


@dataclass(frozen=True, slots=True)
class _OnPaper:
    """Parts that are named while an app is put together, and never used."""

    pool: None = None
    keyring: None = None
    monotonic: None = None

    def identifiers(self) -> MemoryIdentifiers:
        return MemoryIdentifiers()

    def desk(self, aggregate: Aggregate[Any, Any, Any]) -> Desk[Any, Any, Any]:
        return Desk(aggregate, InMemoryEventStore(), ReadableSealer(), chain_key=b"", new_id=Ids())


def document(service: str) -> Json:
    described: Json = on_paper(service).openapi()
    return described


def on_paper(service: str, names: Names | None = None) -> FastAPI:
    """The app of a service that knows of nobody but those who call it."""
    app: FastAPI = import_module(f"services.{service}.app").create_app(
        Hosted(
            parts=cast("Parts", _OnPaper()),
            edge=replace(edge(names=names), service=service),
            readiness=Readiness({}),
            manners=Manners(),
        )
    )
    return app
