"""Places in a patient's feed, opaque to clients."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import UUID

import orjson

_LIVE = "live"


def to_cursor(patient_id: UUID | str, number: int) -> str:
    return urlsafe_b64encode(orjson.dumps([_LIVE, str(patient_id), number])).decode().rstrip("=")


def place_in_feed(cursor: str, patient_id: UUID) -> int | UUID | None:
    """The number, or the fact (of a timeline's cursor) that it names; None for any other cursor."""
    match _decoded(cursor):
        case ["live", str(whose), int(number)] if whose == str(patient_id) and number >= 0:
            return number
        case [str(of), str(), str(event_id)] if of == f"timeline:{patient_id}":
            return _uuid(event_id)
    return None


def _decoded(cursor: str) -> Any:
    try:
        return orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
