"""How read-model tables are made alike: the tenant first in every key, JSON for what is nested."""

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

Instant = DateTime(timezone=True)
Json = JSONB


def table(name: str, keys: list[str], *columns: SchemaItem) -> Table:
    """All keys are UUIDs; every other column may still be unknown."""
    return Table(
        name,
        metadata,
        Column("tenant_id", Uuid, primary_key=True),
        *(Column(key, Uuid, primary_key=True) for key in keys),
        *columns,
    )


def parts_table(name: str, owner: str) -> Table:
    """What was said about one thing, each with its kind: rationale, rating, obstacle, praise…

    `version` and `place` give the order in which it was told, `told_at` when in the world.
    """
    return Table(
        name,
        metadata,
        Column("tenant_id", Uuid, primary_key=True),
        Column(owner, Uuid, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("part_id", Uuid, primary_key=True),
        Column("version", Integer),
        Column("place", Integer),
        Column("told_at", Instant),
        Column("by_role", Text),
        Column("data", Json),
    )
