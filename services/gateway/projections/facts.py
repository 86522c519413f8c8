"""Reading facts tolerantly: by their published names, only the fields that are declared."""

from collections.abc import Iterable, Iterator, Mapping

from libs.eventstore.reading import reading
from libs.eventstore.recorded import Recorded
from services.gateway.projections.shapes import Shape

Reads = Mapping[str, type[Shape]]


def facts_of(events: Iterable[Recorded], reads: Reads) -> Iterator[tuple[Recorded, Shape]]:
    """Those of the events that this read model knows. Raises ValueError when one does not fit."""
    for recorded in events:
        shape = reads.get(recorded.known_as)
        if shape is not None:
            yield recorded, reading(recorded, shape)
