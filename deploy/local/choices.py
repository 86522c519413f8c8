"""What somebody may choose for `make run`, by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from deploy.local.trouble import Trouble
from libs.process.addresses import is_address

_BASES = range(1024, 32_001)

BrokerKind = Literal["kafka", "embedded", "given"]
IdentityKind = Literal["development", "keycloak"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """`broker` None leaves it to us: Kafka, or the embedded log where Kafka cannot be had."""

    port_base: int = 8000
    database_url: str | None = field(default=None, repr=False)
    broker: BrokerKind | None = None
    broker_url: str | None = field(default=None, repr=False)
    identity: IdentityKind = "development"
    master_key: str | None = field(default=None, repr=False)
    keyring_keys: str = field(default="", repr=False)
    audience: str = "interlude"
    collector: str = ""


def choices(environment: Mapping[str, str] = os.environ) -> Choices:
    """Raises `Trouble` that names the setting."""
    broker_url = environment.get("BROKER_URL") or None
    if broker_url is not None and not is_address(broker_url, {"kafka", "postgresql"}):
        raise Trouble(
            "BROKER_URL takes kafka://host:port,… or postgresql://user@host:port/database."
        )
    return Choices(
        port_base=_port_base(environment.get("PORT_BASE") or "8000"),
        database_url=environment.get("DATABASE_URL") or None,
        broker="given" if broker_url else _broker(environment.get("BROKER") or None),
        broker_url=broker_url,
        identity=_identity(environment.get("IDENTITY") or "development"),
        master_key=environment.get("MASTER_KEY") or None,
        keyring_keys=environment.get("KEYRING_KEYS") or "",
        audience=environment.get("AUDIENCE") or "interlude",
        collector=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") or "",
    )


def _port_base(told: str) -> int:
    if told.isdecimal() and int(told) in _BASES:
        return int(told)
    raise Trouble(
        f"PORT_BASE takes a number from {_BASES.start} to {_BASES.stop - 1}: some 300 ports above "
        "it are used, and higher still the system hands them out by itself."
    )


def _broker(told: str | None) -> Literal["kafka", "embedded"] | None:
    match told:
        case None | "kafka" | "embedded":
            return told
        case _:
            raise Trouble("BROKER takes kafka or embedded; BROKER_URL names one that exists.")


def _identity(told: str) -> IdentityKind:
    match told:
        case "development" | "keycloak":
            return told
        case _:
            raise Trouble("IDENTITY takes development (the issuer that asks nobody) or keycloak.")
