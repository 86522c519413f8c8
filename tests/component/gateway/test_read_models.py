"""The read models' tables on a real PostgreSQL: as migrated, as projected, and behind the wall."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, make_url

from libs.testing.databases import Database
from services.gateway.projections.everything import LIVE


def test_the_migrations_make_exactly_the_tables_that_projections_write(database: Database) -> None:
    declared = MetaData()
    for projection in LIVE:
        for table in projection.tables:
            table.to_metadata(declared)
    engine = create_engine(
        make_url(database.url_as("gateway_owner")).set(drivername="postgresql+psycopg")
    )
    with engine.connect() as connection:
        ours = {table.name for table in declared.sorted_tables}
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in ours},
        )
        assert compare_metadata(context, declared) == []
    engine.dispose()
