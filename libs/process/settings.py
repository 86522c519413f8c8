"""What a process reads from its environment, once, at start; unsafe or unusable values stop it.

A bad setting is answered by its name and what would be right, never by its value.
"""

import sys
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from libs.process import keys, trusting
from libs.process.addresses import is_address
from libs.process.hints import wrong
from libs.process.origins import Origins
from libs.process.safety import unsafe

_USUAL_RATE = 20.0
"""Requests a second of one person, who looks at screens."""

_USUAL_RATE_OF_A_CLIENT = 200.0
"""Of all who use the same pages in one clinic."""

MISUSED = 2
"""The exit code for a wrong command line or environment."""

Profile = Literal["local", "production"]


def _postgres(url: SecretStr) -> SecretStr:
    if not is_address(url.get_secret_value(), {"postgresql"}):
        raise wrong("this takes postgresql://user@host:port/database")
    return url


def _broker(url: SecretStr) -> SecretStr:
    if not is_address(url.get_secret_value(), {"kafka", "postgresql"}):
        raise wrong("this takes kafka://host:port,… or postgresql://user@host:port/database")
    return url


def _collector(url: str) -> str:
    if url and not is_address(url, {"http", "https"}):
        raise wrong("this takes http://host:port of a collector that speaks OTLP")
    return url


def _master(key: SecretStr) -> SecretStr:
    try:
        keys.master_key(key.get_secret_value())
    except ValueError:
        raise wrong("this takes 32 random bytes in base64: openssl rand -base64 32") from None
    return key


def _derived(kind: str, written: Any) -> keys.Derived:
    try:
        return keys.Derived.read(kind, written)
    except (AttributeError, ValueError):
        raise wrong(
            "this takes name:key,name:key as `python -m deploy.derived_keys` prints it"
        ) from None


def _numbered(written: Any) -> keys.Derived:
    told = _derived("keyring", written)
    if not all(name.isdecimal() and name == str(int(name)) != "0" for name in told.keys):
        raise wrong("this takes number:key,number:key, each key 32 random bytes in base64")
    return told


def _numbered_if_given(written: Any) -> keys.Derived | None:
    return None if written is None else _numbered(written)


PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres)]
Collector = Annotated[str, AfterValidator(_collector)]
BrokerUrl = Annotated[SecretStr, AfterValidator(_broker)]
MasterKey = Annotated[SecretStr, AfterValidator(_master)]
_Hidden = PlainSerializer(lambda _given: "**********", return_type=str)
ChainKeys = Annotated[keys.Derived, NoDecode, BeforeValidator(partial(_derived, "chain")), _Hidden]
AnalyticsKeys = Annotated[
    keys.Derived, NoDecode, BeforeValidator(partial(_derived, "analytics")), _Hidden
]
KeyringKeys = Annotated[keys.Derived, NoDecode, BeforeValidator(_numbered), _Hidden]
KeyringKeysIfGiven = Annotated[
    keys.Derived | None, NoDecode, BeforeValidator(_numbered_if_given), _Hidden
]
PassKeys = Annotated[keys.Derived, NoDecode, BeforeValidator(partial(_derived, "passes")), _Hidden]
"""Of whoever signs passes for itself (`libs.access.passes`)."""
AuditKeys = Annotated[keys.Derived, NoDecode, BeforeValidator(partial(_derived, "audit")), _Hidden]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """What every process has. Each role declares on top of it only what it really uses."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    profile: Profile = "local"
    log_format: Literal["auto", "json", "console"] = "auto"
    host: str = "127.0.0.1"
    admin_port: Port | None = None

    otel_exporter_otlp_endpoint: Collector = ""
    otel_traces_exporter: Literal["otlp", "console", "none"] = "otlp"

    trusted_network: bool = False
    """Somebody vouches that nobody else is on the network between this process and what it calls:
    database, keyring, broker, services, collector.
    """

    @property
    def traces(self) -> Literal["otlp", "console"] | None:
        """Where to; None as long as nobody names a collector."""
        if self.otel_traces_exporter == "console":
            return "console"
        wanted = self.otel_traces_exporter == "otlp" and self.otel_exporter_otlp_endpoint
        return "otlp" if wanted else None

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.profile == "production":
            for name in type(self).model_fields:
                hint = unsafe(name, getattr(self, name), trusted_network=self.trusted_network)
                if hint:
                    raise PydanticCustomError(
                        "unsafe", "{hint}", {"setting": name.upper(), "hint": hint}
                    )
        return self


class Database(Settings):
    """`durable` off takes a server that acknowledges before it has flushed; development only."""

    database_url: PostgresUrl
    durable: bool = True


class Secrets(Settings):
    """`keyring_keys` wrap the keys in the keyring, by their numbers; until they are wrapped anew,
    the one that follows from the master key does.
    """

    master_key: MasterKey
    keyring_keys: KeyringKeysIfGiven = None

    @property
    def wrapping(self) -> Mapping[int, bytes]:
        given = self.keyring_keys or keys.wrapping(
            keys.master_key(self.master_key.get_secret_value())
        )
        return given.by_number

    def key(self, label: str) -> bytes:
        """A key of this process, by what it is for (`chain:care`)."""
        return keys.derived(keys.master_key(self.master_key.get_secret_value()), label)


class Checking(Settings):
    """Of who checks what was recorded, and who wrote it, and opens nothing: no master key, which
    would open it all.
    """

    chain_keys: ChainKeys

    def key(self, label: str) -> bytes:
        """Raises `KeyNotGiven`."""
        return self.chain_keys.key(label)


class Keyring(Settings):
    keyring_url: PostgresUrl


class Broker(Settings):
    broker_url: BrokerUrl
    topic_prefix: str = Field(default="", max_length=64, pattern=r"^[a-zA-Z0-9._-]*$")


class Publishing(Broker):
    """`partitions` counts only when a topic is made; afterwards it stays what it was."""

    partitions: int = Field(default=12, ge=1, le=1000)


class Identity(Settings):
    """Nobody asks one process for more than `requests_at_once`, and then `requests_per_second`; no
    client of a clinic, for all its people together, for more than `client_requests_at_once` and so
    on. 0 lets everybody ask for as much as they like: so in the local profile, and in production
    where somebody says so, because a limiter of their own stands before us.
    """

    issuers: trusting.Issuers
    audience: str = Field(default="interlude", min_length=1)
    requests_per_second: float | None = Field(default=None, ge=0, le=10_000)
    requests_at_once: int = Field(default=200, ge=1, le=100_000)
    client_requests_per_second: float | None = Field(default=None, ge=0, le=100_000)
    client_requests_at_once: int = Field(default=2_000, ge=1, le=1_000_000)

    @property
    def rate(self) -> float:
        """Requests a second; 0 for any number."""
        return self._said_or(self.requests_per_second, _USUAL_RATE)

    @property
    def client_rate(self) -> float:
        """As `rate`, of a client."""
        return self._said_or(self.client_requests_per_second, _USUAL_RATE_OF_A_CLIENT)

    def _said_or(self, said: float | None, usual: float) -> float:
        return (usual if self.profile == "production" else 0.0) if said is None else said


class Listening(Settings):
    """`docs` off hides the documentation pages; production hides them unless it is said.
    `drain_seconds` is how long requests are still taken after SIGTERM, so that whoever sends them
    notices: longer than a load balancer's probes are apart. `origins` are those of pages that may
    call from a browser; in the local profile pages of this machine may besides.
    """

    port: Port
    drain_seconds: float = Field(default=0.5, ge=0, le=4)
    docs: Literal["on", "off"] | None = None
    origins: Origins = ()
    access_log: bool = False

    @property
    def shows_docs(self) -> bool:
        return (self.docs or ("on" if self.profile == "local" else "off")) == "on"


class Migrating(Settings):
    migration_database_url: PostgresUrl


Wanted = TypeVar("Wanted", bound=Settings)


def load(kind: type[Wanted]) -> Wanted:
    """The settings, or one line on standard error for each that is wrong and exit code 2."""
    try:
        return kind()
    except ValidationError as invalid:
        for line in complaints(invalid):
            sys.stderr.write(f"{line}\n")
        raise SystemExit(MISUSED) from None


def complaints(invalid: ValidationError) -> list[str]:
    return list(dict.fromkeys(_complaint(error) for error in invalid.errors(include_input=False)))


def _complaint(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    name = context.get("setting") or str(error["loc"][0]).upper()
    if error["type"] == "missing" and len(error["loc"]) == 1:
        return f"{name} is missing."
    hint = context.get("hint") or error["msg"]
    return f"{name} is not usable: {hint}{_where(error)}."


def _where(error: ErrorDetails) -> str:
    """In a list: which entry, and what it lacks. No other name in there need be one of ours."""
    match error["loc"]:
        case (_, int(number), *_, str(field)) if error["type"] == "missing":
            return f" (`{field}` of entry {number + 1})"
        case (_, int(number), *_):
            return f" (entry {number + 1})"
        case _:
            return ""
