"""The read models' tables: as projections declare them, and as they are."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData

from libs.testing.databases import Database
from services.gateway.projections.everything import LIVE
from tests.component.engines import engine_as


def differences(database: Database) -> list[Any]:
    """What Alembic would still change."""
    declared = MetaData()
    for projection in LIVE:
        for table in projection.tables:
            table.to_metadata(declared)
    with engine_as("gateway_owner", database) as engine, engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in declared.tables},
        )
        return list(compare_metadata(context, declared))
