"""From an empty database to roles, schemas and tables at head; the same for run, tests and CI."""

from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]
ROLES = ROOT / "deploy" / "postgres" / "roles.sql"

OWNED_BY_LIBRARIES = ("keyring", "broker")
SERVICES = ("care", "assignment", "diary", "review", "gateway")


def apply(url: str, url_as: Callable[[str], str]) -> None:
    """`url` is a superuser's; `url_as` gives the owners' URLs in the same database. Idempotent."""
    with psycopg.connect(url) as superuser:
        superuser.execute(ROLES.read_bytes())
    for schema in (*OWNED_BY_LIBRARIES, *SERVICES):
        if _scripts(schema):
            _migrate(schema, url_as(f"{schema}_owner"))


def digest() -> str:
    """Changes with anything that decides what `apply` makes."""
    content = sha256()
    for path in sorted([ROLES, Path(__file__), *_library_tables(), *_every_script()]):
        content.update(str(path).encode() + path.read_bytes())
    return content.hexdigest()[:16]


def _migrate(schema: str, url: str) -> None:
    if find_spec("libs.eventstore.migrating") is not None:
        import_module("libs.eventstore.migrating").migrate(schema, url)


def _scripts(schema: str) -> list[Path]:
    folder = ROOT / "services" / schema / "migrations"
    return sorted(folder.glob("versions/*.py"))


def _every_script() -> list[Path]:
    return [path for schema in (*OWNED_BY_LIBRARIES, *SERVICES) for path in _scripts(schema)]


def _library_tables() -> list[Path]:
    libs = ROOT / "libs"
    return [
        *libs.glob("*/migrations.py"),
        *libs.glob("*/migrating.py"),
        *libs.glob("*/migrations/**/*.py"),
    ]
