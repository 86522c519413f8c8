"""From roles and schemas to tables at head; the same for run, tests and CI.

`python -m deploy.local.migrations` reads the owners' URLs by role, as JSON, and says each schema
that is done.
"""

import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from deploy.local.schemas import ROLES, ROOT, SCHEMAS, apply_roles
from libs.eventstore.migrating import migrate, scripts_of

__all__ = ["ROOT", "SCHEMAS", "apply_roles", "digest", "migrate_all"]


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


def main() -> None:
    urls: dict[str, str] = json.load(sys.stdin)
    migrate_all(urls.__getitem__, lambda schema: print(schema, flush=True))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
