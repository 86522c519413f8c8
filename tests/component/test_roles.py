"""A role per service and schema: nobody reaches what is not theirs."""

import psycopg
import pytest
from psycopg import errors

from deploy.local import migrations
from libs.testing.databases import Database

pytestmark = [pytest.mark.security("database roles"), pytest.mark.postgres]

SCHEMAS = ("care", "assignment", "diary", "review", "gateway", "keyring", "broker")
WORKERS = [
    *(f"{service}_{role}" for service in SCHEMAS[:4] for role in ("app", "relay", "follow")),
    "assignment_clock",
    "gateway_app",
    "gateway_projector",
    "keyring_app",
    "keyring_writer",
    "keyring_rotator",
    "broker_app",
]

AUDITED = SCHEMAS[:5]

BESIDE = {
    **{
        f"{service}_{role}": [f"{service}_audit"]
        for service in AUDITED
        for role in ("app", "owner")
    },
    **{f"{service}_follow": [f"{service}_audit"] for service in SCHEMAS[:4]},
    "assignment_clock": ["assignment_audit"],
    "gateway_owner": ["gateway_audit", "gateway_next", "gateway_old"],
    "gateway_projector": ["gateway_next"],
}
"""Where read models are rebuilt, and where it is written down who looked."""


def test_the_roles_are_made_as_often_as_one_likes(own_database: Database) -> None:
    migrations.apply_roles(own_database.url)
    migrations.apply_roles(own_database.url)


@pytest.mark.parametrize("role", WORKERS)
def test_a_worker_makes_no_tables(database: Database, role: str) -> None:
    with (
        psycopg.connect(database.url_as(role)) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine ()")


@pytest.mark.parametrize("role", [*WORKERS, *(f"{schema}_owner" for schema in SCHEMAS)])
def test_a_role_uses_no_schema_but_its_own(database: Database, role: str) -> None:
    with psycopg.connect(database.url_as(role)) as connection:
        usable = connection.execute(
            "SELECT array_agg(nspname::text ORDER BY nspname) FROM pg_namespace"
            " WHERE has_schema_privilege(oid, 'USAGE')"
            " AND nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema'"
        ).fetchone()
        path = connection.execute("SHOW search_path").fetchone()
    own = role.split("_", maxsplit=1)[0]
    assert usable == ([own, *BESIDE.get(role, [])],)
    assert path == (own,)


@pytest.mark.parametrize("service", AUDITED)
def test_an_auditor_reaches_the_audit_alone(database: Database, service: str) -> None:
    with psycopg.connect(database.url_as(f"{service}_auditor")) as connection:
        connection.execute("SELECT FROM records")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM {service}.alembic_version".encode())


@pytest.mark.parametrize("role", WORKERS)
def test_no_policy_is_passed_by_privilege(database: Database, role: str) -> None:
    with psycopg.connect(database.url) as connection:
        found = connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
    assert found == (False,)
