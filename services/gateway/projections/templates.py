"""The clinics' own templates, in all their versions. The built-in ones are in no table: they are
the same for everybody, and stand beside these where they are asked for.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Integer, Table, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape, kept
from services.gateway.projections.tables import Instant, Json, metadata, table
from services.gateway.projections.template_shapes import TemplateContent

templates = table(
    "templates",
    ["template_id"],
    Column("template_version", Integer),
    Column("published_at", Instant),
    Column("retired_at", Instant),
    Index("templates_in_order", "tenant_id", "published_at", "template_id"),
)
template_versions = Table(
    "template_versions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("template_id", Uuid, primary_key=True),
    Column("template_version", Integer, primary_key=True),
    Column("since", Instant),
    Column("content", Json),
)

tables = (templates, template_versions)


class TemplatePublished(TemplateContent):
    template_id: UUID
    template_version: int
    published_at: datetime


class TemplateRevised(TemplateContent):
    template_version: int
    revised_at: datetime


class TemplateRetired(Shape):
    retired_at: datetime


reads: Reads = {
    "interlude.assignment.TemplatePublished.v1": TemplatePublished,
    "interlude.assignment.TemplateRevised.v1": TemplateRevised,
    "interlude.assignment.TemplateRetired.v1": TemplateRetired,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows, versions = Rows(templates), Rows(template_versions)
    for recorded, fact in facts_of(events, reads):
        key = recorded.tenant_id, recorded.stream_uuid
        match fact:
            case TemplatePublished():
                rows.set(*key, template_version=1, published_at=fact.published_at)
                _keep(versions, recorded, fact, fact.published_at)
            case TemplateRevised():
                rows.set(*key, template_version=fact.template_version)
                _keep(versions, recorded, fact, fact.revised_at)
            case TemplateRetired():
                rows.set(*key, retired_at=fact.retired_at)
    rows.write(db)
    versions.write(db)


def _keep(
    versions: Rows, recorded: Recorded, fact: TemplatePublished | TemplateRevised, since: datetime
) -> None:
    content = TemplateContent.model_validate(fact.model_dump())
    versions.set(
        recorded.tenant_id,
        recorded.stream_uuid,
        fact.template_version,
        since=since,
        content=kept(content),
    )
