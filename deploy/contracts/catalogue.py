"""Every service's facts with their names, schemas and examples, as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from deploy.contracts.schemas import with_sealed_named
from deploy.contracts.stand_ins import sealed_at
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.wire import Json, Wire
from libs.messaging.envelope import schema_of

WRITERS = ("care", "assignment", "diary", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One kind of fact: `name` is the CloudEvents type, `category` the kind of stream it is in,
    `example` what a consumer would receive.
    """

    service: str
    category: str
    name: str
    summary: str
    schema: Json
    example: Json


def aggregates(service: str) -> Sequence[Aggregate[Any, Any, Any]]:
    """Those of a service's `wire.py`, in the order in which they stand there."""
    module = import_module(f"services.{service}.wire")
    return [each for each in vars(module).values() if isinstance(each, Aggregate)]


def published() -> Iterator[Published]:
    for service in WRITERS:
        for aggregate in aggregates(service):
            yield from _of(service, aggregate.category, aggregate.wire)


def _of(service: str, category: str, wire: Wire[Any]) -> Iterator[Published]:
    examples = {type(fact): fact for fact in import_module(f"services.{service}.examples").FACTS}
    schemas = wire.schemas()
    for kind, name in wire.names.items():
        if kind not in examples:
            raise LookupError(f"services/{service}/examples.py has no example of {kind.__name__}")
        _, data = wire.to_wire(examples[kind])
        yield Published(
            service=service,
            category=category,
            name=name,
            summary=_summary(kind),
            schema={
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": schema_of(name),
                **with_sealed_named(schemas[name]),
            },
            example=sealed_at(data, wire.private(name)),
        )


def _summary(kind: type) -> str:
    written = kind.__doc__ or ""
    return "" if written.startswith(f"{kind.__name__}(") else " ".join(written.split())
