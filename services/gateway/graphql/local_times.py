"""Wall-clock times in GraphQL: its `DateTime` would promise an offset that these do not have."""

from collections.abc import Mapping
from datetime import datetime

import strawberry
from strawberry.types.scalar import ScalarDefinition

from services.gateway.projections.shapes import LocalDateTime


def _read(said: object) -> datetime:
    moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    if moment is None or moment.tzinfo is not None:
        raise ValueError("a local time has no offset")
    return moment


SCALARS: Mapping[object, ScalarDefinition] = {
    LocalDateTime: strawberry.scalar(
        name="LocalDateTime",
        description="By the wall clock, without an offset: 2026-03-02T11:00:00. The zone stands"
        " beside it.",
        serialize=datetime.isoformat,
        parse_value=_read,
    )
}
"""What strawberry needs to know of them."""
