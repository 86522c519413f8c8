"""All live projections, applied together in one transaction per batch."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from libs.eventstore.recorded import Recorded
from services.gateway.projections import (
    assignment,
    caseload,
    entries,
    feed,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    timeline,
    today,
)


class Projection(Protocol):
    """A module: its tables, and how facts change them."""

    @property
    def TABLES(self) -> Sequence[Table[Any]]: ...  # noqa: N802 - a module's constant

    def project(self, db: Connection, events: Sequence[Recorded]) -> None: ...


READ_MODELS: dict[str, Projection] = {
    "assignment": assignment,
    "caseload": caseload,
    "entries": entries,
    "goals": goals,
    "notebook": notebook,
    "people": people,
    "progress": progress,
    "review": review,
    "sessions": sessions,
    "timeline": timeline,
    "today": today,
}
"""What can be emptied and filled again from the topics, by name."""

LIVE: tuple[Projection, ...] = (*READ_MODELS.values(), feed)
