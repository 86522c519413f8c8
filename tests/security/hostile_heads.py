"""Heads and paths that no honest client has, and two requests that look like one."""

from collections.abc import Callable

from tests.security.exposed import Door
from tests.security.hostile_http import CANARY, Attack, chunked, look, request


def head(name: str, *lines: bytes) -> Attack:
    return Attack(name=name, parts=lambda _door: [look(*lines)])


HEADS = [
    head("a length of thirty digits", b"Content-Length: " + b"9" * 30),
    head("a length below zero", b"Content-Length: -1"),
    head("a length in hexadecimal", b"Content-Length: 0x2"),
    head("a name with a blank", b"X " + CANARY + b": a"),
    head("no name", b": " + CANARY),
    head("no colon", CANARY),
    head("NUL in a value", b"X: " + CANARY + b"\x00"),
    head("a control character in a value", b"X: " + CANARY + b"\x07"),
    Attack(name="an unknown method", parts=lambda _door: [look().replace(b"GET", b"CANARY")]),
    Attack(name="a method in small letters", parts=lambda _door: [look().replace(b"GET", b"get")]),
    Attack(name="TRACE", parts=lambda _door: [look(b"X: " + CANARY).replace(b"GET", b"TRACE")]),
    Attack(
        name="CONNECT",
        parts=lambda _door: [look().replace(b"GET /livez", b"CONNECT interlude:443")],
    ),
    Attack(name="HTTP/3.7", parts=lambda _door: [look().replace(b"HTTP/1.1", b"HTTP/3.7")]),
    Attack(name="HTTP/2 at once", parts=lambda _door: [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]),
    Attack(name="TLS where there is none", parts=lambda _door: [b"\x16\x03\x01\x02\x00" + CANARY]),
    Attack(name="no protocol at all", parts=lambda _door: [CANARY * 10 + b"\r\n\r\n"]),
]

BEYOND = {
    "a header of 64 kB": (b"X-Long: " + CANARY + b"x" * 65_536,),
    "ten thousand headers": tuple(b"X-%d: %b" % (number, CANARY) for number in range(10_000)),
}
"""Heads that no honest client has."""

HOSTS = {
    "no host": b"",
    "two hosts": b"Host: interlude\r\nHost: " + CANARY + b"\r\n",
    "a host with a path": b"Host: interlude/" + CANARY + b"\r\n",
}

# --- Paths ---


def _at(path: str) -> Attack:
    target = path.encode("latin-1")
    return Attack(
        name=path,
        parts=lambda door: [request(door, b"", target=target).replace(b"POST", b"GET", 1)],
    )


PATHS = [
    _at(path)
    for path in (
        "/v1/../livez",
        "/v1/%2e%2e/livez",
        "/v1/patients/..%2f..%2flivez",
        "/v1/patients/..%252f..%252flivez",
        "/v1/patients/%c0%ae%c0%ae/livez",
        "/v1/patients/%e0%80%ae/livez",
        "/v1/patients\\..\\livez",
        "//livez",
        "///v1//patients",
        "/livez;a=1",
        "/livez%00",
        "/livez%0d%0aX:%20injected",
        "/livez%",
        "/livez%zz",
        "/livez\xff",
        "/livez/.",
        "/livez/..",
        "livez",
        "*",
        "http://interlude/v1/patients/canary",
        "/static/..%2f..%2fetc%2fpasswd",
        "/graphql/static/..%2findex.html",
        "/v1/patients/" + "a" * 60_000,
        "/v1/patients/00000000-0000-7000-8000-000000000000?" + "a=1&" * 10_000,
        "/openapi.json",
        "/docs",
        "/redoc",
        "/metrics",
    )
]

# --- Two in one ---

_SECOND = look(target=b"/second")
_END = b"0\r\n\r\n"


def _two(name: str, first: Callable[[Door], bytes]) -> Attack:
    return Attack(name=name, parts=lambda door: [first(door) + _SECOND])


def _coded(name: str, *lines: bytes) -> Attack:
    """A body that ends where chunks say, or where none do."""
    return _two(name, lambda door: request(door, _END, *lines, length=False))


SMUGGLED = [
    _two("a length and chunks", lambda door: request(door, _END, b"Transfer-Encoding: chunked")),
    _coded("chunks and a length", b"Transfer-Encoding: chunked", b"Content-Length: 3"),
    _two("two lengths", lambda door: request(door, b"{}", b"Content-Length: 0")),
    _two("the same length twice", lambda door: request(door, b"{}", b"Content-Length: 2")),
    _coded("a list of lengths", b"Content-Length: 5, 5"),
    _coded("a length with a sign", b"Content-Length: +5"),
    _coded("a length with a blank", b"Content-Length: 5 5"),
    _coded("chunked misspelt", b"Transfer-Encoding: xchunked"),
    _coded("chunked and then not", b"Transfer-Encoding: chunked, identity"),
    _coded("chunked in two headers", b"Transfer-Encoding: chunked", b"Transfer-Encoding: x"),
    _coded("chunked after a tab", b"Transfer-Encoding:\tchunked", b"Content-Length: 3"),
    _coded("chunked after a vertical tab", b"Transfer-Encoding: \x0bchunked"),
    _coded("chunked in quotes", b'Transfer-Encoding: "chunked"'),
    _coded("a blank before the colon", b"Transfer-Encoding : chunked"),
    _coded("a blank before the name", b" Transfer-Encoding: chunked"),
    _coded("a folded line", b"X: a\r\n Transfer-Encoding: chunked"),
    _coded("a bare carriage return", b"X: a\rTransfer-Encoding: chunked"),
    _coded("a bare line feed", b"X: a\nTransfer-Encoding: chunked"),
    _two("bare line feeds", lambda door: request(door, b"{}").replace(b"\r\n", b"\n")),
    _two("chunks with bare line feeds", lambda door: chunked(door, b"2\n{}\n0\n\n")),
    _two("a chunk longer than it says", lambda door: chunked(door, b"2\r\n{}{}\r\n" + _END)),
    _two("a chunk's size with a blank", lambda door: chunked(door, b"2 x\r\n{}\r\n" + _END)),
]
"""Two readers who do not agree would see two requests; here nobody may see the second."""
