"""Alembic runs this."""

from libs.eventstore.migrating import run_migrations

run_migrations()
