"""The audit of one service, as its migration makes it."""

from pathlib import Path

from sqlalchemy import Connection

from libs.eventstore.migrations import run_script

_TABLES = Path(__file__).parent / "tables.sql"


def create_audit(connection: Connection, service: str) -> None:
    """In the schema `<service>_audit` of `deploy/postgres/roles.sql`, by its owner."""
    run_script(
        connection,
        _TABLES,
        schema=f"{service}_audit",
        app=f"{service}_app",
        auditor=f"{service}_auditor",
    )
