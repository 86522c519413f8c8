"""A clinic that is registered through the gateway, by somebody whom an issuer vouches for."""

import httpx

from deploy.local.people import CLINIC
from deploy.local.ports import HOST
from tests.component.started import Clinic

CANARY = "Marmalade Street Clinic"
REGISTER = """mutation($input: RegisterClinicInput!) {
    registerClinic(input: $input) { id consistency userErrors { code } }
}"""


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
