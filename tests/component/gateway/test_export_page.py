"""The page that a person reads: one file, in their zone, and nothing in it is run."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from libs.testing.cast import MASHA
from libs.vocabulary.rating import Rating, Scale
from services.assignment import wire as assignment_wire
from services.assignment.examples import FACTS as ASSIGNMENT_FACTS
from services.diary import wire as diary_wire
from services.diary.domain.entry import DiaryEntryRecorded
from services.diary.examples import FACTS as DIARY_FACTS
from services.diary.examples import TALKING_TO_LARRY
from tests.component.gateway.exporting import (
    HER_CASE,
    ONLY_FOR_HERSELF,
    PAGE,
    asked,
    keeps_something_to_herself,
)
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</bdi></dd></article><iframe src=javascript:alert(1)>",
    "&lt;b&gt; javascript:alert(1) </title><svg/onload=alert(1)>",
    "nothing to see \u202e\u2066txt.exe\u2069",
)

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "section"),
    *("article", "dl", "dt", "dd", "ul", "li", "bdi", "em", "a", "br"),
}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "id", "class", "dir", "href"}


class Read(HTMLParser):
    """What a browser would make of it: the elements, and the text without them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return "".join(self.said)


async def page_of(app: FastAPI, who: str = "masha", path: str = "/v1/export") -> Read:
    answer = await asked(app, who, path, **PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Read(answer.text)


def holds_nothing_that_runs(read: Read) -> None:
    for tag, attributes in read.tags:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
        assert (attributes.get("href") or "#").startswith("#")


async def test_masha_reads_her_record_in_her_zone_and_in_words(app: FastAPI) -> None:
    read = await page_of(app)
    assert "My record" in read.text
    assert "Of Masha Orlova at Riverside Psychology. As of Friday 6 March 2026, 09:00." in read.text
    assert "Times are those of Europe/London." in read.text
    assert "Thursday 26 February 2026, 16:00" in read.text
    assert "60 on a scale from 0 to 100, by the patient" in read.text
    assert "Readiness rated" in read.text
    assert "Anna Keller" in read.text
    assert read.text.rstrip().endswith("items.")
    assert "This record is whole" in read.text


async def test_links_lead_to_what_stands_in_the_page(app: FastAPI) -> None:
    read = await page_of(app)
    there = {attributes.get("id") for _, attributes in read.tags}
    sessions = [
        (attributes["href"] or "")[1:]
        for tag, attributes in read.tags
        if tag == "a" and attributes["href"] == "#00000000-0000-7000-8000-0000000000e1"
    ]
    assert sessions
    assert set(sessions) <= there


async def test_a_scale_says_what_its_ends_mean(
    app: FastAPI, project: Projecting, story: Story
) -> None:
    entry = DIARY_FACTS[0]
    assert isinstance(entry, DiaryEntryRecorded)
    scale = Scale(min=0, max=10, low_label="none", high_label="as bad as can be")
    told = replace(
        entry,
        entry_id=UUID(int=95),  # type: ignore[arg-type]  # an EntryId
        answers=replace(TALKING_TO_LARRY, comfort=Rating(value=5, scale=scale)),
    )
    project(await story.told(diary_wire.entries, UUID(int=95), [told], MASHA))
    read = await page_of(app)
    assert "5 on a scale from 0 to 10 (0: none; 10: as bad as can be), by the patient" in read.text


async def test_what_is_private_is_on_her_page_and_on_nobody_elses(
    app: FastAPI, project: Projecting, story: Story
) -> None:
    await keeps_something_to_herself(project, story)
    assert ONLY_FOR_HERSELF in (await page_of(app)).text
    case = await page_of(app, "anna", HER_CASE)
    assert ONLY_FOR_HERSELF not in case.text
    assert "Record of a case" in case.text


async def test_nothing_that_somebody_wrote_is_run(
    app: FastAPI, project: Projecting, story: Story
) -> None:
    for number, hostile in enumerate(HOSTILE):
        await writes_everywhere(project, story, UUID(int=200 + number), hostile)
    answer = await asked(app, "masha", **PAGE)
    read = Read(answer.text)
    holds_nothing_that_runs(read)
    for hostile in HOSTILE[:4]:
        assert hostile in read.text
    assert "nothing to see txt.exe" in read.text
    assert "\u202e" not in answer.text


async def writes_everywhere(project: Projecting, story: Story, id_: UUID, hostile: str) -> None:
    """As a title, as a note, in an answer."""
    created, entry = ASSIGNMENT_FACTS[1], DIARY_FACTS[0]
    assert isinstance(entry, DiaryEntryRecorded)
    homework = replace(created, assignment_id=id_, title=hostile, description=hostile)  # type: ignore[type-var]  # AssignmentCreated
    project(await story.told(assignment_wire.assignments, id_, [homework], MASHA))
    told = replace(
        entry,
        entry_id=id_,  # type: ignore[arg-type]  # an EntryId
        notes=hostile,
        location=hostile,
        answers=replace(TALKING_TO_LARRY, what_i_said=hostile, setting=hostile),
    )
    project(await story.told(diary_wire.entries, id_, [told], MASHA))


async def test_a_browser_is_told_to_load_and_run_nothing(app: FastAPI) -> None:
    """By a header, and by the page itself, which is read from a disk."""
    answer = await asked(app, "masha", **PAGE)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; sandbox")
    (said,) = [
        attributes["content"]
        for tag, attributes in Read(answer.text).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert f"{said}; sandbox" == policy
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    assert b64encode(sha256(style.encode()).digest()).decode() in policy
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json, text/html", "application/json"),
        ("*/*", "application/json"),
        ("image/png", "application/json"),
    ],
)
async def test_it_is_a_page_where_a_page_is_asked_for(app: FastAPI, accept: str, kind: str) -> None:
    answer = await asked(app, "masha", Accept=accept)
    assert answer.headers["content-type"] == kind
