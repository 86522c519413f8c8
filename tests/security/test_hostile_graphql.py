"""Documents that ask for too much, measured: each is refused, cheaply, in few words, and without
one of its own; as the gateway has it in production.
"""

import pytest

from tests.security.hostile_floods import (
    ABOUT_THE_SCHEMA,
    FLOODS,
    MISSPELT,
    NEARLY,
    VARIABLES,
)
from tests.security.hostile_graphql import (
    CANARY,
    CIRCLES,
    TOO_BROAD,
    TOO_DEEP,
    Document,
    hostile,
)
from tests.security.production import ENOUGH, Costly, Production

pytestmark = [pytest.mark.security("hostile GraphQL"), pytest.mark.postgres]

LONGEST = 100_000
"""Bytes of one answer."""


async def refused(production: Production, document: Document) -> Costly:
    tried = await production.costs(document.query, document.variables)
    assert tried.answer.status_code in {200, 400, 413}
    assert tried.content.get("data") is None
    assert tried.codes
    assert "INTERNAL" not in tried.codes
    assert production.services.seen == []
    assert CANARY not in tried.answer.text.lower()
    assert len(tried.answer.content) < LONGEST
    assert tried.cpu < ENOUGH
    return tried


@hostile(*TOO_DEEP)
async def test_what_goes_too_deep_is_refused(production: Production, document: Document) -> None:
    await refused(production, document)


@hostile(*TOO_BROAD)
async def test_what_asks_for_too_much_is_refused(
    production: Production, document: Document
) -> None:
    await refused(production, document)


@hostile(*CIRCLES)
async def test_what_runs_in_circles_is_refused(production: Production, document: Document) -> None:
    await refused(production, document)


@hostile(*FLOODS)
async def test_a_flood_of_what_there_is_not_is_refused(
    production: Production, document: Document
) -> None:
    await refused(production, document)


@hostile(*VARIABLES)
async def test_variables_that_do_not_fit_are_refused(
    production: Production, document: Document
) -> None:
    await refused(production, document)


@hostile(*ABOUT_THE_SCHEMA)
async def test_of_its_schema_it_tells_nothing(production: Production, document: Document) -> None:
    tried = await refused(production, document)
    assert "Timeline" not in tried.answer.text


@pytest.mark.parametrize("accepted", ["text/html", "*/*"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/graphql/static/index.html", "/docs"])
async def test_there_is_no_page_to_explore_it_with(
    production: Production, path: str, accepted: str
) -> None:
    answer = await production.sends("GET", path, {"Accept": accepted})
    assert answer.status_code >= 300
    assert "html" not in answer.headers.get("content-type", "")


@hostile(*MISSPELT)
async def test_it_gives_no_hints(production: Production, document: Document) -> None:
    tried = await production.costs(document.query, document.variables)
    assert tried.codes
    assert "Did you mean" not in tried.answer.text


@hostile(*NEARLY)
async def test_what_is_nearly_right_is_not_repeated(
    production: Production, document: Document
) -> None:
    tried = await production.costs(document.query, document.variables)
    assert tried.codes
    assert CANARY not in tried.answer.text.lower()
    assert "12345" not in tried.answer.text
