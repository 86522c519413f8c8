"""A real Apache Kafka that lets nobody in without TLS and a password, and nobody do more than is
granted: what a clinic's is like, beyond loopback.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from urllib.parse import quote

from cryptography.hazmat.primitives.serialization import Encoding
from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion
from kafka.errors import KafkaError

from deploy.credentials import Authority
from deploy.local.kafka import SETTINGS, KafkaServer
from deploy.local.ports import free_port, wait_until
from libs.messaging.address import kafka_address
from libs.messaging.kafka.client import made

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"


def password(user: str) -> str:
    """With what has to be escaped in an address."""
    return f"p@ss:w/rd of {user}"


class SecuredKafka(KafkaServer):
    """The admin's password is given when the storage is formatted, as Kafka wants its first one."""

    def settings(self) -> str:
        added = Template((SETTINGS / "secured.properties").read_text()).substitute(
            port=self.port,
            controller_port=self.controller_port,
            internal_port=free_port(),
            keystore=self.keystore,
            admin=ADMIN,
        )
        return f"{super().settings()}\n{added}"

    def formatting(self) -> tuple[str, ...]:
        return ("--add-scram", f"{MECHANISM}=[name={ADMIN},password={password(ADMIN)}]")

    @property
    def keystore(self) -> Path:
        return self.folder / "kafka.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """Where it is reached: under the name in its certificate, which `authority` has signed."""

    port: int
    authority: Path
    users: Mapping[str, str] = field(repr=False)

    def url(self, user: str, *, host: str = "localhost", **other: str) -> str:
        """`other` takes the place of the right `password` or `ca`."""
        secret = quote(other.get("password", self.users[user]), safe="")
        options = f"?ca={other.get('ca', self.authority)}&mechanism={MECHANISM}&session=6"
        return f"kafka+ssl://{user}:{secret}@{host}:{self.port}{options}"


@contextmanager
def secured(folder: Path, users: list[str]) -> Iterator[Secured]:
    server = SecuredKafka(folder, free_port())
    authority = Authority.new(datetime.now(UTC))
    certificate, key = authority.server("localhost")
    server.keystore.write_bytes(key + certificate)
    signed_by = folder / "authority.pem"
    signed_by.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    with server:
        known = {user: password(user) for user in [ADMIN, *users]}
        made_here = Secured(port=server.port, authority=signed_by, users=known)
        assert wait_until(lambda: _introduced(made_here, users), seconds=60)
        yield made_here


def _introduced(kafka: Secured, users: list[str]) -> bool:
    """False as long as a busy machine's Kafka listens, but has not yet read who its admin is."""
    address = kafka_address(kafka.url(ADMIN))
    try:
        with closing(made(KafkaAdminClient, address, request_timeout_ms=10_000)) as admin:
            admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password(user))
                    for user in users
                ]
            )
    except KafkaError:
        return False
    return True
