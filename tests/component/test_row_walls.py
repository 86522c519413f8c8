"""The second wall: whatever a query says, a role sees and changes rows of the clinic that it has
named, and without a name none. Tried on every table that holds rows of several clinics.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Composed, Identifier, Literal

from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from tests.security.rights import Table, tables

pytestmark = [
    pytest.mark.security("database roles"),
    pytest.mark.postgres,
    pytest.mark.timeout(180),
]

WALLED = {name: table for name, table in tables().items() if table.wall == "clinic"}
READERS = [
    (name, role)
    for name, table in WALLED.items()
    for role, told in table.rights.items()
    if "select" in told
]
INSIDE = [(name, role) for name, role in READERS if role not in WALLED[name].through_all]
COMPARED = {"gateway.applied", "gateway.parked"}
NOT_SAID = (errors.UndefinedObject, errors.InvalidTextRepresentation)
"""How a service's table answers who has named no clinic: louder than with nothing."""

_LONG_AGO = "2001-02-03T04:05:06Z"
"""Whatever is purged once it is old may be purged."""

_OF_TYPE: dict[str, Any] = {
    "integer": 1,
    "double precision": 1.0,
    "boolean": True,
    "bytea": b"x",
    "uuid[]": [],
    "text[]": [],
    "json": "{}",
    "jsonb": "{}",
    "timestamp with time zone": _LONG_AGO,
}


@pytest.fixture(scope="module")
def two_clinics(database: Database) -> Database:
    """With a row of each in every such table."""
    with psycopg.connect(database.url) as superuser:
        for table in WALLED.values():
            for clinic in (CLINIC, OTHER_CLINIC):
                superuser.execute(_inserted(superuser, table, clinic))
    return database


def _inserted(
    connection: psycopg.Connection, table: Table, clinic: UUID, *, another: bool = False
) -> Composed:
    """`another` row than the one that is there."""
    values = _row(connection, table, clinic, 1 + another)
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table.schema, table.name),
        SQL(", ").join(map(Identifier, values)),
        SQL(", ").join(map(Literal, values.values())),
    )


def _row(
    connection: psycopg.Connection, table: Table, clinic: UUID, number: int
) -> Mapping[str, Any]:
    """Whatever must be there and has no default; ids are unique over the clinics."""
    told = _OF_TYPE | {
        "uuid": uuid5(clinic, str(number)),
        "text": str(number),
        # Where a place in a topic is all that tells two rows apart.
        "bigint": clinic.int % 1_000 + 1_000 * number,
    }
    needed = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND (attnotnull OR attname IN ('created_at', 'wrapped'))"
        " AND attidentity = '' AND attgenerated = ''",
        [table.whole_name],
    ).fetchall()
    return {**{name: told[kind] for name, kind in needed}, "tenant_id": clinic}


@contextmanager
def acting(database: Database, role: str, clinic: UUID | None) -> Iterator[psycopg.Connection]:
    """In one transaction, of which nothing stays."""
    with psycopg.connect(database.url_as(role)) as connection:
        if clinic is not None:
            connection.execute("SELECT set_config('interlude.tenant', %s, true)", [str(clinic)])
        yield connection
        connection.rollback()


def clinics_seen(connection: psycopg.Connection, table: Table) -> set[UUID]:
    seen = connection.execute(
        SQL("SELECT DISTINCT tenant_id FROM {}").format(Identifier(table.schema, table.name))
    )
    return {clinic for (clinic,) in seen.fetchall()}


@pytest.mark.parametrize(("name", "role"), INSIDE)
def test_without_a_clinic_nothing_is_seen(name: str, role: str, two_clinics: Database) -> None:
    with acting(two_clinics, role, None) as connection:
        try:
            seen = clinics_seen(connection, WALLED[name])
        except NOT_SAID:
            return
    assert seen == set()


@pytest.mark.parametrize(("name", "role"), INSIDE)
def test_nor_with_what_the_last_transaction_named(
    name: str, role: str, two_clinics: Database
) -> None:
    """Connections are shared: what one request named must not be there for the next."""
    with psycopg.connect(two_clinics.url_as(role)) as connection:
        connection.execute("SELECT set_config('interlude.tenant', %s, true)", [str(CLINIC)])
        assert clinics_seen(connection, WALLED[name]) == {CLINIC}
        connection.commit()
        try:
            seen = clinics_seen(connection, WALLED[name])
        except NOT_SAID:
            return
    assert seen == set()


@pytest.mark.parametrize(("name", "role"), READERS)
def test_with_a_clinic_its_rows_are_seen_and_no_others(
    name: str, role: str, two_clinics: Database
) -> None:
    table = WALLED[name]
    for clinic in (CLINIC, OTHER_CLINIC):
        with acting(two_clinics, role, clinic) as connection:
            seen = clinics_seen(connection, table)
        assert seen == ({CLINIC, OTHER_CLINIC} if role in table.through_all else {clinic})


@pytest.mark.parametrize(
    ("name", "role"),
    [(name, role) for name, role in INSIDE if "insert" in WALLED[name].rights[role]],
)
def test_nobody_writes_a_row_of_another_clinic(name: str, role: str, two_clinics: Database) -> None:
    table = WALLED[name]
    with acting(two_clinics, role, CLINIC) as connection:
        with connection.transaction(force_rollback=True):
            connection.execute(_inserted(connection, table, CLINIC, another=True))
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(_inserted(connection, table, OTHER_CLINIC, another=True))


@pytest.mark.parametrize(
    ("name", "role", "right"),
    [
        (name, role, right)
        for name, role in INSIDE
        for right in ("update", "delete")
        if right in WALLED[name].rights[role]
    ],
)
def test_nobody_changes_a_row_of_another_clinic(
    name: str, role: str, right: str, two_clinics: Database
) -> None:
    target = Identifier(*name.split("."))
    change = {"update": "UPDATE {} SET tenant_id = tenant_id", "delete": "DELETE FROM {}"}[right]
    with acting(two_clinics, role, CLINIC) as connection:
        touched = connection.execute(SQL(change).format(target)).rowcount
    assert touched == 1


@pytest.mark.parametrize("name", WALLED)
def test_the_owner_is_held_by_it_too(name: str, two_clinics: Database) -> None:
    """Whoever gets hold of what migrates has no clinic's rows by that; only how far the gateway's
    readers have come, which is compared before a rebuilt table takes the old one's place.
    """
    table = WALLED[name]
    with acting(two_clinics, table.owner, CLINIC) as connection:
        seen = clinics_seen(connection, table)
    assert seen == ({CLINIC, OTHER_CLINIC} if name in COMPARED else set())


def test_a_table_has_the_wall_that_is_said_of_it(database: Database) -> None:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute(
            "SELECT format('%I.%I', nspname, relname), relforcerowsecurity, EXISTS (SELECT FROM"
            " pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id' AND NOT attisdropped)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r'"
            " AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
        ).fetchall()
    walls = {
        name: "clinic" if forced else "none" if of_clinics else ""
        for name, forced, of_clinics in found
    }
    assert walls == {name: table.wall for name, table in tables().items()}
