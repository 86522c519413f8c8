"""Who says who somebody is, in `make run`: the development issuer, or a Keycloak of our own."""

import json
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from deploy.local import child, keycloak_tokens, realm
from deploy.local.backing import KEYCLOAK_STOPS, Backing, running
from deploy.local.choices import IdentityKind
from deploy.local.keycloak import KeycloakServer
from deploy.local.ports import HOST, answers
from deploy.local.processes import Ports
from deploy.local.terminal import Say
from deploy.local.var import Var

KEYCLOAK_SECONDS = 180.0
"""How long Keycloak has to start; the first time it makes its tables and imports the realm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`issuers` is what ISSUERS says of it. `token` gives one of the demo people theirs."""

    kind: IdentityKind
    url: str
    issuers: str
    token: Callable[[str], str]
    backing: Backing | None = None

    @property
    def discovery(self) -> str:
        """Answers once it is ready, as any OIDC provider's does."""
        return discovery(self.url)


def discovery(issuer: str) -> str:
    return f"{issuer}/.well-known/openid-configuration"


def development(ports: Ports) -> Identity:
    """Its process is started with those of the services."""
    url = f"http://{HOST}:{ports.issuer}"
    return Identity(kind="development", url=url, issuers=url, token=lambda name: _given(url, name))


def keycloak(var: Var, ports: Ports, stack: ExitStack, say: Say) -> Identity:
    """`stack` holds what is started. Raises `Trouble`."""
    server = KeycloakServer(var.keycloak, ports.keycloak)
    server.prepare(say)
    say("starting")
    backing = stack.enter_context(
        running(
            "Keycloak",
            child.argv(server.command),
            log=server.log,
            ready=lambda: answers(discovery(server.issuer)),
            stops=KEYCLOAK_STOPS,
            environment=server.environment,
            within=KEYCLOAK_SECONDS,
        )
    )
    server.keep()
    return Identity(
        kind="keycloak",
        url=server.issuer,
        issuers=realm.issuers(server.issuer),
        token=lambda name: keycloak_tokens.token(server.issuer, name, server.accounts),
        backing=backing,
    )


def _given(issuer: str, name: str) -> str:
    form = urlencode({"grant_type": "client_credentials", "client_id": name}).encode()
    with urllib.request.urlopen(f"{issuer}/token", form, timeout=10) as answer:  # noqa: S310 - our own loopback URL
        token: str = json.load(answer)["access_token"]
    return token
