"""What an operation's OpenAPI says of who may: roles with their relations, and an integrator's
scope.
"""

from collections.abc import Mapping

from libs.access.policy import Grant
from libs.web import openapi_parts as parts
from libs.web.bodies import Json

INTEGRATOR = "integrator"
PEOPLE: Json = {"bearer": []}


def schemes(scopes: Mapping[str, str]) -> Json:
    """`scopes` by the operations that they open."""
    return {"bearer": parts.BEARER, INTEGRATOR: _client_credentials(scopes)}


def granted(grant: Grant) -> Json:
    """Every operation has a scope; who requires it is an integrator, where one may at all."""
    may = INTEGRATOR in grant.relations
    return {
        "security": [PEOPLE, {INTEGRATOR: [grant.scope]}] if may else [PEOPLE],
        "x-interlude-grant": dict(grant.relations),
        "x-interlude-scope": grant.scope,
        **({"x-interlude-finishes": True} if grant.finishes else {}),
    }


def _client_credentials(scopes: Mapping[str, str]) -> Json:
    opened: dict[str, list[str]] = {}
    for operation, scope in scopes.items():
        opened.setdefault(scope, []).append(operation)
    return {
        "type": "oauth2",
        "description": "A program of one clinic, with the role `integrator` in its token and a "
        "scope for each resource and verb that it needs.",
        "flows": {
            "clientCredentials": {
                # Of whichever provider an installation trusts.
                "tokenUrl": "https://id.example/token",
                "scopes": {scope: ", ".join(names) for scope, names in sorted(opened.items())},
            }
        },
    }
