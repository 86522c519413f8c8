"""The tables of `care_facts`, as a service's migration makes them."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text

from libs.eventstore.migrations import run_script

_WALLS = Path(__file__).parent / "walls.sql"

_TABLES = """
CREATE TABLE known_people (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    zone text,
    locale text,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE TABLE known_relationships (
    tenant_id uuid NOT NULL,
    relationship_id uuid NOT NULL,
    patient_id uuid,
    therapist_id uuid,
    began_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, relationship_id)
);
CREATE INDEX known_relationships_of ON known_relationships (tenant_id, therapist_id, patient_id);
CREATE TABLE known_sessions (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    patient_id uuid,
    therapist_id uuid,
    starts_at timestamptz,
    zone text,
    duration_min int,
    status text,
    PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX known_sessions_of ON known_sessions (tenant_id, patient_id, therapist_id, starts_at);
"""
_SUPERVISIONS = """
CREATE TABLE known_supervisions (
    tenant_id uuid NOT NULL,
    supervision_id uuid NOT NULL,
    supervisor_id uuid,
    therapist_id uuid,
    began_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, supervision_id)
);
CREATE INDEX known_supervisions_of ON known_supervisions (tenant_id, supervisor_id, therapist_id);
"""
_DEPARTURES = """
CREATE TABLE known_departures (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    left_at timestamptz,
    returned_at timestamptz,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE TABLE known_windows (
    tenant_id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    days int,
    PRIMARY KEY (tenant_id, clinic_id)
);
"""
_NAMES = "known_people, known_relationships, known_sessions"

CARE_FACTS = ("known_people", "known_relationships", "known_sessions", "known_supervisions")

DEPARTURES = ("known_departures", "known_windows")


def create_care_facts(connection: Connection, service: str, *, writer: str | None = None) -> None:
    """`create_care_facts(op.get_bind(), "diary")`: read by `<service>_app`, written by `writer`
    (the same role unless named).

    The walls come later: `build_walls`.
    """
    connection.execute(text(_TABLES))
    _grant(connection, _NAMES, service, writer)


def create_supervisions(connection: Connection, service: str, *, writer: str | None = None) -> None:
    """Who supervises whom, beside the tables of `create_care_facts` and for the same roles."""
    connection.execute(text(_SUPERVISIONS))
    _grant(connection, "known_supervisions", service, writer)


_ERASED = """
CREATE TABLE known_erased (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    removed jsonb NOT NULL,
    PRIMARY KEY (tenant_id, patient_id)
);
"""


def create_erased(
    connection: Connection, service: str, *, writer: str | None = None, kept: Iterable[str] = ()
) -> None:
    """Who was erased, within walls; and the right to remove what is known of them, also from the
    tables `kept` beside care's facts.
    """
    quoted = connection.dialect.identifier_preparer.quote
    writer = writer or f"{service}_follow"
    connection.execute(text(_ERASED))
    run_script(connection, _WALLS, table="known_erased", app=f"{service}_app", writer=writer)
    for table in ("known_people", "known_relationships", "known_sessions", *kept):
        connection.execute(text(f"GRANT DELETE ON {table} TO {quoted(writer)}"))


def wall_in_patients(connection: Connection, service: str, table: str) -> None:
    """The walls of a table, made just before, that holds rows of patients; its follower, who writes
    them, removes those of whoever is erased.
    """
    writer = f"{service}_follow"
    run_script(connection, _WALLS, table=table, app=f"{service}_app", writer=writer)
    quoted = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"GRANT DELETE ON {table} TO {quoted(writer)}"))


def build_walls(
    connection: Connection, service: str, *, writer: str | None = None, also: Iterable[str] = ()
) -> None:
    """Around the tables of `create_care_facts` and `create_supervisions`, and `also` others that a
    service keeps: written by `writer` (`<service>_follow` unless named), read clinic by clinic.
    """
    for table in (*CARE_FACTS, *also):
        run_script(
            connection,
            _WALLS,
            table=table,
            app=f"{service}_app",
            writer=writer or f"{service}_follow",
        )


def create_departures(connection: Connection, service: str, *, writer: str | None = None) -> None:
    """Who has left, and how long they may finish their records; with their walls."""
    connection.execute(text(_DEPARTURES))
    for table in DEPARTURES:
        run_script(
            connection,
            _WALLS,
            table=table,
            app=f"{service}_app",
            writer=writer or f"{service}_follow",
        )


def key_people_by_kind(connection: Connection) -> None:
    """Patient and therapist of one id are two rows: neither overwrites the other."""
    connection.execute(
        text(
            "ALTER TABLE known_people DROP CONSTRAINT known_people_pkey,"
            " ADD PRIMARY KEY (tenant_id, person_id, kind)"
        )
    )


def _grant(connection: Connection, tables: str, service: str, writer: str | None) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"GRANT SELECT ON {tables} TO {quoted(f'{service}_app')}"))
    connection.execute(
        text(f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {quoted(writer or f'{service}_app')}")
    )
