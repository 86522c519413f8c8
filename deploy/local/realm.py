"""The demo clinic's realm in Keycloak: what is secret of it, and how its tokens are read.

`deploy/keycloak/realm.json` holds no secret: Keycloak puts in from its environment what is drawn
here at the first run.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import RSAKey

from deploy.local.fetching import ROOT
from deploy.local.keeping import kept
from deploy.local.people import CLINIC, PEOPLE

REALM = ROOT / "deploy" / "keycloak" / "realm.json"
NAME = "interlude"
AUDIENCE = "interlude"
"""What the realm calls us, whatever AUDIENCE says."""

ADMIN = "admin"
"""Of Keycloak itself, not of the clinic."""

PROGRAMS = ("integrator", "analyst")
"""They are clients with keys of their own; the others are people with passwords."""

_KEY_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """`passwords` by who logs in, Keycloak's own admin included; `keys` of the programs."""

    passwords: Mapping[str, str] = field(repr=False)
    keys: Mapping[str, RSAKey] = field(repr=False)

    @property
    def placeholders(self) -> Mapping[str, str]:
        """What realm.json leaves open."""
        passwords = {
            f"{name.upper()}_PASSWORD": password
            for name, password in self.passwords.items()
            if name != ADMIN
        }
        keys = {f"{name.upper()}_PUBLIC_KEY": _public(key) for name, key in self.keys.items()}
        return {**passwords, **keys}


def passwords_file(folder: Path) -> Path:
    return folder / "passwords.json"


def key_file(folder: Path, program: str) -> Path:
    return folder / f"{program}.pem"


def accounts(folder: Path) -> Accounts:
    """Drawn once, as Keycloak keeps them too."""
    return Accounts(
        passwords=json.loads(kept(passwords_file(folder), _new_passwords)),
        keys={name: RSAKey.import_key(kept(key_file(folder, name), _new_key)) for name in PROGRAMS},
    )


def issuers(issuer: str) -> str:
    """What ISSUERS says of it: nothing is named our way, and it speaks for one clinic."""
    trusted = {
        "url": issuer,
        "tenants": [str(CLINIC)],
        "audience": AUDIENCE,
        "claims": {"person": "sub", "roles": "realm_access.roles"},
    }
    return json.dumps([trusted])


def _new_passwords() -> bytes:
    names = [ADMIN, *(name for name in PEOPLE if name not in PROGRAMS)]
    return json.dumps({name: secrets.token_urlsafe(18) for name in names}, indent=2).encode()


def _new_key() -> bytes:
    return RSAKey.generate_key(_KEY_BITS, private=True).as_pem(private=True)


def _public(key: RSAKey) -> str:
    """As Keycloak takes it: the key's DER in base64."""
    return base64.b64encode(key.as_der(private=False)).decode()
