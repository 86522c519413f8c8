"""A template of homework, as clients see it."""

from datetime import datetime
from typing import Annotated

import strawberry
from pydantic import BeforeValidator

from services.gateway.graphql.ids import to_global
from services.gateway.graphql.types import Node, about, many, maybe
from services.gateway.projections import homework_lists, template_shapes

TemplateId = Annotated[strawberry.ID, BeforeValidator(lambda value: to_global("Template", value))]


@strawberry.pydantic.type(
    description="A template that homework is made from: the clinic's own, or a built-in one."
)
class Template(Node):
    id: TemplateId = about("Global id.")
    version: int = about("Homework that is made from it pins its version.")
    newest: bool = about("Whether this is its newest version.")
    built_in: bool = about("Whether it is the same in every clinic, and nobody's to change.")
    published_at: datetime = about("Since when it is in the catalogue.")
    since: datetime = about("Since when there is this version.")
    retired_at: datetime | None = maybe("Since when nothing more is made from it.")
    texts: tuple[template_shapes.TemplateText, ...] = many("One for each language.")
    category: homework_lists.AssignmentCategory = about("What kind of homework.")
    technique: homework_lists.Technique | None = maybe("The technique behind it.")
    technique_other: str | None = maybe("Which other technique.")
    modality_tags: tuple[homework_lists.Procedure, ...] = many("Related procedures.")
    procedure_tags: tuple[homework_lists.Procedure, ...] = many(
        "Which of the eight procedures it belongs to (C24)."
    )
    worksheet: str | None = maybe("The worksheet that goes with it, snake_case.")
    default_plan: template_shapes.ProposedPlan | None = maybe("The plan that it proposes.")


def template(row: dict[str, object]) -> Template:
    content = row["content"]
    assert isinstance(content, dict)  # noqa: S101 - a column of JSON objects
    usual = template_shapes.TemplateContent.model_validate(content).model_dump()
    return Template.model_validate({**usual, **row})
