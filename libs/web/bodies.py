"""Reading a body strictly: one JSON object, bounded, and nothing in it that JSON tools disagree on.

Stock parsers take the last of two equal names, NaN, NUL characters and half characters, and fail
on them later, elsewhere.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from starlette.types import Receive

from libs.web.problems import FieldsInvalid, Problem, fault

Json = dict[str, Any]

LIMIT = 256 * 1024
"""Bytes of one command's body."""

DEPTH = 32
_EXACT = 2**53
"""Beyond it, JSON's readers do not agree on whole numbers (RFC 7493)."""

_CONTENT_TYPE = re.compile(
    rb'\s*application/json\s*(;\s*charset="?utf-8"?\s*)?;?\s*', re.IGNORECASE
)


class ClientGone(Exception):  # noqa: N818 - nobody is there to be answered
    """The connection was closed before the body was complete."""


async def read(headers: Mapping[bytes, bytes], receive: Receive, *, limit: int = LIMIT) -> bytes:
    """The whole body. Raises `Problem` when it is too large or not JSON by its own account."""
    if _CONTENT_TYPE.fullmatch(headers.get(b"content-type", b"")) is None:
        raise Problem("unsupported-media-type")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Problem("unsupported-media-type")
    if _announced(headers) > limit:
        raise Problem("body-too-large")
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return _within(message.get("body", b""), limit)
    return await _in_parts(message, receive, limit)


def _announced(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0  # noqa: PLR2004 - digits of 2^64


async def _in_parts(message: Any, receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        _within(body, limit)
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()


def _within(body: bytes | bytearray, limit: int) -> bytes:
    if len(body) > limit:
        raise Problem("body-too-large")
    return bytes(body)


def parsed(raw: bytes) -> Json:
    """The one object that it holds. Raises `Problem`."""
    if not raw.strip():
        raise Problem("body-missing")
    try:
        content = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError) as broken:
        raise Problem("malformed-json") from broken
    if not isinstance(content, dict):
        raise FieldsInvalid(fault("", "wrong-type"))
    if raw.count(b"{") + raw.count(b"[") > DEPTH:
        _must_be_shallow(content)
    if b"\\u" in raw:
        _must_be_text(content)
    return content


def _object(pairs: list[tuple[str, Any]]) -> Json:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Problem("duplicate-name")
    return content


def _constant(_name: str) -> NoReturn:
    raise Problem("number-not-allowed")


def _integer(digits: str) -> int:
    if len(digits) > len(str(_EXACT)) + 1 or not -_EXACT <= int(digits) <= _EXACT:
        raise Problem("number-not-allowed")
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise Problem("number-not-allowed")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_real
)


def _must_be_shallow(content: Any) -> None:
    level = [content]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return
    raise Problem("too-deep")


def _members(content: Any) -> list[Any]:
    within = content.values() if isinstance(content, dict) else content
    return [each for each in within if isinstance(each, dict | list)]


def _must_be_text(content: Any) -> None:
    """Escapes are the only way for NUL and half characters into text that was valid UTF-8."""
    match content:
        case str():
            if "\x00" in content or any("\ud800" <= each <= "\udfff" for each in content):
                raise Problem("character-not-allowed")
        case dict():
            for name, value in content.items():
                _must_be_text(name)
                _must_be_text(value)
        case list():
            for value in content:
                _must_be_text(value)
