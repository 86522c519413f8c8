"""What a URL of a database, broker or issuer says about how safely it is reached."""

from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

_ENCRYPTED_MODES = {"require", "verify-ca", "verify-full"}


def is_address(url: str, schemes: AbstractSet[str]) -> bool:
    parts = urlsplit(url)
    return parts.scheme.split("+")[0] in schemes and bool(_hosts(url))


def is_loopback(url: str) -> bool:
    hosts = _hosts(url)
    return bool(hosts) and all(_is_local(host) for host in hosts)


def is_encrypted(url: str) -> bool:
    parts = urlsplit(url)
    mode = parse_qs(parts.query).get("sslmode", [""])[-1]
    return parts.scheme in {"https", "kafka+ssl"} or mode in _ENCRYPTED_MODES


def _hosts(url: str) -> list[str]:
    """One URL may name several (`kafka://a:9092,b:9092`)."""
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    return [_host(place) for place in places if place]


def _host(place: str) -> str:
    return place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
