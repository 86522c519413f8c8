"""What BROKER_URL says.

BadBrokerUrl
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

USUAL_PORT = 9092
USUAL_SESSION = 10.0
MECHANISMS = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
FILES = {"ca": "ssl_cafile", "certificate": "ssl_certfile", "key": "ssl_keyfile"}


class BadBrokerUrl(Exception):  # noqa: N818 - the start-up stops with this sentence
    """Says what is wrong with BROKER_URL without repeating it: it may hold a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaAddress:
    """`security` is in kafka-python's words. `session` (seconds): how long a silent reader keeps
    its partitions. `replication` -1 leaves the number of copies to the broker.
    """

    servers: tuple[str, ...]
    security: Mapping[str, Any] = field(default_factory=dict)
    session: float = USUAL_SESSION
    replication: int = -1


def kafka_address(url: str) -> KafkaAddress:
    """`kafka[+ssl]://[user:password@]host:port,…[?ca=FILE&certificate=FILE&key=FILE
    &mechanism=SCRAM-SHA-512&session=SECONDS&replication=N]`; percent-encode what needs it.

    `kafka+ssl` is TLS, with the machine's authorities unless `ca` names others; a user means SASL,
    PLAIN unless `mechanism` says otherwise.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "kafka+ssl"
    credentials, _, hosts = parts.netloc.rpartition("@")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = options.keys() - {"mechanism", "session", "replication", *FILES}
    if unknown or parts.path.strip("/") or parts.fragment:
        raise BadBrokerUrl("BROKER_URL has a part that is not known; see libs/messaging/address.py")
    return KafkaAddress(
        servers=tuple(_server(host) for host in hosts.split(",")),
        security=_security(credentials, options, secure=secure),
        session=_number(options, "session", USUAL_SESSION, least=1),
        replication=int(_number(options, "replication", -1, least=-1)),
    )


def embedded_address(url: str) -> tuple[str, float]:
    """PostgreSQL's URL without `session=SECONDS`, which may be added to it, and those seconds."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    session = _number(options, "session", USUAL_SESSION, least=1)
    options.pop("session", None)
    return urlunsplit(parts._replace(query=urlencode(options, quote_via=quote))), session


def _server(host: str) -> str:
    try:
        named = urlsplit(f"//{host}")
        name, port = named.hostname, named.port
    except ValueError:
        raise BadBrokerUrl("BROKER_URL has a port that is not a number of 1 to 65535") from None
    if not name:
        raise BadBrokerUrl("BROKER_URL names no host: kafka://host:port,host:port")
    return f"[{name}]:{port or USUAL_PORT}" if ":" in name else f"{name}:{port or USUAL_PORT}"


def _security(credentials: str, options: Mapping[str, str], *, secure: bool) -> Mapping[str, Any]:
    files = {word: options[name] for name, word in FILES.items() if name in options}
    if files and not secure:
        raise BadBrokerUrl("BROKER_URL: certificates are for kafka+ssl://")
    if not credentials:
        if "mechanism" in options:
            raise BadBrokerUrl("BROKER_URL: a mechanism needs a user and a password")
        return {"security_protocol": "SSL", **files} if secure else {}
    user, _, password = credentials.partition(":")
    mechanism = options.get("mechanism", "PLAIN")
    if mechanism not in MECHANISMS:
        raise BadBrokerUrl(f"BROKER_URL: mechanism is one of {', '.join(sorted(MECHANISMS))}")
    return {
        "security_protocol": "SASL_SSL" if secure else "SASL_PLAINTEXT",
        "sasl_mechanism": mechanism,
        "sasl_plain_username": unquote(user),
        "sasl_plain_password": unquote(password),
        **files,
    }


def _number(options: Mapping[str, str], name: str, usual: float, *, least: float) -> float:
    try:
        value = float(options.get(name, usual))
    except ValueError:
        value = least - 1
    if not least <= value < 3600:  # noqa: PLR2004 - an hour is more than anybody means
        raise BadBrokerUrl(f"BROKER_URL: {name} is a number from {least:g} to 3600")
    return value
