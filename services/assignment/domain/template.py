"""A template of homework in a clinic's catalogue: what it says in each language, and what homework
that is made from it begins with (C08-C11, C14, C24).

Its words are the clinic's and about nobody, so they are not sealed. Whoever makes homework from it
pins a version: revising or retiring a template touches nothing that was made from it (T1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, assert_never
from uuid import UUID

from annotated_types import MaxLen, MinLen

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.locale import Locale
from libs.vocabulary.obstacle import ObstacleId
from libs.vocabulary.plain_text import PlainLabel, PlainProse, PlainTitle
from libs.vocabulary.procedure import Procedure
from services.assignment.domain.creation import TechniqueUnnamed
from services.assignment.domain.default_plan import DefaultPlan, as_plan
from services.assignment.domain.kinds import Category, Technique
from services.assignment.domain.plan import must_make_sense
from services.assignment.domain.template_terms import TemplateId, WorksheetKey
from services.assignment.domain.terms import as_said


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateText:
    """What it says in one language. `default_plan` only where the plan's own words differ."""

    locale: Locale
    title: PlainTitle
    description: PlainProse | None = None
    instructions: PlainProse | None = None
    default_plan: DefaultPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a version of a template holds. Only one text is ever required."""

    texts: Annotated[tuple[TemplateText, ...], MinLen(1), MaxLen(20)]
    category: Category = "other"
    technique: Technique | None = None
    technique_other: PlainLabel | None = None
    modality_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    procedure_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    worksheet: WorksheetKey | None = None
    default_plan: DefaultPlan | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePublished(Content):
    """A template came into the clinic's catalogue, in its first version."""

    template_id: TemplateId
    template_version: int
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRevised(Content):
    """A whole new version; homework that pins an earlier one stays as it is."""

    template_version: int
    revised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRetired:
    """Nothing more is made from it."""

    template_version: int
    retired_at: datetime


Event = TemplatePublished | TemplateRevised | TemplateRetired


# --- State: only what a rule needs to know. ---


@dataclass(frozen=True, slots=True)
class Unpublished:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """`content` is that of the newest version."""

    template_version: int
    content: Content
    retired: bool = False


State = Unpublished | Published


def evolve(state: State, event: Event) -> State:
    match event:
        case TemplatePublished() | TemplateRevised():
            content = Content(**as_said(Content, event))
            return Published(template_version=event.template_version, content=content)
        case TemplateRetired():
            return _retired(state)
        case _:
            assert_never(event)


def _retired(state: State) -> State:
    if isinstance(state, Unpublished):
        return state
    return Published(template_version=state.template_version, content=state.content, retired=True)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTemplate(Told, Content):
    """A template for the clinic's catalogue."""

    id: Annotated[TemplateId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseTemplate(Told, Content):
    """The whole of it, as it is from now on; the version rises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireTemplate(Told):
    """It leaves the catalogue. What was made from it stays, and it can still be read."""


Command = PublishTemplate | ReviseTemplate | RetireTemplate


class TemplateExists(Rejected):
    """The id names a template that exists: what it says is changed by revising it."""

    code = "template-already-published"
    pointer = "/id"


class TemplateNotPublished(Rejected):
    """There is no such template."""

    code = "template-not-found"


class TemplateIsRetired(Rejected):
    """It left the catalogue: publish another one."""

    code = "template-retired"


class LocaleRepeated(Rejected):
    """A template says everything once in each language."""

    code = "locale-repeated"
    pointer = "/texts"


class TagRepeated(Rejected):
    """Each related procedure is named once."""

    code = "tag-repeated"
    pointer = "/procedure_tags"


# --- Rules. ---


def publish(command: PublishTemplate, state: State) -> Sequence[Event]:
    if isinstance(state, Published):
        raise TemplateExists
    must_be_whole(command)
    return [
        TemplatePublished(
            **as_said(Content, command),
            template_id=command.id,
            template_version=1,
            published_at=command.happened_at,
        )
    ]


def revise(command: ReviseTemplate, template: Published) -> Sequence[Event]:
    if template.retired:
        raise TemplateIsRetired
    must_be_whole(command)
    said = as_said(Content, command)
    if Content(**said) == template.content:
        return []
    return [
        TemplateRevised(
            **said, template_version=template.template_version + 1, revised_at=command.happened_at
        )
    ]


def retire(command: RetireTemplate, template: Published) -> Sequence[Event]:
    if template.retired:
        return []
    return [
        TemplateRetired(template_version=template.template_version, retired_at=command.happened_at)
    ]


def must_be_whole(content: Content) -> None:
    if (content.technique == "other") != (content.technique_other is not None):
        raise TechniqueUnnamed
    if len({text.locale for text in content.texts}) < len(content.texts):
        raise LocaleRepeated
    if len(set(content.procedure_tags)) < len(content.procedure_tags):
        raise TagRepeated
    _must_be_plans(content)


def _must_be_plans(content: Content) -> None:
    """By the rules of a plan, and where in the template it breaks them."""
    places: Sequence[tuple[str, DefaultPlan | None]] = (
        ("/default_plan", content.default_plan),
        *(
            (f"/texts/{place}/default_plan", text.default_plan)
            for place, text in enumerate(content.texts)
        ),
    )
    for place, default in places:
        if default is None:
            continue
        try:
            must_make_sense(as_plan(default, _some_obstacle))
        except Rejected as refused:
            refused.pointer = f"{place}{refused.pointer}"
            raise


def _some_obstacle(place: int) -> ObstacleId:
    return ObstacleId(UUID(int=place))


def decide(command: Command, state: State) -> Sequence[Event]:
    if isinstance(command, PublishTemplate):
        return publish(command, state)
    if isinstance(state, Unpublished):
        raise TemplateNotPublished
    match command:
        case ReviseTemplate():
            return revise(command, state)
        case RetireTemplate():
            return retire(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(Unpublished(), evolve, decide)
