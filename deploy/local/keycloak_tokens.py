"""Tokens of Keycloak without a browser: for a person's password, for a program's signature."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

from deploy.local.people import PEOPLE
from deploy.local.realm import PROGRAMS, Accounts
from deploy.local.trouble import Trouble

ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 30
"""How long a signature may be on its way."""

DEMO_CLIENT = "local-demo"

_PATIENCE = 60
"""Seconds; the first password takes Keycloak long."""


def token_url(issuer: str) -> str:
    return f"{issuer}/protocol/openid-connect/token"


def form(issuer: str, name: str, accounts: Accounts, *, now: float) -> Mapping[str, str]:
    """What somebody sends to the token endpoint."""
    if name in PROGRAMS:
        scope = {"scope": PEOPLE[name].scope} if PEOPLE[name].scope else {}
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTED,
            "client_assertion": assertion(issuer, name, accounts.keys[name], now=now),
            **scope,
        }
    return {
        "grant_type": "password",
        "client_id": DEMO_CLIENT,
        "username": name,
        "password": accounts.passwords[name],
    }


def assertion(issuer: str, program: str, key: RSAKey, *, now: float) -> str:
    """`private_key_jwt`: the program says who it is with a signature that is good once."""
    claims = {
        "iss": program,
        "sub": program,
        "aud": issuer,
        "iat": int(now),
        "exp": int(now) + ASSERTION_SECONDS,
        "jti": str(uuid4()),
    }
    return jwt.encode({"alg": "RS256"}, claims, key, algorithms=["RS256"])


def token(issuer: str, name: str, accounts: Accounts) -> str:
    """Raises `Trouble`."""
    asked = urlencode(form(issuer, name, accounts, now=time.time())).encode()
    try:
        with urllib.request.urlopen(token_url(issuer), asked, timeout=_PATIENCE) as answer:  # noqa: S310 - our own loopback URL
            content: Mapping[str, Any] = json.load(answer)
    except (urllib.error.URLError, TimeoutError) as refused:
        raise Trouble(
            f"Keycloak gives no token for {name} ({refused}). If its accounts were changed by"
            " hand, `make reset` draws them anew."
        ) from refused
    made: str = content["access_token"]
    return made
