"""What a document is: read once, checked once, and one operation of it asked for.

Strawberry's own caches let a syntax error out where its streams catch none, and have graphql-core
find a hundred mistakes, each with hints and places, where a client reads the first few.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.limits import KEPT, USUAL, Limits, TooMuch, too_many_values

MOST_ERRORS = 3

_STRAWBERRYS = (MaybeNullValidationRule, OneOfInputValidationRule)


@lru_cache(KEPT)
def _parsed(query: str, **options: Any) -> DocumentNode:
    return parse(query, **options)


@lru_cache(KEPT)
def _errors(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...]
) -> list[GraphQLError]:
    return validate(schema, document, (*rules, *_STRAWBERRYS), max_errors=MOST_ERRORS)


class Documents(SchemaExtension):
    limits = USUAL

    def on_parse(self) -> Iterator[None]:
        """A document that cannot be read is left to strawberry, which knows how to say so."""
        context = self.execution_context
        try:
            context.graphql_document = _parsed(context.query or "", **context.parse_options)
        except GraphQLError:
            context.graphql_document = None
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if too_many_values(context.variables or {}, self.limits.values):
            context.pre_execution_errors = [TooMuch("variables", self.limits.values)]
        elif document is not None:
            context.pre_execution_errors = _errors(
                context.schema._schema,  # noqa: SLF001 - strawberry has no public way
                document,
                tuple(context.validation_rules),
            )
            # Its own `operation_name` makes one up.
            named = context._provided_operation_name  # noqa: SLF001 - as above
            if not (context.pre_execution_errors or named or _is_one(document)):
                context.pre_execution_errors = [BadRequest()]
        yield


def within(limits: Limits) -> type[Documents]:
    return type("DocumentsWithin", (Documents,), {"limits": limits})


def _is_one(document: DocumentNode) -> bool:
    """Strawberry would do the first of several, where nobody has said which."""
    operations = (isinstance(each, OperationDefinitionNode) for each in document.definitions)
    return sum(operations) == 1
