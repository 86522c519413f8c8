"""All live projections, applied together in one transaction per batch."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from libs.eventstore.projecting import Projection
from libs.eventstore.recorded import Recorded
from services.gateway.projections import (
    assignment,
    caseload,
    consents,
    entries,
    erased,
    feed,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    staff,
    supervision,
    templates,
    timeline,
    today,
)


class ReadModel(Projection, Protocol):
    """A module: its tables, and how facts change them."""

    __name__: str

    @property
    def tables(self) -> Sequence[Table[Any]]: ...


READ_MODELS: tuple[ReadModel, ...] = (
    timeline,
    assignment,
    caseload,
    consents,
    entries,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    staff,
    supervision,
    templates,
    today,
)
"""What can be emptied and filled again from the topics. The timeline is the least work here and the
most for PostgreSQL, which does it while the others are still being read.
"""

LIVE: tuple[ReadModel, ...] = (*READ_MODELS, feed, erased)
"""`erased` is last: it removes what the others have just written, too."""

BY_NAME: Mapping[str, ReadModel] = {
    model.__name__.rpartition(".")[2]: model
    for model in sorted((*READ_MODELS, feed), key=lambda model: model.__name__)
}
"""As operators call them, and in the order in which they look for one."""


class MadeAnew:
    """A read model by itself, with none of those who were erased."""

    def __init__(self, model: ReadModel) -> None:
        self._model = model

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        self._model.project(db, events)
        erased.without_them(db, events, [table.name for table in self._model.tables])
