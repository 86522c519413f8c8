"""The event store's tables and functions, as a service's first migration makes them."""

from pathlib import Path

from sqlalchemy import Connection

_HERE = Path(__file__).parent


def create_event_store(connection: Connection, service: str) -> None:
    """In the current schema, by its owner; a script calls it with `op.get_bind()`.

    Grants go to the roles `<service>_app` and `<service>_relay` of `deploy/postgres/roles.sql`.
    """
    for script in ("tables.sql", "append.sql", "reading.sql"):
        run_script(connection, _HERE / script, app=f"{service}_app", relay=f"{service}_relay")


def remember_the_topic(connection: Connection) -> None:
    """Beside the relay's lease: which topic holds what was published. One that was lost and made
    again has another id.
    """
    connection.exec_driver_sql("ALTER TABLE relay_lease ADD COLUMN topic_id text")


def remember_what_was_dismissed(
    connection: Connection, service: str, *, writer: str | None = None
) -> None:
    """Beside the tables of `create_progress_tables`, and for the same roles."""
    app = f"{service}_app"
    run_script(connection, _HERE / "dismissed.sql", app=app, writer=writer or app)


def build_progress_walls(
    connection: Connection, service: str, *, reader: str | None = None
) -> None:
    """Around the same tables, for whoever reads the topics: `<service>_follow` unless named."""
    run_script(
        connection,
        _HERE / "walls.sql",
        app=f"{service}_app",
        reader=reader or f"{service}_follow",
    )


def run_script(connection: Connection, script: Path, **roles: str) -> None:
    """A file of SQL in which `{name}` stands for a role."""
    text = script.read_text("utf-8")
    for name, role in roles.items():
        text = text.replace(f"{{{name}}}", connection.dialect.identifier_preparer.quote(role))
    connection.exec_driver_sql(text)
