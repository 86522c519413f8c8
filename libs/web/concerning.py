"""Whether an operation is for somebody at all, before anything is said of what it is about."""

from libs.access.policy import Grant
from libs.access.principal import Principal
from libs.web.problems import Problem

_INSUFFICIENT = 'Bearer realm="interlude", error="insufficient_scope", scope="{}"'
"""RFC 6750: a client library reads from it what to ask its issuer for."""


def must_concern(grant: Grant, principal: Principal) -> None:
    """Raises `Problem` (403)."""
    refusal = grant.refusal(principal)
    if refusal == "scope-not-granted":
        challenge = _INSUFFICIENT.format(grant.scope).encode()
        raise Problem(refusal, headers=[(b"www-authenticate", challenge)])
    if refusal is not None:
        raise Problem(refusal)
