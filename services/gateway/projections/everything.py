"""All live projections, applied together in one transaction per batch."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Table

from libs.eventstore.projecting import Projection
from services.gateway.projections import (
    assignment,
    caseload,
    consents,
    entries,
    feed,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    staff,
    supervision,
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
    today,
)
"""What can be emptied and filled again from the topics. The timeline is the least work here and the
most for PostgreSQL, which does it while the others are still being read.
"""

LIVE: tuple[ReadModel, ...] = (*READ_MODELS, feed)

BY_NAME: Mapping[str, ReadModel] = {
    model.__name__.rpartition(".")[2]: model
    for model in sorted(LIVE, key=lambda model: model.__name__)
}
"""As operators call them, and in the order in which they look for one."""
