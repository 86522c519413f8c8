"""The catalogue of events for people says what the contracts say, and loads nothing from afar."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from deploy.contracts import catalogue, gate
from deploy.contracts.fields import added_since
from deploy.contracts.page import page

OPENAPI = Path(__file__).parents[2] / "openapi"
FACTS = list(catalogue.published())
EVERY = [*FACTS, *gate.earlier(OPENAPI, FACTS)]
SHOWN = (OPENAPI / "events.html").read_text()
SCHEDULED = "interlude.care.SessionScheduled"


class Articles(HTMLParser):
    """The text of every article by its id, and whatever the page asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.articles: dict[str, str] = {}
        self.asked: list[str] = []
        self.tags: list[str] = []
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.asked += [value for name, value in attrs if name in {"src", "href"} and value]
        if tag == "article":
            self._within = told.get("id") or ""
            self.articles[self._within] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.articles[self._within] += f" {data}"


READ = Articles(SHOWN)


def names(schema: Any) -> Iterator[str]:
    """Of every field and value in it, however deep."""
    for field, inner in schema.get("properties", {}).items():
        yield field
        for branch in inner.get("anyOf", [inner]):
            yield from branch.get("enum", branch.get("items", {}).get("enum", []))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_event_is_there_with_every_field_and_value(fact: catalogue.Published) -> None:
    text = READ.articles[f"{fact.service}-{fact.name.split('.')[2]}"]
    words = set(re.findall(r"[\w.]+", text))
    inner = [shape for name, shape in fact.schema.get("$defs", {}).items() if name != "Sealed"]
    for schema in (fact.schema, *inner):
        assert set(names(schema)) <= words
    assert fact.name in words
    assert " ".join(fact.summary.replace("`", " ").split()) in " ".join(text.split())
    assert ("sealed" in words) == ("Sealed" in fact.schema.get("$defs", {}))


def test_what_a_version_added_is_said() -> None:
    first, second = (
        json.loads((OPENAPI / "events" / f"{SCHEDULED}.v{number}.schema.json").read_bytes())
        for number in (1, 2)
    )
    assert added_since(first, second) == ["starts_local"]
    text = " ".join(READ.articles["care-SessionScheduled"].split())
    assert "v1 as first published" in text
    assert "v2 adds starts_local" in text


def test_what_it_asks_for_is_its_own() -> None:
    assert READ.asked
    for asked in READ.asked:
        assert asked.startswith(("#", "/events/", "data:")), asked
    contracts = {one.removeprefix("/events/") for one in READ.asked if one.endswith(".json")}
    assert contracts == {f"{fact.name}.schema.json" for fact in EVERY}
    assert READ.tags.count("script") == 1
    assert "style=" not in SHOWN


def test_every_link_within_leads_somewhere() -> None:
    places = set(re.findall(r'id="([^"]+)"', SHOWN))
    assert {asked[1:] for asked in READ.asked if asked.startswith("#")} <= places


def test_words_are_never_taken_for_markup() -> None:
    hostile = [replace(fact, summary="<script>alert(1)</script>") for fact in EVERY]
    assert Articles(page(hostile).decode()).tags.count("script") == 1


def test_the_same_contracts_make_the_same_page() -> None:
    assert page(EVERY) == page(EVERY) == SHOWN.encode()
