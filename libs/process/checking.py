"""What a probe asks of a schema on a connection of its own: is it at the head that this code knows.

For loops without asyncio. Alembic would say it too, but every process would pay 10 MB for that.
"""

import psycopg

from libs.eventstore.revisions import head_of
from libs.process.admin import Check

_ANSWER_WITHIN = 2
"""Seconds that a probe waits."""


def at_head(url: str, service: str) -> Check:
    """Any role of the service may ask."""
    head = head_of(service)

    def check() -> bool:
        with psycopg.connect(url, connect_timeout=_ANSWER_WITHIN) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return found == (head,)

    return check
