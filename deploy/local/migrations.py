"""From an empty database to roles, schemas and tables at head; the same for run, tests and CI."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg

from libs.eventstore.migrating import migrate, scripts_of

ROOT = Path(__file__).parents[2]
ROLES = ROOT / "deploy" / "postgres" / "roles.sql"

SCHEMAS = ("keyring", "broker", "care", "assignment", "diary", "review", "gateway")


def apply_roles(url: str) -> None:
    """`url` is a superuser's. Idempotent, like all of this."""
    with psycopg.connect(url) as superuser:
        superuser.execute(ROLES.read_bytes())


def migrate_all(url_as: Callable[[str], str], done: Callable[[str], object] = str) -> None:
    """`url_as` gives each owner's URL."""
    for schema in SCHEMAS:
        if any(_revisions(schema)):
            migrate(schema, url_as(f"{schema}_owner"))
        done(schema)


def digest() -> str:
    """Changes with anything that decides what `apply` makes."""
    content = sha256()
    for path in sorted({ROLES, Path(__file__), *_library_tables(), *_all_revisions()}):
        content.update(str(path).encode() + path.read_bytes())
    return content.hexdigest()[:16]


def _revisions(schema: str) -> list[Path]:
    return list(scripts_of(schema).glob("versions/*.py"))


def _all_revisions() -> list[Path]:
    return [path for schema in SCHEMAS for path in _revisions(schema)]


def _library_tables() -> list[Path]:
    """What revisions are made of: `migrations.py`, and the SQL beside it."""
    libs = ROOT / "libs"
    return [*libs.glob("*/migrat*.py"), *libs.glob("**/*.sql")]
