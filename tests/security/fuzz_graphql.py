"""Documents made from our own GraphQL schema, and the same with something changed in them, and what
must hold of every answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from hypothesis_graphql import from_schema, nodes

from tests.security.fuzz_rest import OPENAPI, SEED, SOON
from tests.security.hostile_graphql import CANARY

SCALARS = {
    "Date": "2026-03-02",
    "DateTime": "2026-03-02T09:00:00Z",
    "JSON": "{}",
    "LocalDateTime": "2026-03-02T09:00:00",
    "LocalTime": "09:00:00",
    "Time": "09:00:00",
    "UUID": "00000000-0000-7000-8000-000000000000",
}
_ANY_ID = re.compile(r'\b([a-zA-Z]*[iI]d): (?:"(?:[^"\\]|\\.)*"|-?\d+)')

_WORDS = (
    CANARY, "{", "}", "(", ")", "[", "]", "...", "@skip(if: true)", "@canary", "$canary", '"""',
    '"canary"', "\u0000", "\U0001f600", "\u202e", "\ufeff", "...canary", "canary: me { roles }",
    "fragment canary on Query { me { roles } }", "__typename", "__schema { types { name } }",
    "null", "-0", "1e400", "99999999999999999999", "mutation", "subscription", "query canary", "#",
    ",", "\n" * 99,
)  # fmt: skip

Edit = Callable[[str], str]


@some.composite
def edits(draw: some.DrawFn) -> Edit:
    """One change somewhere: something put in, taken out, or said twice."""
    where, length = draw(some.floats(0, 1)), draw(some.integers(0, 40))
    word = draw(some.none() | some.sampled_from(_WORDS))
    again = draw(some.booleans())

    def edited(document: str) -> str:
        at = int(where * len(document))
        cut = document[at : at + length]
        if word is not None:
            return f"{document[:at]} {word} {document[at:]}"
        return document[:at] + (cut * 2 if again else "") + document[at + length :]

    return edited


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """`known` are ids of what there is, put in the place of those that a generator makes up."""

    url: str
    tokens: Mapping[str, str]
    known: Sequence[str] = ()

    def asks(self, role: str, document: str, variables: Mapping[str, Any], which: int) -> None:
        if self.known:
            known = self.known[which % len(self.known)]
            document = _ANY_ID.sub(rf'\1: "{known}"', document)
        answer = httpx.post(
            f"{self.url}/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self.tokens[role]}"},
            timeout=SOON,
        )
        _must_be_an_answer(answer)


def _must_be_an_answer(answer: httpx.Response) -> None:
    assert answer.status_code in {200, 400, 413}, answer.status_code
    assert answer.headers["content-type"].startswith("application/json")
    content = answer.json()
    assert content.keys() <= {"data", "errors", "extensions"}
    codes = [error["extensions"]["code"] for error in content.get("errors", ())]
    assert "INTERNAL" not in codes, content
    assert CANARY not in answer.text
    assert answer.elapsed < timedelta(seconds=SOON)


def fuzz(asker: Asker, *, examples: int, most_edits: int) -> None:
    print(f"FUZZ_SEED={SEED}")  # noqa: T201 - for whoever wants to see it again
    schema = (OPENAPI / "gateway.graphql").read_text()
    scalars = {name: some.just(nodes.String(value)) for name, value in SCALARS.items()}

    @seed(SEED)
    @settings(
        max_examples=examples,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        document=from_schema(schema, custom_scalars=scalars),
        changes=some.lists(edits(), min_size=min(1, most_edits), max_size=most_edits),
        role=some.sampled_from(sorted(asker.tokens)),
        variables=some.just({}) | some.dictionaries(some.just(CANARY), _VALUES),
        which=some.integers(0, 99),
    )
    def answered(
        document: str, changes: list[Edit], role: str, variables: dict[str, Any], which: int
    ) -> None:
        for change in changes:
            document = change(document)
        asker.asks(role, document, variables, which)

    answered()


_VALUES = some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.just([CANARY])
