"""How much one document may ask for: depth, aliases, directives, size, and what it costs.

The rules are classes made once. Strawberry's own limiters make new classes per request, which no
validation cache can recognise; with these a repeated document is validated once.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import AddValidationRules

PAGE_ARGUMENTS = frozenset({"first", "last"})
LARGEST_PAGE = 100
MOST_NAMES = 200
"""Fields of a fragment that are looked at, to see what is asked for again."""

KEPT = 128
"""Documents: so many different ones are remembered."""

SCHEMA = 20_000
"""What a look at the whole schema costs, and each of its parts that is asked for under an alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`cost` counts fields, each as often as the pages around it may repeat it; `repeats` counts
    what is asked for again beside itself, `values` the names and items in all variables.
    """

    depth: int = 14
    aliases: int = 30
    directives: int = 20
    repeats: int = 30
    tokens: int = 4_000
    cost: int = 50_000
    digits: int = 1_000
    values: int = 2_000
    query_bytes: int = 64 * 1024
    introspection: bool = True


USUAL = Limits()


_NUMBER = re.compile(r"\d{1000,}")
"""Whatever is shorter is no trouble."""


class TooMuch(ValidationAbortedError):  # noqa: N818 - an answer
    """The message names the limit and its size, nothing of the document."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"The document exceeds the limit of {limit} for {what}.",
            extensions={"code": "LIMIT_EXCEEDED", "limit": what},
        )


@dataclass(slots=True)
class _Measured:
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    repeats: int = 0
    cost: int = 0
    digits: int = 0

    def __add__(self, other: "_Measured") -> "_Measured":
        return _Measured(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.repeats + other.repeats,
            self.cost + other.cost,
        )


class _Measuring:
    """Walks operations, and fragments that nobody spreads: they are validated too. A fragment is
    measured once and counted wherever it is spread, so a document of nested spreads costs its
    length to measure, not what it would expand to.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._fields: dict[str, Sequence[Hashable]] = {}
        self._known: dict[str, _Measured] = {}

    def selections(self, chosen: SelectionSetNode | None) -> _Measured:
        """What stands in an inline fragment stands beside what is around it."""
        total, names = _Measured(), list[Hashable]()
        sets = [chosen] if chosen else []
        while sets:
            for node in sets.pop().selections:
                total = total + self._one(node)
                if isinstance(node, InlineFragmentNode):
                    sets.append(node.selection_set)
                else:
                    names.extend(self._names(node))
        return total + _Measured(repeats=len(names) - len(set(names)))

    def _names(self, node: SelectionNode) -> Iterator[Hashable]:
        """What it is called in the answer; of a spread fragment, what each field in it is."""
        if isinstance(node, FieldNode):
            yield (node.alias or node.name).value
        elif isinstance(node, FragmentSpreadNode):
            yield "...", node.name.value
            yield from self._fields_of(node.name.value)

    def _fields_of(self, fragment: str) -> Sequence[Hashable]:
        """And of those that it spreads, wherever the first so many of its nodes lead."""
        if fragment not in self._fields:
            names, spread = list[Hashable](), [fragment]
            for name in spread:  # which grows meanwhile
                found = self._fragments.get(name)
                sets = [found.selection_set] if found else []
                while sets and len(names) + len(spread) <= MOST_NAMES:
                    for node in sets.pop().selections:
                        if isinstance(node, FieldNode):
                            names.append((node.alias or node.name).value)
                        elif isinstance(node, InlineFragmentNode):
                            sets.append(node.selection_set)
                        elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                            spread.append(node.name.value)
            self._fields[fragment] = names
        return self._fields[fragment]

    def _one(self, node: SelectionNode) -> _Measured:
        own = _Measured(directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            return own + self._field(node)
        if isinstance(node, FragmentSpreadNode):
            return own + self._spread(node.name.value)
        return own

    def _field(self, node: FieldNode) -> _Measured:
        inside = self.selections(node.selection_set)
        aliases = inside.aliases + int(node.alias is not None)
        if node.name.value == "__typename":
            return _Measured(aliases=aliases)
        if node.name.value.startswith("__"):
            return _Measured(
                aliases=aliases, repeats=inside.repeats, cost=SCHEMA * (1 + inside.aliases)
            )
        return _Measured(
            depth=1 + inside.depth,
            aliases=aliases,
            directives=inside.directives,
            repeats=inside.repeats,
            cost=1 + inside.cost * _page(node),
        )

    def unspread(self) -> _Measured:
        """Of the fragments that no operation has reached so far."""
        total = _Measured()
        for name in self._fragments.keys() - self._known.keys():
            total = total + self._spread(name)
        return total

    def _spread(self, name: str) -> _Measured:
        if name not in self._known:
            self._known[name] = _Measured()  # a cycle counts nothing; another rule refuses it
            fragment = self._fragments.get(name)
            self._known[name] = self.selections(fragment.selection_set if fragment else None)
        return self._known[name]


@lru_cache(KEPT)
def cost_of(document: DocumentNode) -> int:
    """Of whichever of its operations costs most."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return max(
        (
            _Measuring(fragments).selections(each.selection_set).cost
            for each in document.definitions
            if isinstance(each, OperationDefinitionNode)
        ),
        default=0,
    )


def _page(node: FieldNode) -> int:
    """A page size given as a variable counts as the largest: the document is judged once for all
    the variables that it may come with.
    """
    for argument in node.arguments or ():
        if argument.name.value in PAGE_ARGUMENTS:
            value = argument.value
            return _size(value.value) if isinstance(value, IntValueNode) else LARGEST_PAGE
    return 1


def _digits(document: DocumentNode) -> int:
    """Of the longest number. Python refuses to read one of more than 4,300."""
    text = document.loc.source.body if document.loc else ""
    return max(map(len, _NUMBER.findall(text)), default=0)


def _size(digits: str) -> int:
    """By its length first: Python refuses to read a number of thousands of digits."""
    if digits.startswith("-"):
        return 1
    if len(digits) > len(str(LARGEST_PAGE)):
        return LARGEST_PAGE
    return max(1, min(int(digits), LARGEST_PAGE))


def within(limits: Limits) -> type[ValidationRule]:
    class WithinLimits(ValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            definitions = context.document.definitions
            measuring = _Measuring(
                {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
            )
            measured = _Measured()
            for definition in definitions:
                if isinstance(definition, OperationDefinitionNode):
                    measured = measured + measuring.selections(definition.selection_set)
            measured = measured + measuring.unspread()
            measured.digits = _digits(context.document)
            self._exceeded = list(_exceeded(measured, limits))

        def enter_document(self, *_: object) -> None:
            """Before the rules that look at every pair of fields, which they never get to see."""
            for what, limit in self._exceeded[1:]:
                self.context.report_error(TooMuch(what, limit))
            if self._exceeded:
                raise TooMuch(*self._exceeded[0])

    return WithinLimits


def _exceeded(measured: _Measured, limits: Limits) -> Iterable[tuple[str, int]]:
    for what in ("depth", "aliases", "directives", "repeats", "cost", "digits"):
        if getattr(measured, what) > getattr(limits, what):
            yield what, getattr(limits, what)


def too_many_values(variables: Any, most: int) -> bool:
    """Before anybody looks at what they are: each that does not fit would be looked at for long."""
    left, waiting = most, [variables]
    while waiting:
        value = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value
        left -= len(inner)
        if left < 0:
            return True
        waiting.extend(each for each in inner if isinstance(each, dict | list))
    return False


def limiter(limits: Limits) -> type[AddValidationRules]:
    """One extension class with one fixed tuple of rules: what makes the validation cache hit."""
    rules: list[type[ASTValidationRule]] = [within(limits)]
    if not limits.introspection:
        rules.append(NoSchemaIntrospectionCustomRule)

    class KeepWithin(AddValidationRules):
        def __init__(self) -> None:
            super().__init__(rules)

        def on_operation(self) -> Iterator[None]:
            options: dict[str, Any] = dict(self.execution_context.parse_options)
            options["max_tokens"] = limits.tokens
            self.execution_context.parse_options = options  # type: ignore[assignment]  # a TypedDict of the library
            yield from super().on_operation()

    return KeepWithin
