"""The schema, put together: types by subject, a mutation for every published command, limits."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import strawberry
import structlog
from graphql import FieldNode, GraphQLError
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from libs.access.principal import Principal
from services.gateway.contracts import Operation, operations
from services.gateway.graphql import documents, local_times, types
from services.gateway.graphql.admission import Admission
from services.gateway.graphql.auditing import Audited
from services.gateway.graphql.commands import mutations
from services.gateway.graphql.context import Freshness, freshness
from services.gateway.graphql.errors import about_the_document, shown
from services.gateway.graphql.inputs import Inputs
from services.gateway.graphql.limits import USUAL, Limits, limiter
from services.gateway.graphql.queries import Query
from services.gateway.graphql.subscriptions import Subscription
from services.gateway.graphql.vocabulary import Enums
from services.gateway.projections import homework_lists, lists

log = structlog.get_logger()


class Schema(strawberry.Schema):
    """Logs a failure by its class and the field that it met, never with the document."""

    commands: Sequence[Operation] = ()
    hints: bool = True

    def open_to(self, principal: Principal) -> Sequence[str]:
        """The names of the mutations that they may send, as far as roles and scopes go."""
        return sorted(each.name for each in self.commands if each.grant.refusal(principal) is None)

    async def execute(  # noqa: PLR0917 - as strawberry has it
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """One answer. A subscription has many: it is refused here, and goes by `stream`."""
        allowed = set(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION}
        return await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed,
            operation_extensions,
        )

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        _ = execution_context
        for error in errors:
            cause = None if about_the_document(error) else error.original_error
            if cause is not None and not isinstance(cause, GraphQLError):
                log.error("field-failed", field=self._field(error), exc_info=cause)

    def _field(self, error: GraphQLError) -> str:
        """By its name in the schema: a path holds aliases, which clients choose."""
        found = next((node for node in error.nodes or () if isinstance(node, FieldNode)), None)
        return found.name.value if found and found.name.value in self.names else ""

    @property
    def names(self) -> frozenset[str]:
        """What a message may quote: names of the schema itself."""
        if not hasattr(self, "_names"):
            self._names = frozenset(_names(self))
        return self._names


def _names(schema: strawberry.Schema) -> Iterator[str]:
    for name, kind in schema._schema.type_map.items():  # noqa: SLF001 - strawberry has no public way
        yield name
        for field, about in getattr(kind, "fields", {}).items():
            yield field
            yield from getattr(about, "args", {})
        yield from getattr(kind, "values", {}) or ()


def _masking(schema: Sequence["Schema"]) -> type[SchemaExtension]:
    class Masked(MaskErrors):
        """Every error leaves as `errors.shown` lets it."""

        def _process_errors(self, errors: list[GraphQLError]) -> list[GraphQLError]:
            return [shown(error, schema[0].names, hints=schema[0].hints) for error in errors]

    return Masked


class Consistency(SchemaExtension):
    """Says whether what the operation asked to see was visible, and whether all could be read."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = Freshness()

    def on_operation(self) -> Iterator[None]:
        freshness.set(self._asked)
        yield

    def get_results(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self._asked.satisfied is not None:
            said["consistency"] = {"satisfied": self._asked.satisfied}
        if self._asked.unreadable:
            said["unreadable"] = {"code": "TEXT_UNREADABLE", "count": self._asked.unreadable}
        return said


def build_schema(contracts: Path, limits: Limits = USUAL) -> Schema:
    """From the folder with the services' OpenAPI documents. Needs no database and no network."""
    enums = Enums(_lists())
    built: list[Schema] = []
    commands = tuple(operations(contracts))
    schema = Schema(
        Query,
        mutations(commands, Inputs(enums)),
        Subscription,
        types=[kind for kind in vars(types).values() if _is_node(kind)],
        extensions=[
            _masking(built),
            Consistency,
            limiter(limits),
            documents.within(limits),
            Admission,
            Audited,
        ],
        config=StrawberryConfig(
            disable_field_suggestions=not limits.introspection, scalar_map=local_times.SCALARS
        ),
    )
    schema.commands = commands
    schema.hints = limits.introspection
    built.append(schema)
    return schema


def _lists() -> Iterator[type[Enum]]:
    for module in (lists, homework_lists):
        for each in vars(module).values():
            if inspect.isclass(each) and issubclass(each, Enum) and each is not StrEnum:
                yield each


def _is_node(each: object) -> bool:
    return inspect.isclass(each) and issubclass(each, types.Node) and each is not types.Node
