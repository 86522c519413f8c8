"""What is said about an assignment or in a review, kept piece by piece as it was said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from libs.eventstore.reading import reading
from libs.eventstore.recorded import Recorded
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`id` is what tells the parts of a kind apart: told again, one takes the place of the earlier.
    Without an id every fact is a part of its own. `each` names a list of parts in the fact.
    """

    kind: str
    shape: type[Shape]
    id: str | None = None
    each: str | None = None


Parts = Mapping[str, Part]


def keep(rows: Rows, events: Iterable[Recorded], parts: Parts) -> None:
    for recorded in events:
        part = parts.get(recorded.known_as)
        if part is not None:
            _keep(rows, recorded, part, reading(recorded, part.shape))


def _keep(rows: Rows, recorded: Recorded, part: Part, told: Shape) -> None:
    for place, one in enumerate(_pieces(part, told)):
        rows.set(
            recorded.tenant_id,
            recorded.stream_uuid,
            part.kind,
            _part_id(recorded, place) if part.id is None else getattr(one, part.id),
            version=recorded.version,
            place=place,
            told_at=recorded.occurred_at,
            by_role="patient" if recorded.on_behalf_of else recorded.actor_role,
            data=kept(one),
        )


def _part_id(recorded: Recorded, place: int) -> UUID:
    """The fact's own; further pieces of it have ids that follow from it."""
    return uuid5(recorded.event_id, str(place)) if place else recorded.event_id


def _pieces(part: Part, told: Shape) -> Iterator[Shape]:
    if part.each is None:
        yield told
    else:
        yield from getattr(told, part.each)
