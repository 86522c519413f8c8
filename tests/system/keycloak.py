"""Keycloak as people, programs, a page in a browser and its administrator reach it."""

import base64
import hashlib
import html
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from deploy.local import keycloak_tokens
from deploy.local.ports import wait_until
from deploy.local.realm import ADMIN, Accounts

PAGE = "http://127.0.0.1:5173/signed-in"
"""Where the pages in a browser come from, which nobody serves here."""

_PATIENCE = 60.0
_LOGIN_FORM = re.compile(r'<form[^>]* action="([^"]+)"')


@dataclass(frozen=True)
class Keycloak:
    issuer: str
    accounts: Accounts

    def asked(self, form: Mapping[str, str]) -> httpx.Response:
        """What the token endpoint answers."""
        return httpx.post(keycloak_tokens.token_url(self.issuer), data=form, timeout=_PATIENCE)

    def tokens(self, name: str, **otherwise: str) -> Mapping[str, str]:
        """All that somebody is given; an ID token besides with `scope="openid"`."""
        form = keycloak_tokens.form(self.issuer, name, self.accounts, now=time.time())
        answer = self.asked({**form, **otherwise})
        answer.raise_for_status()
        content: Mapping[str, str] = answer.json()
        return content

    def token(self, name: str, **otherwise: str) -> str:
        return self.tokens(name, **otherwise)["access_token"]

    # --- A page in a browser. ---

    def page_asks(self, **otherwise: str) -> httpx.Response:
        """The page sends its visitor here to log in."""
        asked = {
            "client_id": "web",
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": PAGE,
            **otherwise,
        }
        url = f"{self.issuer}/protocol/openid-connect/auth"
        return httpx.get(url, params=asked, timeout=_PATIENCE)

    def signed_in(self, name: str, proof: str | None = None) -> httpx.Response:
        """The visitor logs in and comes back with a code, for which the page asks with `proof`
        that it is the one that sent them.
        """
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        shown = self.page_asks(code_challenge=challenge, code_challenge_method="S256")
        back = self._filled_in(shown, name).headers["Location"]
        assert back.startswith(PAGE)
        (code,) = parse_qs(urlsplit(back).query)["code"]
        return self.asked(
            {
                "grant_type": "authorization_code",
                "client_id": "web",
                "code": code,
                "redirect_uri": PAGE,
                "code_verifier": proof or verifier,
            }
        )

    def _filled_in(self, shown: httpx.Response, name: str) -> httpx.Response:
        """As a browser does on loopback: cookies for TLS go without it."""
        (action,) = _LOGIN_FORM.findall(shown.text)
        cookies = [each.partition(";")[0] for each in shown.headers.get_list("set-cookie")]
        return httpx.post(
            html.unescape(action),
            data={"username": name, "password": self.accounts.passwords[name]},
            headers={"Cookie": "; ".join(cookies)},
            timeout=_PATIENCE,
        )

    # --- Its administrator. ---

    @property
    def published(self) -> set[str]:
        """The ids of the keys that tokens may be signed with."""
        keys = httpx.get(f"{self.issuer}/protocol/openid-connect/certs", timeout=_PATIENCE).json()
        return {key["kid"] for key in keys["keys"] if key["use"] == "sig"}

    def add_key(self) -> str:
        """From now on it signs with a new one, whose id is given; the others stay published."""
        keys = self._administer("GET", "keys").json()["keys"]
        priority = max(key["providerPriority"] for key in keys) + 10
        realm = self._administer("GET", "").json()["id"]
        made = {
            "name": f"rsa-{priority}",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": realm,
            "config": {"priority": [str(priority)], "algorithm": ["RS256"], "keySize": ["2048"]},
        }
        provider = self._administer("POST", "components", made).headers["Location"]
        keys = self._administer("GET", "keys").json()["keys"]
        (added,) = [key["kid"] for key in keys if provider.endswith(key["providerId"])]
        _await(lambda: kid(self.token("therapist")) == added)
        return str(added)

    def withdraw_key(self, withdrawn: str) -> None:
        """It is published no more."""
        keys = self._administer("GET", "keys").json()["keys"]
        (provider,) = {key["providerId"] for key in keys if key["kid"] == withdrawn}
        component = self._administer("GET", f"components/{provider}").json()
        component["config"] |= {"enabled": ["false"], "active": ["false"]}
        self._administer("PUT", f"components/{provider}", component)
        _await(lambda: withdrawn not in self.published)

    def admin_token(self) -> str:
        """Of the realm of administrators, good for a minute."""
        answer = httpx.post(
            f"{self._base}/realms/master/protocol/openid-connect/token",
            data={
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": ADMIN,
                "password": self.accounts.passwords[ADMIN],
            },
            timeout=_PATIENCE,
        )
        token: str = answer.json()["access_token"]
        return token

    def _administer(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        realm = self.issuer.rpartition("/")[2]
        answer = httpx.request(
            method,
            f"{self._base}/admin/realms/{realm}/{path}".rstrip("/"),
            json=body,
            headers={"Authorization": f"Bearer {self.admin_token()}"},
            timeout=_PATIENCE,
        )
        answer.raise_for_status()
        return answer

    @property
    def _base(self) -> str:
        return self.issuer.partition("/realms/")[0]


def _await(done: Callable[[], bool]) -> None:
    if not wait_until(done, seconds=_PATIENCE):
        raise TimeoutError


def kid(token: str) -> str:
    """Of the key that signed it."""
    header = token.partition(".")[0]
    told: str = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    return told
