"""Homework made from a template (C01): pinned, taken over where nothing was said, never touched."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import MASHA
from libs.vocabulary.templates import built_in
from services.assignment.catalogue import content_of
from services.assignment.domain.assignment import decider
from services.assignment.domain.creation import AssignmentCreated, TechniqueUnnamed, TitleMissing
from services.assignment.domain.default_plan import DefaultObstacle, DefaultPlan, DefaultTiming
from services.assignment.domain.from_template import Catalogued, pinned, spoken, taken
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.plan import Plan, PlanSpecified, Site
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.taken_over import (
    Taken,
    TemplateLeftCatalogue,
    UnknownTemplate,
)
from services.assignment.domain.template import Content, TemplateText, must_be_whole
from services.assignment.domain.template_terms import TemplateId, TemplateRef
from services.assignment.domain.terms import PatientId
from services.assignment.domain.timing import Timing
from tests.unit.assignment.cases import HOMEWORK, SESSION_2, create, told

TEMPLATE = TemplateId(UUID(int=0x7E))
REF = TemplateRef(id=TEMPLATE, version=2)
PLAN = DefaultPlan(
    timing=DefaultTiming(rule="n_times"),
    frequency=Frequency(count=3, per="week"),
    obstacles=(DefaultObstacle(category="time", text="The day is full."),),
)
CONTENT = Content(
    texts=(
        TemplateText(locale="en", title="Say hello", instructions="To somebody."),
        TemplateText(locale="es", title="Saluda", instructions="A alguien."),
    ),
    category="behavioral_intervention",
    technique="interpersonal_skills",
    procedure_tags=("role_play",),
    worksheet="interpersonal_practice",
    default_plan=PLAN,
)


def from_it(content: Content = CONTENT, locale: str = "en-GB") -> dict[str, Any]:
    return {
        "template_ref": REF,
        "template": taken(content, locale=locale, assignment_id=HOMEWORK),
        "patient_zone": "Europe/London",
    }


def created(**fields: Any) -> AssignmentCreated:
    fact = decider.decide(create(**fields), decider.initial)[0]
    assert isinstance(fact, AssignmentCreated)
    return fact


def planned(**fields: Any) -> PlanSpecified | None:
    facts = decider.decide(create(**fields), decider.initial)
    return next((fact for fact in facts if isinstance(fact, PlanSpecified)), None)


def test_c01_what_is_left_out_is_the_templates_and_the_version_is_pinned() -> None:
    fact = created(title=None, **from_it())
    assert fact.template_ref == REF
    assert (fact.title, fact.instructions) == ("Say hello", "To somebody.")
    assert (fact.category, fact.intended_change) == ("behavioral_intervention", "cognitive")
    assert (fact.technique, fact.procedure_tags) == ("interpersonal_skills", ("role_play",))
    assert fact.worksheet == "interpersonal_practice"


def test_c01_what_is_said_wins_over_the_template() -> None:
    said = {"title": "Talk to Larry", "category": "other", "technique": "exposure"}
    fact = created(**said, **from_it())
    assert (fact.title, fact.category, fact.technique) == ("Talk to Larry", "other", "exposure")


def test_a_technique_of_ones_own_leaves_the_templates_words_for_its_own() -> None:
    other = replace(CONTENT, technique="other", technique_other="Chair work")
    assert created(**from_it(other)).technique_other == "Chair work"
    assert created(technique="exposure", **from_it(other)).technique_other is None
    with pytest.raises(TechniqueUnnamed):
        created(technique="other", **from_it(other))


def test_c01_without_a_template_homework_needs_a_title() -> None:
    with pytest.raises(TitleMissing):
        created(title=None)
    assert created().category == "other"


def test_c14_it_begins_with_the_templates_plan_in_the_patients_zone() -> None:
    plan = planned(**from_it())
    assert plan is not None
    assert (plan.plan_version, plan.zone) == (1, "Europe/London")
    assert plan.frequency == Frequency(count=3, per="week")
    assert plan.obstacles is not None
    (obstacle,) = plan.obstacles
    assert (obstacle.text, obstacle.phase) == ("The day is full.", "anticipated")
    assert planned(**from_it()) == plan
    assert planned(**from_it(replace(CONTENT, default_plan=None))) is None


def test_c14_a_template_with_no_obstacles_does_not_say_that_somebody_asked() -> None:
    plan = planned(**from_it(replace(CONTENT, default_plan=replace(PLAN, obstacles=()))))
    assert plan is not None
    assert plan.obstacles is None


def test_a_plan_that_is_given_along_stands_in_place_of_the_templates() -> None:
    give = told(
        GiveHomework,
        id=HOMEWORK,
        patient_id=PatientId(MASHA),
        meeting=SESSION_2,
        **from_it(),
    )
    own = Plan(site=Site(kind="home"), timing=Timing(rule="when_wanted"))
    for given, site in ((give, None), (replace(give, plan=own), Site(kind="home"))):
        plans = [
            fact
            for fact in decider.decide(given, decider.initial)
            if isinstance(fact, PlanSpecified)
        ]
        assert [(plan.plan_version, plan.site) for plan in plans] == [(1, site)]


def test_t1_a_revised_template_leaves_what_was_made_from_it_as_it_was() -> None:
    before = created(title=None, **from_it())
    found = Catalogued(
        versions={2: CONTENT, 3: replace(CONTENT, texts=(TemplateText(locale="en", title="Wave"),))}
    )
    again = taken(pinned(REF, found), locale="en-GB", assignment_id=HOMEWORK)
    assert created(title=None, **{**from_it(), "template": again}) == before


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, UnknownTemplate),
        (Catalogued(versions={1: CONTENT}), UnknownTemplate),
        (Catalogued(versions={2: CONTENT}, retired=True), TemplateLeftCatalogue),
    ],
)
def test_c01_a_template_that_is_not_there_is_refused(found: Any, reason: Any) -> None:
    with pytest.raises(reason):
        pinned(REF, found)
    assert pinned(REF, Catalogued(versions={2: CONTENT})) == CONTENT


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("es", "Saluda"),
        ("es-MX", "Saluda"),
        ("en-GB", "Say hello"),
        ("pt-BR", "Say hello"),
        ("fr", "Say hello"),
    ],
)
def test_it_speaks_the_patients_language_or_english(locale: str, title: str) -> None:
    assert spoken(CONTENT, locale).title == title


def test_the_nearest_text_is_taken() -> None:
    mexican = TemplateText(locale="es-MX", title="Salúdala")
    only_portuguese = Content(texts=(TemplateText(locale="pt-BR", title="Diga olá"),))
    both = replace(CONTENT, texts=(mexican, *CONTENT.texts))
    assert spoken(both, "es-MX").title == "Salúdala"
    assert spoken(both, "es-ES").title == "Saluda"
    assert spoken(replace(CONTENT, texts=(mexican, CONTENT.texts[0])), "es").title == "Salúdala"
    assert spoken(only_portuguese, "es").title == "Diga olá"


def test_each_language_may_have_a_plan_in_its_own_words() -> None:
    spanish = DefaultPlan(timing=DefaultTiming(rule="as_it_happens", trigger="Cuando pase"))
    texts = (CONTENT.texts[0], replace(CONTENT.texts[1], default_plan=spanish))
    plan = taken(replace(CONTENT, texts=texts), locale="es", assignment_id=HOMEWORK).plan
    assert plan is not None
    assert plan.timing == Timing(rule="as_it_happens", trigger="Cuando pase")


ALL = [(each.id, each.version) for versions in built_in().values() for each in versions]


@pytest.mark.parametrize(("template_id", "version"), ALL, ids=str)
def test_every_built_in_template_is_whole_and_speaks_english_and_spanish(
    template_id: UUID, version: int
) -> None:
    (one,) = [each for each in built_in()[template_id] if each.version == version]
    content = content_of(one)
    must_be_whole(content)
    assert {text.locale for text in content.texts} == {"en", "es"}
    assert all(text.description and text.instructions for text in content.texts)
    assert isinstance(taken(content, locale="es", assignment_id=HOMEWORK), Taken)


def test_the_built_in_ones_cover_what_the_source_names() -> None:
    newest = [content_of(versions[-1]) for versions in built_in().values()]
    worksheets = {(content.category, content.worksheet) for content in newest}
    assert worksheets >= {
        ("symptom_monitoring", "panic_diary"),
        ("symptom_monitoring", "worry_diary"),
        ("symptom_monitoring", "eating_record"),
        ("thought_evaluation", "interpretation_comparison"),
        ("thought_evaluation", "responsibility_chart"),
        ("thought_evaluation", "thought_record"),
    }
    techniques = {each.technique for each in newest if each.category == "behavioral_intervention"}
    assert techniques == {
        "exposure",
        "interpersonal_skills",
        "behavioral_experiment",
        "behavioral_activation",
        "relaxation",
    }


def test_versions_of_a_built_in_template_follow_each_other() -> None:
    for versions in built_in().values():
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert all(each.published_at.tzinfo for each in versions)
