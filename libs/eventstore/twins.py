"""Tables and their twins: the same table in another schema, to be filled anew and exchanged.

Everything here is done by the tables' owner, in the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

_STATEMENTS = text((Path(__file__).parent / "twins.sql").read_text("utf-8"))
_MARKS = text("""
SELECT obj_description(c.oid, 'pg_class') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = ANY(:tables)
""")
_PREPARED = text("""
SELECT to_regnamespace(:next) IS NOT NULL AND to_regnamespace(:old) IS NOT NULL
""")
_UNLIKE = text("""
WITH columns AS (
  SELECT table_schema, table_name::text, column_name::text, data_type::text, udt_name::text
  FROM information_schema.columns WHERE table_name = ANY(:tables)
)
SELECT EXISTS (
  (SELECT table_name, column_name, data_type, udt_name FROM columns WHERE table_schema = :one
   EXCEPT
   SELECT table_name, column_name, data_type, udt_name FROM columns WHERE table_schema = :other)
  UNION ALL
  (SELECT table_name, column_name, data_type, udt_name FROM columns WHERE table_schema = :other
   EXCEPT
   SELECT table_name, column_name, data_type, udt_name FROM columns WHERE table_schema = :one)
)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schemas:
    """Where the live tables are, where new ones are filled, and where old ones are kept."""

    live: str
    next: str
    old: str


def prepared(db: Connection, schemas: Schemas) -> bool:
    wanted = {"next": schemas.next, "old": schemas.old}
    return bool(db.execute(_PREPARED, wanted).scalar_one())


def make(db: Connection, tables: Sequence[str], schemas: Schemas, mark: str) -> None:
    """Empty twins of the live tables, in place of whatever was begun before. `mark` says what they
    are filled by.
    """
    drop(db, tables, schemas.next)
    for table in tables:
        wanted = {"schema": schemas.live, "other": schemas.next, "table": table}
        for statement in db.execute(_STATEMENTS, wanted).scalars().all():
            db.execute(text(statement.replace(":", r"\:")))  # no colon in it names a parameter
        _mark(db, schemas.next, table, mark)


def marked(db: Connection, tables: Sequence[str], schemas: Schemas, mark: str) -> bool:
    """Whether all twins are there, filled by nothing but what has this mark."""
    return _marks(db, tables, schemas.next) == [mark] * len(tables)


def alike(db: Connection, tables: Sequence[str], schemas: Schemas) -> bool:
    """Whether live tables and twins still have the same columns: a migration sees only the live."""
    wanted = {"tables": list(tables), "one": schemas.live, "other": schemas.next}
    return not db.execute(_UNLIKE, wanted).scalar_one()


def exchange(db: Connection, tables: Sequence[str], schemas: Schemas) -> None:
    """The twins are the live tables from the commit on; what was live is kept as old."""
    for table in tables:
        _mark(db, schemas.next, table, None)
        db.exec_driver_sql(f'ALTER TABLE "{schemas.live}"."{table}" SET SCHEMA "{schemas.old}"')
        db.exec_driver_sql(f'ALTER TABLE "{schemas.next}"."{table}" SET SCHEMA "{schemas.live}"')


def drop(db: Connection, tables: Sequence[str], schema: str) -> int:
    """How many there were."""
    there = len(_marks(db, tables, schema))
    for table in tables:
        db.exec_driver_sql(f'DROP TABLE IF EXISTS "{schema}"."{table}"')
    return there


def kept(db: Connection, tables: Sequence[str], schema: str) -> bool:
    return bool(_marks(db, tables, schema))


def _marks(db: Connection, tables: Sequence[str], schema: str) -> Sequence[str | None]:
    return db.execute(_MARKS, {"schema": schema, "tables": list(tables)}).scalars().all()


def _mark(db: Connection, schema: str, table: str, mark: str | None) -> None:
    told = "NULL" if mark is None else f"'{mark}'"
    db.exec_driver_sql(f'COMMENT ON TABLE "{schema}"."{table}" IS {told}')
