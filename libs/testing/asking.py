"""One statement to a database, as somebody, for arranging and looking."""

from typing import Any
from uuid import UUID

import psycopg


def ask(url: str, statement: str, *, clinic: UUID | None = None) -> list[tuple[Any, ...]]:
    """`clinic` is whose rows the session may see, where policies ask for it."""
    options = f"-c interlude.tenant={clinic}" if clinic else ""
    with psycopg.connect(url, autocommit=True, options=options) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
