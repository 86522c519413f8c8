"""Requests over HTTP/1.1 that nobody should send, and bodies above all. What is hostile stands in a
request that is otherwise right, so that nothing else of it can be what is refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.security.exposed import GATEWAY, Door

CANARY = b"canary-of-masha"

DEEP = 100_000
_ALIVE = b"/livez"
"""Answers 200 to whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """`parts` are what is put on the wire, one after the other."""

    name: str
    parts: Callable[[Door], Iterable[bytes]]

    def __str__(self) -> str:
        return self.name


def request(
    door: Door, body: bytes, *lines: bytes, target: bytes | None = None, length: bool = True
) -> bytes:
    """A command or a document, from somebody with a token, or with `target` something else."""
    head = [
        b"POST " + (target or door.path.encode()) + b" HTTP/1.1",
        b"Host: interlude",
        b"Authorization: Bearer " + door.token.encode(),
        b"Idempotency-Key: " + CANARY,
        b"Content-Type: application/json",
        *([b"Content-Length: %d" % len(body)] if length else ()),
        *lines,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def look(*lines: bytes, target: bytes = _ALIVE, host: bytes = b"Host: interlude\r\n") -> bytes:
    """What is answered with 200, were it not for these lines."""
    return (
        b"GET " + target + b" HTTP/1.1\r\n" + host + b"".join(line + b"\r\n" for line in lines)
    ) + b"\r\n"


def chunked(door: Door, rest: bytes = b"") -> bytes:
    return request(door, b"", b"Transfer-Encoding: chunked", length=False) + rest


def _naming(door: Door, name: bytes) -> bytes:
    """A patient of that name."""
    if door.name != GATEWAY:
        return b'{"name":' + name + b',"zone":"Europe/London","locale":"en-GB"}'
    return (
        b'{"query":"mutation($name: String!) { registerPatient(input: {name: $name, '
        b'zone: \\"Europe/London\\", locale: \\"en-GB\\"}) { userErrors { code } } }",'
        b'"variables":{"name":' + name + b"}}"
    )


_NAMES = {
    "1e400": b"1e400",
    "a whole number of 100,000 digits": b"9" * DEEP,
    "a fraction of 100,000 digits": b"0." + b"1" * DEEP,
    "minus zero": b"-0",
    "next to nothing": b"1e-999999",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "-Infinity": b"-Infinity",
    "hexadecimal": b"0x10",
    "a leading zero": b"010",
    "NUL": b'"' + CANARY + b'\\u0000"',
    "half a character": b'"' + CANARY + b'\\ud800"',
    "the other half": b'"\\udc00' + CANARY + b'"',
    "bytes that are no text": b'"' + CANARY + b'\xff\xfe"',
    "overlong UTF-8": b'"' + CANARY + b'\xc0\xae"',
    "a character of the next line": b'"' + CANARY + b'\\u0007"',
    "text turned round": '"canary-of-masha\u202e"'.encode(),
    "text isolated": '"canary-of-masha\u2066"'.encode(),
    "text embedded": '"canary-of-masha\u202a"'.encode(),
    "100,000 lists": b"[" * DEEP + b"]" * DEEP,
    "100,000 objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "lists without an end": b"[" * DEEP,
    "a million lists beside each other": b"[" + b"[]," * 60_000 + b"[]]",
    "a name twice": b'{"' + CANARY + b'":1,"' + CANARY + b'":2}',
    "far too long": b'"' + CANARY * 1_000 + b'"',
    "a comment": b"/* " + CANARY + b' */ "x"',
    "single quotes": b"'" + CANARY + b"'",
}
"""What stands where a name should."""

INVISIBLE = {
    "zero-width space": '"\u200b"'.encode(),
    "zero-width no-break space": '"\ufeff"'.encode(),
    "tag characters": '"\U000e0063\U000e0061\U000e006e"'.encode(),
    "marks of direction": '"\u200e\u200f"'.encode(),
}
"""Names that nobody can see."""


def _endless(door: Door) -> Iterator[bytes]:
    """32 MB: what is more than anything here takes, and never says that it ends."""
    yield chunked(door)
    for _ in range(512):
        yield b"10000\r\n" + b"x" * 65_536 + b"\r\n"


def _in_the_year_100000(door: Door) -> bytes:
    if door.name != GATEWAY:
        return (
            b'{"name":"x","zone":"Europe/London","locale":"en-GB",'
            b'"occurred_at":"100000-01-01T00:00:00Z"}'
        )
    return (
        b'{"query":"mutation($at: DateTime) { registerPatient(input: {name: \\"x\\", '
        b'zone: \\"Europe/London\\", locale: \\"en-GB\\", occurredAt: $at}) { id } }",'
        b'"variables":{"at":"100000-01-01T00:00:00Z"}}'
    )


_OTHER_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-7",
    "application/json, text/plain",
    "application/xml",
)


def _typed(kind: str) -> Attack:
    return Attack(
        name=f"another type: {kind}",
        parts=lambda door: [
            request(door, _naming(door, b'"x"')).replace(b"application/json", kind.encode())
        ],
    )


def naming(name: str, value: bytes) -> Attack:
    return Attack(name=name, parts=lambda door: [request(door, _naming(door, value))])


BODIES = [
    *(naming(name, value) for name, value in _NAMES.items()),
    Attack(
        name="a body beyond the limit",
        parts=lambda door: [request(door, b'{"name":"' + CANARY * 20_000 + b'"}')],
    ),
    Attack(
        name="a length beyond the limit",
        parts=lambda door: [request(door, b"", b"Content-Length: 99999999999", length=False)],
    ),
    Attack(name="chunks without an end", parts=_endless),
    Attack(name="a chunk of no number", parts=lambda door: [chunked(door, b"zz\r\nabc\r\n")]),
    Attack(name="a chunk below zero", parts=lambda door: [chunked(door, b"-1\r\nabc\r\n")]),
    Attack(
        name="a chunk of more digits than there are",
        parts=lambda door: [chunked(door, b"f" * 64 + b"\r\nabc\r\n")],
    ),
    Attack(name="no body", parts=lambda door: [request(door, b"")]),
    Attack(
        name="a list of all", parts=lambda door: [request(door, b"[%b]" % _naming(door, b'"x"'))]
    ),
    Attack(name="the year 100,000", parts=lambda door: [request(door, _in_the_year_100000(door))]),
    *(_typed(kind) for kind in _OTHER_TYPES),
    Attack(
        name="compressed",
        parts=lambda door: [request(door, _naming(door, b'"x"'), b"Content-Encoding: gzip")],
    ),
]
