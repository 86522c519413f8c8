"""What a written summary says (C17), in English and in Spanish, and that it is no way in."""

from datetime import date, time
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from libs.privacy.private import Erased
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from services.assignment.domain.assignment import Command
from services.assignment.domain.components import AddComponent
from services.assignment.domain.obstacles import PlanObstacleResponse, ReportObstacle
from services.assignment.domain.plan import Plan, Site, SpecifyPlan, Target
from services.assignment.domain.readiness import AdjustAssignment, AdjustmentId
from services.assignment.domain.reasons import GiveRationale, RationaleId
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.situation import PredictionId, StatePrediction
from services.assignment.domain.summary import IssueSummary, Language
from services.assignment.domain.terms import ComponentId, ResponseId, as_said
from services.assignment.domain.timing import Cue, Timing
from services.assignment.writing.gathering import LONGEST, gathered
from services.assignment.writing.markdown import WORDS, escaped, language_of, written
from services.assignment.writing.page import POLICY, page
from services.assignment.writing.planned import slots
from tests.unit.assignment.cases import OBSTACLE, after, create, told

MONDAY = Timing(
    rule="scheduled",
    zone="Europe/London",
    on_date=date(2026, 3, 2),
    time_of_day=(time(11),),
    cue=Cue(place="My desk", after_activity="Checking my email"),
)
WHOLE = Plan(
    site=Site(kind="work", label="The office"),
    timing=MONDAY,
    frequency=Frequency(count=2, per="week"),
    duration_min=10,
    duration_max_min=15,
    obstacles=(
        Obstacle(id=OBSTACLE, category="relationships", text="He is busy.", phase="anticipated"),
    ),
    target=Target(count=4, unit="conversations", distinct=True, period="weeks"),
)
rationale = told(
    GiveRationale,
    id=RationaleId(UUID(int=1)),
    text="It helps.",
    expected_learning="That people answer.",
    monitored_dimensions=("mood", "anxiety"),
)
respond = told(
    PlanObstacleResponse,
    id=ResponseId(UUID(int=2)),
    obstacle_id=OBSTACLE,
    if_text="If he is busy.",
    then_text="I ask when he has time.",
)
first = told(AddComponent, id=ComponentId(UUID(int=3)), label="Say hello")
predict = told(
    StatePrediction,
    id=PredictionId(UUID(int=4)),
    prediction="He laughs at me.",
    observable_sign="He turns away.",
)


def specify(plan: Plan) -> SpecifyPlan:
    return told(SpecifyPlan, **as_said(Plan, plan), patient_zone="Europe/London")


def text(*commands: Command, locale: str = "en", goals: tuple[Any, ...] = ()) -> str:
    body = written(after(create(), *commands), goals, locale).body_markdown
    assert isinstance(body, str)
    return body


def test_c17_it_says_why_the_plan_what_may_hinder_where_to_start_and_what_to_notice() -> None:
    said = text(rationale, specify(WHOLE), respond, first, predict, goals=("I have friends.",))
    assert (
        said
        == """# Talk to Larry

## Why

It helps.

It serves what you want to reach:

- I have friends.

## The plan

- **Where**: at work: The office
- **When**: on Monday 2 March 2026; at 11:00; in this place: My desk; after this: Checking my email
- **How often**: 2 times a week
- **How long**: 10 to 15 minutes
- **How much**: 4 conversations, with different people, over the next weeks

## What may get in the way

- He is busy. If he is busy, then I ask when he has time.

## The first step

Say hello

## What to notice

- Look at: mood and anxiety.
- What you may learn: That people answer.
- Whether you see this: He turns away.
"""
    )


def test_c17_it_speaks_the_patients_language_and_leaves_words_as_they_are() -> None:
    said = text(rationale, specify(WHOLE), first, locale="es-MX", goals=("Tener amigos.",))
    assert "## Por qué\n\nIt helps.\n\nSirve a lo que quieres lograr:\n\n- Tener amigos.\n" in said
    assert "- **Cuándo**: el lunes 2 de marzo de 2026; a las 11:00; " in said
    assert "- **Con qué frecuencia**: 2 veces por semana\n" in said
    assert (
        "- **Cuánto**: 4 conversations, con personas distintas, en las próximas semanas\n" in said
    )
    assert "## El primer paso\n\nSay hello\n" in said


@pytest.mark.parametrize(
    ("locale", "language"), [("es", "es"), ("es-ES", "es"), ("en-GB", "en"), ("fr-FR", "en")]
)
def test_where_we_do_not_write_a_language_it_is_english(locale: str, language: Language) -> None:
    assert language_of(locale) == language


def test_the_same_facts_come_to_the_same_text_and_its_digest() -> None:
    facts = after(create(), rationale, specify(WHOLE))
    one, again = written(facts, ["x"], "en"), written(list(facts), ["x"], "en-GB")
    assert one == again
    assert one.sha256 == sha256(str(one.body_markdown).encode()).hexdigest()


def test_c17_what_was_issued_for_this_plan_and_says_the_same_is_known() -> None:
    facts = after(create(), specify(WHOLE))
    issue = told(IssueSummary, written=written(facts, (), "en"))
    issued = after(create(), specify(WHOLE), issue)
    assert written(issued, (), "en").same_as == 1
    assert written(issued, (), "es").same_as is None
    assert written(after(create(), specify(WHOLE), issue, first), (), "en").same_as is None
    revised = after(create(), specify(WHOLE), issue, specify(WHOLE))
    assert (written(revised, (), "en").same_as, written(revised, (), "en").summaries) == (None, 1)


def test_what_nobody_said_has_no_place_in_it() -> None:
    assert text() == "# Talk to Larry\n\n## The plan\n\nThere is no plan yet.\n"


def test_c14_asked_and_none_foreseen_is_said() -> None:
    assert "We asked, and foresaw nothing." in text(specify(Plan(obstacles=())))
    assert "What may get in the way" not in text(specify(Plan(duration_min=5)))


def test_c30_an_obstacle_told_by_itself_stands_there_with_its_response() -> None:
    foreseen = told(
        ReportObstacle,
        id=ObstacleId(UUID(int=7)),
        phase="anticipated",
        category="time",
        text="The bus is late",
        planned_response="I walk.",
    )
    assert "- If The bus is late, then I walk.\n" in text(foreseen)


def test_c16_a_reduced_frequency_is_the_plan_as_it_stands() -> None:
    adjust = told(
        AdjustAssignment,
        id=AdjustmentId(UUID(int=8)),
        reason="overwhelming",
        frequency=Frequency(count=1, per="week"),
    )
    facts = after(create(), specify(WHOLE), adjust)
    assert "- **How often**: once a week\n" in str(written(facts, (), "en").body_markdown)
    assert written(facts, (), "en").plan_version == 2


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "timing",
    [
        Timing(rule="scheduled", part_of_day=("morning", "night")),
        Timing(rule="scheduled", on_days=("friday", "monday"), every_weeks=2),
        Timing(rule="scheduled", on_days=("sunday",), time_of_day=(time(9), time(21, 30))),
        Timing(rule="as_it_happens", trigger="Panic"),
        Timing(rule="all_day"),
        Timing(rule="scheduled", time_of_day=(time(9),), travel="follow_patient"),
        Timing(rule="scheduled", zone="Europe/London", travel="fixed_zone"),
        Timing(rule="when_wanted", cue=Cue(local_time=time(8), approx=True, day_of_week="monday")),
    ],
    ids=str,
)
def test_every_timing_has_its_words(language: Language, timing: Timing) -> None:
    told_ = gathered(after(create(), specify(Plan(timing=timing))), ())
    ((asked, answer),) = slots(told_, WORDS[language])
    assert asked == WORDS[language].when
    assert answer
    assert "{" not in answer


def test_both_languages_have_a_word_for_each_code() -> None:
    english, spanish = WORDS["en"], WORDS["es"]
    for name in (
        "travel",
        "rules",
        "sites",
        "days",
        "parts",
        "once_per",
        "per",
        "periods",
        "dimensions",
    ):
        assert getattr(english, name).keys() == getattr(spanish, name).keys(), name


def test_what_was_erased_or_goes_on_for_ever_is_left_out_or_cut() -> None:
    facts = after(create(), told(GiveRationale, id=RationaleId(UUID(int=1)), text="word " * 400))
    body = str(written(facts, (Erased(), "I have friends."), "en").body_markdown)
    assert max(map(len, body.splitlines())) == LONGEST
    assert "erased" not in body
    assert "- I have friends." in body


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("# Not a heading", r"\# Not a heading"),
        ("1. Not a list", r"1\. Not a list"),
        ("- nor this", r"\- nor this"),
        ("[here](javascript:x)", r"\[here\](javascript:x)"),
        ("see https://x.example", r"see https\://x.example"),
        ("<script>", r"\<script\>"),
        ("a * b _ c", r"a \* b \_ c"),
        ("At 11:00. Well, yes!", "At 11:00. Well, yes!"),
    ],
)
def test_what_somebody_wrote_is_no_markup(said: str, safe: str) -> None:
    assert escaped(said) == safe


def test_lines_that_somebody_wrote_do_not_become_lines_of_ours() -> None:
    many = told(GiveRationale, id=RationaleId(UUID(int=1)), text="It helps.\n\n## The plan\n- x")
    assert "\nIt helps. ## The plan - x\n" in text(many)


def test_c17_the_page_runs_and_loads_nothing_whatever_somebody_wrote() -> None:
    hostile = '<img src=x onerror=alert(1)><script>alert("\u202e")</script> **bold** \\'
    facts = after(create(title=hostile), specify(Plan(site=Site(kind="home", label=hostile))))
    html = page(str(written(facts, (), "en").body_markdown), "en").decode()
    assert "<script" not in html.lower()
    assert "<img" not in html
    assert "\u202e" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;") == 3
    assert "**bold** \\" in html
    assert "default-src &#x27;none&#x27;" in html
    assert "script-src" not in POLICY


def test_c17_the_page_says_what_the_markdown_says() -> None:
    html = page(text(rationale, specify(WHOLE), respond, first), "en").decode()
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert '<h2><bdi dir="auto">The plan</bdi></h2>\n<ul>\n<li><b>Where</b>: ' in html
    assert html.count("<ul>") == html.count("</ul>") == 3
    assert "@media print" in html
