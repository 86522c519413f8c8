"""What `deploy/postgres/rights.md` says that a role may do to a table, tried statement by
statement: it may do that, and nothing else to any table there is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Composed, Identifier

from libs.testing.cast import CLINIC
from libs.testing.databases import Database
from tests.security import rights
from tests.security.rights import SCHEMAS, Table, roles, tables
from tests.security.table import TRIED

pytestmark = [
    pytest.mark.security("database roles"),
    pytest.mark.postgres,
    pytest.mark.timeout(180),
]

_RIGHTS = 6
"""To read, add, change, delete, and empty a table, and to write it anew."""

_COLUMNS = """
SELECT format('%I.%I', nspname, relname), attname, attgenerated <> '' OR attidentity = 'a'
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped
  AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
ORDER BY attnum
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """`given` are those that PostgreSQL lets somebody write a value of their own into."""

    every: Sequence[str]
    given: Sequence[str]


@pytest.fixture(scope="module")
def known(database: Database) -> Mapping[str, Columns]:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute(_COLUMNS.encode()).fetchall()
    return {
        table: Columns(
            every=[name for of, name, _ in found if of == table],
            given=[name for of, name, made in found if of == table and not made],
        )
        for table, _, _ in found
    }


def test_every_table_has_its_row_and_every_row_its_table(known: Mapping[str, Columns]) -> None:
    assert set(tables()) == set(known)


def test_every_role_that_serves_has_its_column(database: Database) -> None:
    with psycopg.connect(database.url) as superuser:
        ours = superuser.execute(
            "SELECT rolname FROM pg_roles WHERE split_part(rolname, '_', 1) = ANY (%s)"
            " AND rolname NOT LIKE '%%\\_owner'",
            [list(SCHEMAS)],
        ).fetchall()
    assert {role for (role,) in ours} == roles()


@pytest.mark.parametrize("role", sorted(roles()))
def test_a_role_may_do_what_its_cells_say_and_nothing_else(
    role: str,
    database: Database,
    known: Mapping[str, Columns],
    record_property: Callable[[str, object], None],
) -> None:
    record_property(TRIED, len(tables()) * _RIGHTS)
    with psycopg.connect(database.url_as(role)) as connection:
        connection.execute("SELECT set_config('interlude.tenant', %s, false)", [str(CLINIC)])
        connection.commit()
        wrong = {
            name: sorted(done)
            for name, table in tables().items()
            if (done := _done(connection, table, known[name])) != table.rights.get(role, set())
        }
    assert wrong == {}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_owner_may_do_nothing_to_what_is_not_theirs(
    schema: str, database: Database, known: Mapping[str, Columns]
) -> None:
    with psycopg.connect(database.url_as(f"{schema}_owner")) as connection:
        done = {
            name
            for name, table in tables().items()
            if table.owner != f"{schema}_owner" and _done(connection, table, known[name])
        }
    assert done == set()


def _done(connection: psycopg.Connection, table: Table, columns: Columns) -> set[str]:
    """Rights that it has, as the file words them: each of these was let pass."""
    target = Identifier(table.schema, table.name)
    done = {
        right
        for right, statement in _statements(target, columns).items()
        if _is_let(connection, statement)
    }
    if "update" not in done and table.schema.partition("_")[0] in connection.info.user:
        updated = [
            name for name in sorted(columns.every) if _is_let(connection, _update(target, [name]))
        ]
        done |= {f"update ({', '.join(updated)})"} if updated else set()
    return done


def _statements(target: Identifier, columns: Columns) -> Mapping[str, Composed]:
    """Each reaches no row, so that nothing but the right to it can be refused."""
    names = SQL(", ").join(map(Identifier, columns.given))
    nothing = SQL(", ").join(SQL("NULL") for _ in columns.given)
    return {
        "select": SQL("SELECT * FROM {} LIMIT 0").format(target),
        "insert": SQL("INSERT INTO {} ({}) SELECT {} WHERE false").format(target, names, nothing),
        "update": _update(target, columns.every),
        "delete": SQL("DELETE FROM {} WHERE false").format(target),
        "truncate": SQL("TRUNCATE {}").format(target),
        # VACUUM, which is let by the same right, ends no transaction and cannot be taken back.
        "maintain": SQL("REINDEX TABLE {}").format(target),
    }


def _update(target: Identifier, columns: Sequence[str]) -> Composed:
    changes = SQL(", ").join(SQL("{} = DEFAULT").format(Identifier(each)) for each in columns)
    return SQL("UPDATE {} SET {} WHERE false").format(target, changes)


def _is_let(connection: psycopg.Connection, statement: Composed) -> bool:
    try:
        connection.execute(statement)
    except errors.InsufficientPrivilege:
        return False
    finally:
        connection.rollback()
    return True


def test_nobody_changes_a_fact() -> None:
    """Whatever else is decided about a table."""
    facts = [each for each in tables().values() if each.name == "events"]
    assert len(facts) == len(rights.SERVICES)
    for table in facts:
        for role, told in table.rights.items():
            assert told <= {"select", "insert"}, role


def test_no_function_does_for_a_role_what_it_may_not_do(database: Database) -> None:
    with psycopg.connect(database.url) as superuser:
        as_its_owner = superuser.execute(
            "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE prosecdef AND nspname <> 'pg_catalog'"
        ).fetchall()
    assert as_its_owner == [("trim_log",)], "it deletes what has outlived its time, and no more"


def test_a_table_that_nobody_has_decided_about_is_found(own_database: Database) -> None:
    with psycopg.connect(own_database.url) as superuser:
        superuser.execute("CREATE TABLE diary.drafts (body text)")
        found = {table for table, _, _ in superuser.execute(_COLUMNS.encode()).fetchall()}
    assert found - set(tables()) == {"diary.drafts"}
