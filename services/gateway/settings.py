"""What the gateway's processes read from their environment."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from libs.process.addresses import is_address
from libs.process.parts import Streams
from libs.process.settings import Broker, Database, Identity, Listening, Migrating, Secrets

CONTRACTS = Path(__file__).parents[2] / "openapi"


def _web(url: str) -> str:
    if not is_address(url, {"http", "https"}):
        raise ValueError("this takes http://host:port")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web)]


class ApiSettings(Streams, Identity, Listening):
    """`contracts` is the folder with the services' OpenAPI documents that mutations are made of.
    `introspection` off hides the schema and its suggestions from strangers.
    """

    care_url: WebAddress
    assignment_url: WebAddress
    diary_url: WebAddress
    review_url: WebAddress
    contracts: Path = CONTRACTS
    introspection: bool = True
    max_requests: Annotated[int, Field(ge=1)] = 256

    @property
    def services(self) -> dict[str, str]:
        return {
            "care": self.care_url,
            "assignment": self.assignment_url,
            "diary": self.diary_url,
            "review": self.review_url,
        }


class ProjectorSettings(Database, Secrets, Broker):
    """The database as `gateway_projector`; no keyring: a projector opens nothing."""


class RebuildSettings(ProjectorSettings, Migrating):
    """Also as `gateway_owner`, who makes the tables."""
