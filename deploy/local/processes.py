"""The processes that Interlude consists of: the one table behind `make run` and the containers.

A test compares `docker-compose.yml` with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from libs.process.keys import Derived, master_key, wrapping

SERVICES = ("care", "assignment", "diary", "review")

_COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"
_ALL = frozenset(
    {
        "PROFILE",
        "LOG_FORMAT",
        "HOST",
        "ADMIN_PORT",
        "DATABASE_URL",
        "TRUSTED_NETWORK",
        _COLLECTOR,
    }
)
_SEALS = frozenset({"KEYRING_URL", "KEYRING_KEYS", "MASTER_KEY"})
_SERVES = _SEALS | {"PORT", "ISSUERS", "AUDIENCE", "ORIGINS"}
_STREAMS = frozenset({"BROKER_URL", "TOPIC_PREFIX"})
_FOLLOWS = {
    "care": frozenset({"CHAIN_KEYS", "KEYRING_URL"}),
    "review": frozenset({"CHAIN_KEYS"}),
}
"""Whose `follow` seals nothing: care's destroys keys and opens none, review's needs none at all."""

EPOCHS = 60
"""Of the analysts' pseudonyms that there are keys for, until somebody derives more."""

_SERVICE_URLS = frozenset(f"{service.upper()}_URL" for service in SERVICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """`needs` are the settings it is given, and no others: a relay never sees a key, and who opens
    nothing never the master key.
    """

    service: str
    role: str
    database_role: str
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.service}-{self.role}"

    @property
    def keyring_role(self) -> str:
        """Care makes keys where people are registered, and destroys those of whoever is erased;
        everybody else only reads them.
        """
        return "keyring_writer" if self.service == "care" else "keyring_app"

    @property
    def patient(self) -> bool:
        """Somebody waits for an answer, nobody for the reading: at three times the load that a
        shared machine can take, readers that insist on their turn cost the clients theirs.
        """
        return self.role != "api"

    @property
    def command(self) -> tuple[str, ...]:
        """What follows `python`."""
        return ("-m", f"services.{self.service}", self.role)


def _of_service(service: str) -> list[Process]:
    return [
        Process(
            service=service,
            role="api",
            database_role=f"{service}_app",
            needs=_ALL | _SERVES,
        ),
        Process(
            service=service,
            role="relay",
            database_role=f"{service}_relay",
            needs=_ALL | _STREAMS,
        ),
        Process(
            service=service,
            role="follow",
            database_role=f"{service}_follow",
            needs=_ALL | _STREAMS | _FOLLOWS.get(service, _SEALS),
        ),
    ]


PROCESSES: tuple[Process, ...] = (
    *(process for service in SERVICES for process in _of_service(service)),
    Process(
        service="assignment",
        role="clock",
        database_role="assignment_clock",
        needs=_ALL | {"CHAIN_KEYS"},
    ),
    Process(
        service="gateway",
        role="projector",
        database_role="gateway_projector",
        needs=_ALL | _STREAMS | {"CHAIN_KEYS", "CARE_URL", "PASS_KEYS"},
    ),
    Process(
        service="gateway",
        role="analytics",
        database_role="gateway_analytics",
        needs=_ALL | _STREAMS | {"CHAIN_KEYS", "ANALYTICS_KEYS", "ANALYTICS_SETTLE_SECONDS"},
    ),
    Process(
        service="gateway",
        role="api",
        database_role="gateway_app",
        needs=_ALL | _SERVES | _SERVICE_URLS,
    ),
)


def without_the_master(encoded: str, epochs: int = EPOCHS) -> Mapping[str, str]:
    """CHAIN_KEYS, ANALYTICS_KEYS and PASS_KEYS, as they follow from a MASTER_KEY."""
    master = master_key(encoded)
    numbers = [str(number) for number in range(1, epochs + 1)]
    return {
        "CHAIN_KEYS": Derived.of(master, "chain", SERVICES).written(),
        "ANALYTICS_KEYS": Derived.of(master, "analytics", numbers).written(),
        "KEYRING_KEYS": wrapping(master).written(),
        "PASS_KEYS": Derived.of(master, "passes", ["gateway"]).written(),
    }


def for_auditors(encoded: str) -> Mapping[str, str]:
    """AUDIT_KEYS, which no process has: who verifies is given them."""
    master = master_key(encoded)
    return {"AUDIT_KEYS": Derived.of(master, "audit", [*SERVICES, "gateway"]).written()}


@dataclass(frozen=True, slots=True)
class Ports:
    """All loopback ports of one `make run`, moved together by PORT_BASE."""

    base: int = 8000

    def api(self, service: str) -> int:
        """Gateway 8000, care 8001, assignment 8002, diary 8003, review 8004"""
        return self.base + ("gateway", *SERVICES).index(service)

    def admin(self, process: Process) -> int:
        """A hundred above the API's for `api`, two for what publishes, three for what follows
        topics, four for what waits for time to pass.
        """
        hundreds = {
            "api": 100,
            "relay": 200,
            "analytics": 200,
            "follow": 300,
            "projector": 300,
            "clock": 400,
        }
        return self.api(process.service) + hundreds[process.role]

    @property
    def issuer(self) -> int:
        return self.base + 9

    @property
    def keycloak(self) -> int:
        return self.base + 80

    @property
    def postgres(self) -> int:
        return self.base + 32

    @property
    def kafka(self) -> int:
        return self.base + 92

    @property
    def kafka_controller(self) -> int:
        return self.base + 93


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the processes find each other and everything else. `url_as` gives a role's URL,
    `issuer` is as ISSUERS takes it; without a `collector` nothing is traced, and without
    `keyring_keys` what wraps keys follows from the master key.
    """

    ports: Ports
    url_as: Callable[[str], str]
    broker_url: str = field(repr=False)
    issuer: str
    audience: str
    master_key: str = field(repr=False)
    keyring_keys: str = field(default="", repr=False)
    profile: str = "local"
    log_format: str = "json"
    topic_prefix: str = ""
    collector: str = ""
    analytics_settle_seconds: int = 2

    def environment(self, process: Process) -> dict[str, str]:
        everything: Mapping[str, str] = {
            "PROFILE": self.profile,
            "LOG_FORMAT": self.log_format,
            "HOST": "127.0.0.1",
            "TRUSTED_NETWORK": "false",
            "ADMIN_PORT": str(self.ports.admin(process)),
            "PORT": str(self.ports.api(process.service)),
            "DATABASE_URL": self.url_as(process.database_role),
            "KEYRING_URL": self.url_as(process.keyring_role),
            "BROKER_URL": self.broker_url,
            "TOPIC_PREFIX": self.topic_prefix,
            "ISSUERS": self.issuer,
            "AUDIENCE": self.audience,
            "ORIGINS": "",
            "MASTER_KEY": self.master_key,
            **without_the_master(self.master_key),
            **({"KEYRING_KEYS": self.keyring_keys} if self.keyring_keys else {}),
            _COLLECTOR: self.collector,
            "ANALYTICS_SETTLE_SECONDS": str(self.analytics_settle_seconds),
            **{f"{name.upper()}_URL": self.url_of(name) for name in SERVICES},
        }
        return {name: everything[name] for name in sorted(process.needs)}

    def url_of(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports.api(service)}"
