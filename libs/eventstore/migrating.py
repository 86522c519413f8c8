"""Bringing one service's schema to its head: the same for `migrate` and for tests.

Every service has its own history, in its own schema, run by its own owner's role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from psycopg.errors import InvalidSchemaName, UndefinedObject
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from libs.eventstore.revisions import head_of, scripts_of

__all__ = ["RolesMissing", "head_of", "migrate", "run_migrations", "scripts_of"]

_PATIENCE = "60s"
"""How long a second migrator waits for the first."""


class RolesMissing(Exception):  # noqa: N818 - the server is not ready
    """A role or a schema that the migrations need is not there."""


def migrate(service: str, url: str, scripts: Path | None = None) -> None:
    """To head, in one transaction; `url` is the owner's. A second migrator waits for the first.
    Raises `RolesMissing`.
    """
    with _on_prepared_ground(), _connected(url) as connection, connection.begin():
        _alone(connection, service)
        config = _config(scripts or scripts_of(service))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("GRANT SELECT ON alembic_version TO PUBLIC"))


def run_migrations() -> None:
    """All that a service's `env.py` has to call."""
    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()


def _connected(url: str) -> Connection:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    return engine.connect()


@contextmanager
def _on_prepared_ground() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.orig, InvalidSchemaName | UndefinedObject):
            raise
        missing = error.orig.diag.message_primary
        raise RolesMissing(
            f"roles-missing: {missing}: a superuser runs deploy/postgres/roles.sql of this version "
            "in the database, and gives new roles their passwords; then migrate again."
        ) from None


def _alone(connection: Connection, service: str) -> None:
    schema = connection.dialect.identifier_preparer.quote(service)
    connection.execute(text(f"SET LOCAL search_path TO {schema}"))
    connection.execute(text(f"SET LOCAL lock_timeout TO '{_PATIENCE}'"))
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"),
        {"what": f"migrate:{service}"},
    )


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config
