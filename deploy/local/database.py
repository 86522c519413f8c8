"""The database of `make run`: in a private PostgreSQL, or the one of DATABASE_URL."""

from dataclasses import dataclass, field
from functools import cached_property

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier, Literal

from deploy.local.schemas import SCHEMAS
from deploy.local.trouble import Trouble
from libs.process.keys import derived, master_key

NAME = "interlude"


def make_in(server_url: str) -> None:
    """In a private server, where there is none yet."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        found = admin.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if found is None:
            admin.execute(SQL("CREATE DATABASE {}").format(Identifier(NAME)))


@dataclass(frozen=True)
class Target:
    """`url` is of a user who may make roles; `master` is the MASTER_KEY.

    Where that user needs a password, our roles get passwords that follow from the master key.
    """

    url: str = field(repr=False)
    master: str = field(repr=False)

    def must_answer(self) -> None:
        try:
            psycopg.connect(self.url, connect_timeout=10).close()
        except psycopg.Error as trouble:
            raise Trouble(
                f"The database of DATABASE_URL does not let us in ({type(trouble).__name__}). "
                "It takes postgresql://superuser:password@host:port/database."
            ) from trouble

    @cached_property
    def identity(self) -> str:
        """Another server or database has another."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT system_identifier || '/' || current_database() FROM pg_control_system()"
            ).fetchone()
        return str(row and row[0])

    def url_as(self, role: str) -> str:
        told = self._told
        secret = f":{self._password(role)}" if "password" in told else ""
        place = f"{told.get('host', '127.0.0.1')}:{told.get('port', 5432)}"
        mode = f"?sslmode={told['sslmode']}" if "sslmode" in told else ""
        return f"postgresql://{role}{secret}@{place}/{told.get('dbname', 'postgres')}{mode}"

    def set_passwords(self) -> None:
        """After the roles were made. The server gets what it needs to know a password by, never the
        password: it may write down every statement.
        """
        if "password" not in self._told:
            return
        with psycopg.connect(self.url) as superuser:
            ours = [f"{schema}_%" for schema in SCHEMAS]
            found = "SELECT rolname FROM pg_roles WHERE rolname LIKE ANY (%s)"
            for (role,) in superuser.execute(found, [ours]).fetchall():
                change = SQL("ALTER ROLE {} PASSWORD {}")
                known_by = superuser.pgconn.encrypt_password(
                    self._password(role).encode(), role.encode(), b"scram-sha-256"
                )
                superuser.execute(change.format(Identifier(role), Literal(known_by.decode())))

    @cached_property
    def _told(self) -> dict[str, str]:
        return {name: str(value) for name, value in conninfo_to_dict(self.url).items()}

    def _password(self, role: str) -> str:
        return derived(master_key(self.master), f"password:{role}").hex()
