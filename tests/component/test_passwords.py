"""The passwords that docker-compose.yml's PostgreSQL is made ready with, on a real one."""

import base64
import re

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from deploy.credentials import known_by, passwords
from libs.testing.databases import Database

pytestmark = [pytest.mark.security("database roles"), pytest.mark.postgres]

SALT = bytes(range(16))
SECRET = "correct-horse-battery-staple"  # noqa: S105 - of nobody's


def test_it_is_what_postgresqls_own_client_would_send(database: Database) -> None:
    with psycopg.connect(database.url) as superuser:
        theirs = superuser.pgconn.encrypt_password(
            SECRET.encode(), b"care_app", b"scram-sha-256"
        ).decode()
    salt = re.fullmatch(r"SCRAM-SHA-256\$4096:([^$]+)\$.+", theirs)
    assert salt is not None
    assert known_by(SECRET, base64.b64decode(salt[1])) == theirs


def test_the_server_takes_it_as_it_is_and_never_sees_the_password(own_database: Database) -> None:
    told = passwords({"TRIED_ALONE_PASSWORD": SECRET, "POSTGRES_PASSWORD": "x", "OTHER": "y"})
    assert told.count("ALTER ROLE") == 1
    assert SECRET not in told
    with psycopg.connect(own_database.url) as superuser:
        superuser.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier("tried_alone")))
        superuser.execute(told.encode())
        kept = superuser.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'tried_alone'"
        ).fetchone()
        # Roles are the server's, and other tests are on it.
        superuser.rollback()
        assert superuser.info.transaction_status == TransactionStatus.IDLE
    assert kept is not None
    assert f"'{kept[0]}'" in told


@pytest.mark.parametrize("password", ["", "pässword", "two\nlines"])
def test_what_may_be_written_in_several_ways_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        known_by(password, SALT)
