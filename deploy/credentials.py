"""Draws what docker-compose.yml asks for and nobody should choose: passwords, keys, certificates.

`python -m deploy.credentials` writes `.env` and `secrets/` in the repository's folder. What is
there already is never changed: what this version needs besides is added to `.env`, and to
`secrets/passwords.sql`. Names that a person must give (ISSUERS) are left to them.

PostgreSQL is not told a role's password, but what it needs to know it by (`secrets/passwords.sql`):
a server may write down every statement.

The certificates, of servers and of Kafka's clients, are signed by an authority whose own key is
thrown away, and are good for two years: draw them anew by deleting `secrets/`.
"""

import base64
import hashlib
import hmac
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.kafka_rights import ANALYST
from deploy.local.processes import PROCESSES, SERVICES, without_the_master

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yml"
GOOD_FOR = timedelta(days=730)

ADMIN = "admin"
"""Who grants the others their rights at Kafka."""

OPERATORS = (
    "KEYRING_ROTATOR_PASSWORD",
    *(f"{each.upper()}_AUDITOR_PASSWORD" for each in (*SERVICES, "gateway")),
)
"""Of roles that no container has."""

SERVER = "POSTGRES_PASSWORD"
"""Of who makes the roles: the image sets it without a statement."""

Given = Mapping[str, str]
"""By the name of a setting."""

ROUNDS = 4096
_SALT_BYTES = 16

_REQUIRED = re.compile(r"\$\{([A-Z_]+):\?")


def required(compose: str) -> list[str]:
    """The names that Compose refuses to start without."""
    return sorted(set(_REQUIRED.findall(compose)))


def known_by(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803). Raises ValueError for one
    that is not of ASCII's letters, digits and signs, which may be written in several ways.
    """
    if not (password.isascii() and password.isprintable() and password):
        raise ValueError("not of ASCII's letters, digits and signs")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    client, server = (
        hmac.digest(salted, each, "sha256") for each in (b"Client Key", b"Server Key")
    )
    stored = hashlib.sha256(client).digest()
    encoded = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return "SCRAM-SHA-256${}:{}${}:{}".format(ROUNDS, *encoded)


def passwords(given: Mapping[str, str]) -> str:
    """As SQL: each role with a NAME_PASSWORD gets it (CARE_APP_PASSWORD)."""
    roles = {
        name.removesuffix("_PASSWORD").lower(): value
        for name, value in sorted(given.items())
        if name.endswith("_PASSWORD") and name != SERVER
    }
    return "".join(
        f"ALTER ROLE {role} PASSWORD '{known_by(value, secrets.token_bytes(_SALT_BYTES))}';\n"
        for role, value in roles.items()
    )


def draw(name: str) -> str | None:
    """None for what only a person can know."""
    if name.endswith("_PASSWORD"):
        return secrets.token_urlsafe(32)
    match name:
        case "MASTER_KEY":
            return base64.b64encode(secrets.token_bytes(32)).decode()
        case "KAFKA_CLUSTER_ID":
            # Kafka's own ids may not begin with "-".
            return "i" + secrets.token_urlsafe(16)[1:]
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    now: datetime

    @classmethod
    def new(cls, now: datetime) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("Interlude's own authority")
        certificate = (
            _certificate(key, name, name, now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, SHA256())
        )
        return cls(key, certificate, now)

    def server(self, host: str) -> tuple[bytes, bytes]:
        """A certificate and its key, as PEM."""
        hosts = x509.SubjectAlternativeName([x509.DNSName(host), x509.DNSName("localhost")])
        return self._signed(host, ExtendedKeyUsageOID.SERVER_AUTH, hosts)

    def client(self, user: str) -> tuple[bytes, bytes]:
        """Who it is, is all that its certificate says."""
        return self._signed(user, ExtendedKeyUsageOID.CLIENT_AUTH)

    def _signed(
        self, name: str, purpose: x509.ObjectIdentifier, *also: x509.ExtensionType
    ) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        asked = (
            _certificate(key, _named(name), self.certificate.subject, self.now)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer),
                critical=False,
            )
        )
        for extension in also:
            asked = asked.add_extension(extension, critical=False)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return asked.sign(self.key, SHA256()).public_bytes(Encoding.PEM), private


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(
    key: ec.EllipticCurvePrivateKey, subject: x509.Name, issuer: x509.Name, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + GOOD_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _users_of_kafka() -> Sequence[str]:
    """The certificate of whoever reads the analytics stream is the operator's to hand on."""
    return [*(each.name for each in PROCESSES if "BROKER_URL" in each.needs), ADMIN, ANALYST]


def certificates(now: datetime) -> Mapping[str, bytes]:
    """By the names of the files that docker-compose.yml mounts as secrets."""
    authority = Authority.new(now)
    postgres, postgres_key = authority.server("postgres")
    kafka, kafka_key = authority.server("kafka")
    clients = {f"kafka-{user}.pem": authority.client(user) for user in _users_of_kafka()}
    return {
        **{name: key + certificate for name, (certificate, key) in clients.items()},
        "authority.pem": authority.certificate.public_bytes(Encoding.PEM),
        "postgres.pem": postgres,
        "postgres.key": postgres_key,
        "kafka.pem": kafka_key + kafka,
    }


def write(folder: Path, compose: str, now: datetime, say: Callable[[str], object]) -> None:
    """Into `folder`: `.env` for its owner only, `secrets/` closed to all others as a folder.

    The files in it are readable, because a container's account is not the host's.
    """
    environment, kept = folder / ".env", folder / "secrets"
    names = [*required(compose), *OPERATORS]
    if environment.exists():
        added = _added(environment, names, say)
    else:
        added = {}
        drawn = {name: draw(name) for name in names}
        environment.touch(mode=0o600)
        _append(environment, {**drawn, **without_the_master(drawn["MASTER_KEY"] or "")}, say)
    if kept.exists():
        say(f"{kept} is there already and stays as it is.")
    else:
        kept.mkdir(mode=0o700)
        for name, content in certificates(now).items():
            (kept / name).write_bytes(content)
    told = kept / "passwords.sql"
    if not told.exists():
        told.write_text(passwords(_settings(environment)))
    elif added:
        told.write_text(told.read_text() + passwords(added))


def _added(environment: Path, names: Sequence[str], say: Callable[[str], object]) -> Given:
    """What an installation of before lacks. Of what else it has there is but one: another master
    key would open nothing that is stored.
    """
    there = _settings(environment)
    master = there.get("MASTER_KEY")
    derived = {} if master is None else without_the_master(master)
    lacking = {
        name: derived.get(name) or (draw(name) if _may_be_new(name) else None)
        for name in sorted({*names, *derived} - there.keys())
    }
    added = {name: value for name, value in lacking.items() if value}
    if added:
        say(f"{environment} now has {', '.join(added)} too.")
    else:
        say(f"{environment} is there already and stays as it is.")
    _append(environment, lacking, say)
    return added


def _may_be_new(name: str) -> bool:
    return name.endswith("_PASSWORD") and name != SERVER


def _append(
    environment: Path, given: Mapping[str, str | None], say: Callable[[str], object]
) -> None:
    lines = "".join(f"{name}={value}\n" for name, value in given.items() if value)
    if lines:
        before = environment.read_text()
        apart = "" if not before or before.endswith("\n") else "\n"
        environment.write_text(f"{before}{apart}{lines}")
    for name in (name for name, value in given.items() if value is None):
        say(f"{name} is yours to give.")


def _settings(environment: Path) -> Mapping[str, str]:
    """As Compose reads it: somebody may have put a value in quotes."""
    lines = [line.strip() for line in environment.read_text().splitlines()]
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name: value.strip("'\"") for name, value in pairs}


if __name__ == "__main__":
    write(ROOT, COMPOSE.read_text(), datetime.now(UTC), lambda line: print(line, file=sys.stderr))  # noqa: T201 - a command's answer
