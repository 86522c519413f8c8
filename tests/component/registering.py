"""A clinic that is registered through the gateway, by somebody whom an issuer vouches for."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.local.people import CLINIC
from deploy.local.ports import HOST, free_port, wait_until
from tests.component.started import ROOT, SECONDS, Clinic

CANARY = "Marmalade Street Clinic"
REGISTER = """mutation($input: RegisterClinicInput!) {
    registerClinic(input: $input) { id consistency userErrors { code } }
}"""


@contextmanager
def issuing(folder: Path) -> Iterator[str]:
    """The development issuer, which hands a token to whoever asks."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    settings = {"PROFILE": "local", "ISSUER": url, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.local.issuer"],
        cwd=ROOT,
        env={**settings, "KEY_FILE": str(folder / "issuer.pem")},
    ) as issuer:
        try:
            assert wait_until(lambda: answers(f"{url}/readyz"), seconds=SECONDS)
            yield url
        finally:
            issuer.kill()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def registered(clinic: Clinic, **headers: str) -> httpx.Response:
    """By the demo's operator, whose token names the clinic that it may create."""
    form = {"grant_type": "client_credentials", "client_id": "operator"}
    token = httpx.post(f"{clinic.issuer}/token", data=form).json()["access_token"]
    told = {"id": str(CLINIC), "name": CANARY, "zone": "Europe/London", "locale": "en-GB"}
    return httpx.post(
        f"http://{HOST}:{clinic.running['gateway-api'].port}/graphql?marmalade=1",
        json={"query": REGISTER, "variables": {"input": told}},
        headers={"Authorization": f"Bearer {token}", **headers},
        timeout=30,
    )
