"""What the gateway's processes read from their environment."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from libs.process.addresses import is_address
from libs.process.hints import wrong
from libs.process.parts import Streams
from libs.process.settings import (
    AnalyticsKeys,
    Broker,
    Checking,
    Database,
    Identity,
    Listening,
    Migrating,
    PassKeys,
    Publishing,
)
from services.gateway.manifest import Manifest, Mode

_EXPORTS_PER_HOUR = 6.0
"""In production, unless somebody says otherwise: an export reads everything there is."""

RETENTION_DAYS = 400
"""Of the analytics topic, unless somebody says otherwise when it is made."""

CONTRACTS = Path(__file__).parents[2] / "openapi"


def _web(url: str) -> str:
    if not is_address(url, {"http", "https"}):
        raise ValueError("this takes http://host:port")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web)]


def _manifest(file: Any) -> Manifest:
    try:
        return Manifest.read(Path(file))
    except (OSError, TypeError, ValueError):
        raise wrong(
            "this takes the file that `python -m deploy.trusted_documents FOLDER` writes"
        ) from None


TrustedFile = Annotated[Manifest, NoDecode, BeforeValidator(_manifest)]


class ApiSettings(Streams, Identity, Listening):
    """`contracts` is the folder with the services' OpenAPI documents that mutations are made of.
    `introspection` off hides the schema and its suggestions, as in production unless it is said.
    `trusted_documents` are those of the file.
    Nobody asks one process for more than `exports_at_once` exports, and then `exports_per_hour`; 0
    for as many as they like, as in the local profile.
    """

    care_url: WebAddress
    assignment_url: WebAddress
    diary_url: WebAddress
    review_url: WebAddress
    contracts: Path = CONTRACTS
    introspection: bool | None = None
    trusted_documents: Mode = "off"
    trusted_documents_file: TrustedFile | None = None
    max_requests: Annotated[int, Field(ge=1)] = 256
    exports_per_hour: float | None = Field(default=None, ge=0, le=10_000)
    exports_at_once: int = Field(default=3, ge=1, le=1000)

    @model_validator(mode="after")
    def _names_what_it_trusts(self) -> Self:
        if self.trusted_documents != "off" and self.trusted_documents_file is None:
            hint = "it needs TRUSTED_DOCUMENTS_FILE, which names the documents"
            raise PydanticCustomError(
                "setting", "{hint}", {"setting": "TRUSTED_DOCUMENTS", "hint": hint}
            )
        return self

    @property
    def shows_schema(self) -> bool:
        return self.profile == "local" if self.introspection is None else self.introspection

    @property
    def export_rate(self) -> float:
        """Exports a second; 0 for any number."""
        usual = _EXPORTS_PER_HOUR if self.profile == "production" else 0.0
        return (usual if self.exports_per_hour is None else self.exports_per_hour) / 3600

    @property
    def services(self) -> dict[str, str]:
        return {
            "care": self.care_url,
            "assignment": self.assignment_url,
            "diary": self.diary_url,
            "review": self.review_url,
        }


class ProjectingSettings(Database, Checking, Broker):
    """The database as `gateway_projector`; no keyring: a projector opens nothing."""


class ProjectorSettings(ProjectingSettings):
    """And to tell care whom it has forgotten, where care is, and a key to sign that with."""

    care_url: WebAddress
    pass_keys: PassKeys


class RotatingSettings(Database):
    """The database as `gateway_analytics`, and a key for each epoch that may begin."""

    analytics_keys: AnalyticsKeys


class AnalyticsSettings(RotatingSettings, Checking, Publishing):
    """The database as `gateway_analytics`. `settle` must be longer than care's facts may take to
    reach their topic, `hold` longer than they may take after an outage; `retention` counts only
    when the topic is made.
    """

    analytics_settle_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    analytics_hold_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 72
    analytics_retention_days: Annotated[int, Field(ge=1, le=3650)] = RETENTION_DAYS

    def key(self, label: str) -> bytes:
        """Raises `KeyNotGiven`."""
        given = self.analytics_keys if label.startswith("analytics:") else self.chain_keys
        return given.key(label)

    @property
    def settle(self) -> timedelta:
        return timedelta(seconds=self.analytics_settle_seconds)

    @property
    def held_for(self) -> timedelta:
        return timedelta(hours=self.analytics_hold_hours)

    @property
    def retention_ms(self) -> int:
        return self.analytics_retention_days * 24 * 60 * 60 * 1000


class RebuildSettings(ProjectingSettings, Migrating):
    """Also as `gateway_owner`, who makes the tables."""
