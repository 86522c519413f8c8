"""The schemas of Interlude's one database, and the roles that reach them."""

from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]
ROLES = ROOT / "deploy" / "postgres" / "roles.sql"

SCHEMAS = ("keyring", "broker", "care", "assignment", "diary", "review", "gateway")


def apply_roles(url: str) -> None:
    """`url` is a superuser's. Idempotent."""
    with psycopg.connect(url) as superuser:
        superuser.execute(ROLES.read_bytes())
