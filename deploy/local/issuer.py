"""The development issuer: tokens for the demo people, for whoever asks.

`PROFILE=local ISSUER=http://127.0.0.1:8009 KEY_FILE=var/issuer.pem PORT=8009 \
python -m deploy.local.issuer`

It asks for no password, so it refuses to start in any other profile, and listens on loopback only.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import Field
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.keeping import kept
from deploy.local.people import CLINIC, PEOPLE, Person
from deploy.local.ports import HOST
from libs.process.settings import Settings, load

ALGORITHM = "ES256"
LIFETIME = 24 * 3600
"""Seconds; a day's work without a new token."""

_LOCAL_PAGES = r"https?://(localhost|127\.0\.0\.1)(:\d+)?"


@dataclass(frozen=True)
class Issuer:
    """`url` is what `iss` says, and where the keys are found."""

    url: str
    audience: str
    key: ECKey

    def token(self, name: str, *, now: float) -> str:
        """Raises KeyError for a stranger."""
        return self.token_for(PEOPLE[name], CLINIC, now=now)

    def token_for(self, person: Person, clinic: UUID, *, now: float) -> str:
        claims = {
            "iss": self.url,
            "aud": self.audience,
            "sub": str(person.id),
            "person_id": str(person.id),
            "tenant_id": str(clinic),
            "roles": [person.role],
            "scope": person.scope,
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + LIFETIME,
            "jti": str(uuid4()),
        }
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])

    def discovery(self) -> Mapping[str, Any]:
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint": f"{self.url}/token",
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["none"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    def keys(self) -> Mapping[str, Any]:
        public = self.key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": ALGORITHM}]}


def narrowed(person: Person, scope: str) -> Person | None:
    """With some of their scopes, as asked; all of them where nothing is asked. None where one of
    them is not theirs.
    """
    if not scope.strip():
        return person
    theirs = set(scope.split()) <= set(person.scope.split())
    return replace(person, scope=scope) if theirs else None


def kept_key(file: Path) -> ECKey:
    """Made once: tokens stay good when Interlude is started again."""
    key = ECKey.import_key(kept(file, _new_key))
    key.ensure_kid()
    return key


def _new_key() -> bytes:
    return ECKey.generate_key("P-256", private=True).as_pem(private=True)


def create_app(issuer: Issuer, clock: Callable[[], float]) -> Starlette:
    async def discovery(_request: Request) -> Response:
        return JSONResponse(issuer.discovery())

    async def keys(_request: Request) -> Response:
        return JSONResponse(issuer.keys())

    async def ready(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    async def token(request: Request) -> Response:
        asked = parse_qs((await request.body()).decode("ascii", errors="replace"))
        name = asked.get("client_id", [""])[0]
        if name not in PEOPLE:
            return JSONResponse({"error": "invalid_client"}, HTTPStatus.UNAUTHORIZED)
        person = narrowed(PEOPLE[name], asked.get("scope", [""])[0])
        if person is None:
            return JSONResponse({"error": "invalid_scope"}, HTTPStatus.BAD_REQUEST)
        made = issuer.token_for(person, CLINIC, now=clock())
        answer = {"access_token": made, "token_type": "Bearer", "expires_in": LIFETIME}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    routes = [
        Route("/.well-known/openid-configuration", discovery),
        Route("/jwks", keys),
        Route("/token", token, methods=["POST"]),
        Route("/readyz", ready),
    ]
    pages = Middleware(CORSMiddleware, allow_origin_regex=_LOCAL_PAGES, allow_methods=["*"])
    return Starlette(routes=routes, middleware=[pages])


class IssuerSettings(Settings):
    profile: Literal["local"]
    issuer: str
    key_file: Path
    audience: str = "interlude"
    port: int = Field(ge=1, le=65535)


def main() -> None:
    settings = load(IssuerSettings)
    key = kept_key(settings.key_file)
    app = create_app(Issuer(settings.issuer, settings.audience, key), time.time)
    uvicorn.run(app, host=HOST, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
