"""The tables of `group_facts`, with their walls, as the migration of a service makes them that
keeps them.
"""

from pathlib import Path

from sqlalchemy import Connection, text

from libs.eventstore.migrations import run_script

_WALLS = Path(__file__).parent / "walls.sql"
_TABLES = """
CREATE TABLE known_groups (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    late_joiners text,
    PRIMARY KEY (tenant_id, group_id)
);
CREATE TABLE known_facilitators (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    therapist_id uuid NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, group_id, therapist_id)
);
CREATE TABLE known_members (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    joined_at timestamptz,
    left_at timestamptz,
    PRIMARY KEY (tenant_id, group_id, patient_id)
);
"""


def create_groups(connection: Connection, service: str) -> None:
    """A member who is erased is removed from what is known."""
    connection.execute(text(_TABLES))
    for table in ("known_groups", "known_facilitators", "known_members"):
        wall(connection, service, table)
    quoted = connection.dialect.identifier_preparer.quote(f"{service}_follow")
    connection.execute(text(f"GRANT DELETE ON known_members TO {quoted}"))


def wall(connection: Connection, service: str, table: str) -> None:
    """Written by the follower alone, and read clinic by clinic."""
    run_script(connection, _WALLS, table=table, app=f"{service}_app", writer=f"{service}_follow")
