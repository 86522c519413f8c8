"""What homework takes over from a template: what its request leaves out, in the patient's language,
as the pinned version says it (C01). The clinic's words become a patient's here, so they are sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.eventstore.decider import Rejected
from libs.vocabulary.procedure import Procedure
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.kinds import Category, Technique
from services.assignment.domain.plan import Plan
from services.assignment.domain.template_terms import WorksheetKey
from services.assignment.domain.terms import Title, as_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    title: Title
    description: Prose | None = None
    instructions: Prose | None = None
    category: Category = "other"
    technique: Technique | None = None
    technique_other: Label | None = None
    modality_tags: tuple[Procedure, ...] = ()
    procedure_tags: tuple[Procedure, ...] = ()
    worksheet: WorksheetKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`plan` is what the template proposes for this homework."""

    defaults: Defaults
    plan: Plan | None = None


class UnknownTemplate(Rejected):
    """Neither the clinic's catalogue nor the built-in one has this template in this version."""

    code = "template-unknown"
    pointer = "/template_ref"


class TemplateLeftCatalogue(Rejected):
    """The template was retired: nothing new is made from it."""

    code = "template-left-catalogue"
    pointer = "/template_ref"


def filled_in(said: Mapping[str, Any], taken: Taken | None) -> dict[str, Any]:
    """What was said, and the template's where nothing was. A technique goes with its own words."""
    if taken is None:
        return dict(said)
    defaults = as_said(Defaults, taken.defaults)
    if said["technique"] is not None:
        del defaults["technique_other"]
    return {**said, **{name: value for name, value in defaults.items() if not said[name]}}
