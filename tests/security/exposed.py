"""The doors that strangers can knock at, as processes of their own: those of the services, with
their commands, and the gateway's with its GraphQL; and what is known of them from outside while
somebody does.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from deploy.local.people import PEOPLE
from deploy.local.ports import HOST, listens, wait_until
from deploy.local.processes import SERVICES
from libs.testing.databases import Database
from tests.component.started import Clinic, Running, issuing

CARE, GATEWAY = "care-api", "gateway-api"
ATTACKED = (CARE, GATEWAY)
"""All services have one and the same door, so bytes are tried at one of them."""

START = 200.0
"""Seconds for five processes at once, on a machine that does other things as well."""

LIKE_PRODUCTION = {"DOCS": "off", "INTROSPECTION": "false", "ACCESS_LOG": "true"}
"""The profile itself would refuse an issuer that asks nobody for a password. The access log is on,
so that it is seen not to tell what was sent.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One process, and what it takes to be let in by it."""

    name: str
    running: Running
    tokens: Mapping[str, str]
    """Of each role."""

    @property
    def token(self) -> str:
        return self.tokens["clinic_admin"]

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def path(self) -> str:
        """Where it takes bodies."""
        return "/graphql" if self.name == GATEWAY else "/v1/patients"

    @property
    def log(self) -> str:
        return self.running.log.read_text(errors="replace")

    @property
    def memory(self) -> int:
        """Resident bytes."""
        resident: int = psutil.Process(self.running.process.pid).memory_info().rss
        return resident

    @property
    def pid(self) -> int:
        return self.running.process.pid

    def is_served(self) -> bool:
        """Somebody else asks meanwhile, of what needs a token, a place inside and an answer."""
        try:
            return self.ask().status_code in {200, 404}
        except httpx.TransportError:
            return False

    def ask(self) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        if self.name == GATEWAY:
            body = {"query": "{ me { roles } }"}
            return httpx.post(f"{self.url}/graphql", json=body, headers=bearer, timeout=10)
        nobody = "00000000-0000-7000-8000-000000000000"
        return httpx.get(f"{self.url}/v1/patients/{nobody}", headers=bearer, timeout=10)


Doors = Mapping[str, Door]


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[Doors]:
    with issuing(folder) as issuer:
        clinic = Clinic(
            database=database, broker_url="", folder=folder, issuer=issuer, more=LIKE_PRODUCTION
        )
        try:
            clinic.start(*(f"{service}-api" for service in SERVICES))
            clinic.start(GATEWAY)
            assert wait_until(lambda: _is_open(clinic), seconds=START, every=0.2)
            tokens = {name: _token(issuer, name) for name in PEOPLE}
            yield {
                name: Door(name=name, running=running, tokens=tokens)
                for name, running in clinic.running.items()
            }
        finally:
            clinic.stop()


def _is_open(clinic: Clinic) -> bool:
    """The admin's port says ready a moment before the other one is listened on."""
    return clinic.is_ready() and all(listens(each.port) for each in clinic.running.values())


def _token(issuer: str, name: str) -> str:
    form = {"grant_type": "client_credentials", "client_id": name}
    told: Any = httpx.post(f"{issuer}/token", data=form).json()
    token: str = told["access_token"]
    return token
