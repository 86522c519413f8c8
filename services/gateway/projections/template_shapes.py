"""A template of homework, as kept and as GraphQL shows it. Its words are the clinic's: plain."""

from pydantic import Field

from services.gateway.projections.homework_lists import (
    AssignmentCategory,
    Procedure,
    TargetPeriod,
    Technique,
)
from services.gateway.projections.lists import ObstacleCategory, ObstacleKind
from services.gateway.projections.plan_shapes import Frequency, Site, Timing
from services.gateway.projections.shapes import Shape


class ProposedObstacle(Shape):
    """What often gets in the way, to be asked about."""

    category: ObstacleCategory = Field(description="What kind of obstacle.")
    text: str = Field(description="What it is.")
    kind: ObstacleKind | None = Field(default=None, description="Outside or inside the person.")
    planned_response: str | None = Field(default=None, description="What to do when it comes.")


class ProposedTarget(Shape):
    """How much; with whom is found out with the patient."""

    count: int = Field(description="How many.")
    unit: str = Field(description="Of what.")
    with_whom: str | None = Field(default=None, description="With what kind of people.")
    distinct: bool = Field(default=False, description="Different people count.")
    period: TargetPeriod | None = Field(default=None, description="Over what time.")


class ProposedPlan(Shape):
    """The plan that a template proposes, as far as it is the same for everybody."""

    site: Site | None = Field(default=None, description="Where.")
    timing: Timing | None = Field(default=None, description="When.")
    frequency: Frequency | None = Field(default=None, description="How often.")
    duration_min: int | None = Field(default=None, description="Minutes, at least.")
    duration_max_min: int | None = Field(default=None, description="Minutes, at most.")
    obstacles: tuple[ProposedObstacle, ...] = Field(default=(), description="To be asked about.")
    target: ProposedTarget | None = Field(default=None, description="How much.")


class TemplateText(Shape):
    """What a template says in one language."""

    locale: str = Field(description="BCP 47 language tag.")
    title: str = Field(description="In a few words.")
    description: str | None = Field(default=None, description="What it is for.")
    instructions: str | None = Field(default=None, description="What to do.")
    default_plan: ProposedPlan | None = Field(
        default=None, description="The plan, where its own words differ in this language."
    )


class TemplateContent(Shape):
    """What one version of a template holds."""

    texts: tuple[TemplateText, ...] = Field(description="One for each language.")
    category: AssignmentCategory = Field(
        default=AssignmentCategory.OTHER, description="What kind of homework."
    )
    technique: Technique | None = Field(default=None, description="The technique behind it.")
    technique_other: str | None = Field(default=None, description="Which other technique.")
    modality_tags: tuple[Procedure, ...] = Field(default=(), description="Related procedures.")
    procedure_tags: tuple[Procedure, ...] = Field(
        default=(), description="Which of the eight procedures it belongs to (C24)."
    )
    worksheet: str | None = Field(default=None, description="The worksheet that goes with it.")
    default_plan: ProposedPlan | None = Field(default=None, description="The plan it proposes.")
