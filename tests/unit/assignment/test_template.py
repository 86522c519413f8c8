"""A clinic's catalogue (C01, C08-C11, C14, C24): what may be published, revised and retired."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Rejected
from libs.testing.cast import NOW
from libs.testing.scenario import Scenario
from libs.vocabulary.procedure import Procedure
from services.assignment.domain.creation import TechniqueUnnamed
from services.assignment.domain.default_plan import DefaultPlan, DefaultTiming
from services.assignment.domain.plan import DurationRange, FrequencyMissing, TriggerMissing
from services.assignment.domain.template import (
    Command,
    Content,
    Event,
    LocaleRepeated,
    PublishTemplate,
    RetireTemplate,
    ReviseTemplate,
    State,
    TagRepeated,
    TemplateExists,
    TemplateIsRetired,
    TemplateNotPublished,
    TemplatePublished,
    TemplateRetired,
    TemplateRevised,
    TemplateText,
    decider,
)
from services.assignment.domain.template_terms import TemplateId
from tests.unit.assignment.cases import told

TEMPLATE = TemplateId(UUID(int=0x7E))
IN_ENGLISH = TemplateText(locale="en", title="Say hello")
IN_SPANISH = TemplateText(locale="es", title="Saluda")
EIGHT: tuple[Procedure, ...] = (
    "behavioral_activation",
    "client_therapist_collaboration",
    "cognitive_restructuring",
    "collaborative_empiricism",
    "committed_action",
    "experiment",
    "role_play",
    "socratic_questioning",
)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
publish = told(PublishTemplate, id=TEMPLATE, texts=(IN_ENGLISH,))
published = TemplatePublished(
    template_id=TEMPLATE, template_version=1, texts=(IN_ENGLISH,), published_at=NOW
)
revise = told(ReviseTemplate, texts=(IN_ENGLISH, IN_SPANISH))
revised = TemplateRevised(template_version=2, texts=(IN_ENGLISH, IN_SPANISH), revised_at=NOW)
retire = told(RetireTemplate)
retired = TemplateRetired(template_version=1, retired_at=NOW)


def test_a_title_in_one_language_is_enough() -> None:
    nothing_yet.when(publish).then(published)


def test_a_template_is_published_once() -> None:
    nothing_yet.given(published).when(publish).then_rejected(TemplateExists)


def test_each_revision_is_a_version_of_its_own() -> None:
    nothing_yet.given(published).when(revise).then(revised)
    third = replace(revise, category="psychoeducation")
    (fact,) = decider.decide(third, decider.fold([published, revised]))
    assert fact == TemplateRevised(
        template_version=3,
        texts=(IN_ENGLISH, IN_SPANISH),
        category="psychoeducation",
        revised_at=NOW,
    )


def test_a_revision_that_changes_nothing_makes_no_version() -> None:
    nothing_yet.given(published, revised).when(revise).then_nothing_changes()


def test_what_left_the_catalogue_is_revised_no_more() -> None:
    nothing_yet.given(published).when(retire).then(retired)
    nothing_yet.given(published, retired).when(retire).then_nothing_changes()
    nothing_yet.given(published, retired).when(revise).then_rejected(TemplateIsRetired)


@pytest.mark.parametrize("command", [revise, retire])
def test_only_what_was_published_is_revised_or_retired(command: Command) -> None:
    nothing_yet.when(command).then_rejected(TemplateNotPublished)


def test_c24_it_may_carry_all_eight_procedures_each_once() -> None:
    nothing_yet.when(replace(publish, procedure_tags=EIGHT)).then(
        replace(published, procedure_tags=EIGHT)
    )
    twice: tuple[Procedure, ...] = ("experiment", "experiment")
    nothing_yet.when(replace(publish, procedure_tags=twice)).then_rejected(TagRepeated)


def test_it_speaks_each_language_once() -> None:
    twice = (IN_ENGLISH, replace(IN_SPANISH, locale="en"))
    nothing_yet.when(replace(publish, texts=twice)).then_rejected(LocaleRepeated)


@pytest.mark.parametrize(
    "technique",
    [{"technique": "other"}, {"technique": "exposure", "technique_other": "Chair work"}],
)
def test_c11_another_technique_says_which(technique: dict[str, Any]) -> None:
    nothing_yet.when(replace(publish, **technique)).then_rejected(TechniqueUnnamed)
    named = {"technique": "other", "technique_other": "Chair work"}
    nothing_yet.when(replace(publish, **named)).then(replace(published, **named))  # type: ignore[arg-type]  # named above


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (DefaultPlan(timing=DefaultTiming(rule="as_it_happens")), TriggerMissing),
        (DefaultPlan(timing=DefaultTiming(rule="n_times")), FrequencyMissing),
        (DefaultPlan(duration_min=30, duration_max_min=10), DurationRange),
    ],
)
def test_c14_its_plan_keeps_the_rules_of_a_plan_in_each_language(
    plan: DefaultPlan, reason: type[Rejected]
) -> None:
    nothing_yet.when(replace(publish, default_plan=plan)).then_rejected(reason)
    spanish = replace(IN_SPANISH, default_plan=plan)
    with pytest.raises(reason) as refused:
        decider.decide(replace(publish, texts=(IN_ENGLISH, spanish)), decider.initial)
    assert refused.value.pointer == f"/texts/1/default_plan{reason.pointer}"


def test_its_state_is_the_newest_content() -> None:
    state = decider.fold([published, revised])
    assert getattr(state, "content", None) == Content(texts=(IN_ENGLISH, IN_SPANISH))
