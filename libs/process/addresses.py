"""What a URL of a database, broker or issuer says about how safely it is reached."""

from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

_VERIFIED_MODES = {"verify-ca", "verify-full"}
"""`require` encrypts, but to whoever answers."""


def is_address(url: str, schemes: AbstractSet[str]) -> bool:
    parts = urlsplit(url)
    return parts.scheme.split("+")[0] in schemes and bool(_hosts(url))


def is_loopback(url: str) -> bool:
    hosts = [*_hosts(url), *_hosts_of_the_query(url)]
    return bool(hosts) and all(_is_local(host) for host in hosts)


def is_encrypted(url: str) -> bool:
    """So that nobody listens in, and nobody else answers."""
    parts = urlsplit(url)
    if parts.scheme == "postgresql":
        return parse_qs(parts.query).get("sslmode", [""])[-1] in _VERIFIED_MODES
    return parts.scheme in {"https", "kafka+ssl"}


def _hosts(url: str) -> list[str]:
    """One URL may name several (`kafka://a:9092,b:9092`)."""
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    return [_host(place) for place in places if place]


def _hosts_of_the_query(url: str) -> list[str]:
    """PostgreSQL's drivers let them have the last word."""
    parts = urlsplit(url)
    if parts.scheme != "postgresql":
        return []
    said = parse_qs(parts.query)
    values = [*said.get("host", []), *said.get("hostaddr", [])]
    return [host for value in values for host in value.split(",")]


def _host(place: str) -> str:
    return place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith("/")  # a folder with the server's socket
