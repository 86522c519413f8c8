"""What production does not start with: settings that do on a laptop, and not with patients."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from libs.process import keys, origins, trusting
from libs.process.addresses import is_encrypted, is_loopback

_KNOWN = "this key is known or guessable: openssl rand -base64 32"
_OF_A_KNOWN_ONE = "a key in it is known or guessable: derive them from a MASTER_KEY that was drawn"

_UNSAFE: Mapping[str, Callable[[Any], str | None]] = {
    "issuers": trusting.unsafe,
    "origins": origins.unsafe,
}


def unsafe(name: str, value: Any, *, trusted_network: bool = False) -> str | None:
    """What must be changed before this may hold patients' data; None if nothing."""
    match name:
        case "durable":
            return None if value else "production keeps what it has acknowledged"
        case "issuers" | "origins":
            return _UNSAFE[name](value)
        case "master_key":
            return _KNOWN if keys.guessable(keys.master_key(value.get_secret_value())) else None
        case "chain_keys" | "analytics_keys" | "keyring_keys" | "pass_keys" | "audit_keys":
            return _OF_A_KNOWN_ONE if value and value.guessable else None
        case _ if name.endswith(("_url", "_endpoint")):
            return None if trusted_network else _plain(value)
        case _:
            return None


def _plain(told: SecretStr | str) -> str | None:
    url = told.get_secret_value() if isinstance(told, SecretStr) else told
    if not url or is_loopback(url) or is_encrypted(url):
        return None
    return (
        "beyond loopback the connection must be encrypted and the server verified "
        "(sslmode=verify-full, kafka+ssl://, https://), unless TRUSTED_NETWORK=true"
    )
