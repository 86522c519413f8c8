"""Alembic's way in: everything is in the library."""

from libs.eventstore.migrating import run_migrations

run_migrations()
