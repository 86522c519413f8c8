"""The pass that a process of ours signs for itself, where it is nobody's client.

Whoever is not a person has no account: the gateway confirms an erasure in every clinic, and a
provider would have to know it in each. Its pass holds for one clinic, one scope and a minute, and
is signed with a key that only the two sides derive (`passes:<whose>`).
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from uuid import NAMESPACE_URL, UUID, uuid5

from libs.access.principal import Principal

KIND = "passes"
"""Of the key's label."""

CONFIRMS = "erasure:confirm"
"""The scope of whoever may say that what they kept of an erased patient is removed."""

RESERVED = frozenset({CONFIRMS})
"""Scopes of passes alone: whatever a provider grants, no token of theirs has them."""

SECONDS = 60
"""For which a pass holds, from when it was signed."""

_PREFIX = "interlude-pass."


class BadPass(Exception):  # noqa: N818 - answered like any other token that is not good enough
    """Not one of ours, or too old."""


def is_pass(token: str) -> bool:
    return token.startswith(_PREFIX)


def signed(key: bytes, tenant_id: UUID, scope: str, *, now: float) -> str:
    """`now` in seconds since 1970."""
    told = f"{tenant_id} {scope} {int(now) + SECONDS}"
    return f"{_PREFIX}{_plain(told.encode())}.{_plain(_signature(key, told))}"


def holder(key: bytes, token: str, *, now: float) -> Principal:
    """Raises `BadPass`."""
    told, _, signature = token.removeprefix(_PREFIX).partition(".")
    whole = _bytes(told).decode("ascii", "replace")
    if not is_pass(token) or not hmac.compare_digest(_signature(key, whole), _bytes(signature)):
        raise BadPass
    # Signed by us, so it has the form that we gave it.
    tenant_id, scope, until = whole.split(" ")
    if not now < int(until) <= now + 2 * SECONDS:
        raise BadPass
    return Principal(
        tenant_id=UUID(tenant_id),
        person_id=uuid5(NAMESPACE_URL, "interlude:system:gateway"),
        roles=frozenset({"integrator"}),
        scopes=frozenset({scope}),
        expires_at=float(until),
    )


def _signature(key: bytes, told: str) -> bytes:
    return hmac.digest(key, f"interlude pass {told}".encode(), "sha256")


def _plain(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(encoded: str) -> bytes:
    """One spelling only: what decodes to the same bytes otherwise written is not ours."""
    try:
        content = urlsafe_b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4))
    except (NotBase64, UnicodeError, ValueError):
        raise BadPass from None
    if _plain(content) != encoded:
        raise BadPass
    return content
