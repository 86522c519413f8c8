"""What a request says in its headers, read strictly where a mistake would be costly."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.types import Scope

from libs.tracing.spans import Span
from libs.web.problems import Problem

Headers = Mapping[bytes, bytes]

_KEY = re.compile(rb"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
_ETAG = re.compile(rb'"(\d{1,9})"')
_ETAGS = re.compile(rb'(?:W/)?"([^"]{0,64})"')
_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How this request is found again: across services, and by those who ask about it."""

    correlation_id: UUID
    traceparent: str
    caused_by: str | None = None
    """The caller's own `traceparent`, where it sent one."""

    @property
    def trace_id(self) -> str:
        return self.traceparent[3:35]

    def within(self, span: Span) -> "Trace":
        """What is caused from here on has this span as its parent, where there is one."""
        told = span.traceparent
        return self if told is None else replace(self, traceparent=told)


def known_or_new(scope: Scope, new_id: Callable[[], UUID]) -> Trace:
    """Of a request that `Front` has passed on, or that came without it."""
    known: Trace | None = scope.get("interlude.trace")
    return known or trace_of(dict(scope["headers"]), new_id)


def trace_of(headers: Headers, new_id: Callable[[], UUID]) -> Trace:
    """What came in if it is well-formed, else new: tracing never refuses a request."""
    given = headers.get(b"x-correlation-id", b"")
    correlation = UUID(given.decode()) if _UUID.fullmatch(given) else new_id()
    told = headers.get(b"traceparent", b"")
    if _TRACEPARENT.fullmatch(told):
        known = told.decode()
        return Trace(correlation_id=correlation, traceparent=known, caused_by=known)
    fresh = new_id().hex
    return Trace(correlation_id=correlation, traceparent=f"00-{fresh}-{fresh[16:]}-01")


def bearer(headers: Headers) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token.isascii():
        raise Problem("not-authenticated")
    return token.strip().decode()


def idempotency_key(headers: Headers) -> str:
    key = headers.get(b"idempotency-key")
    if key is None:
        raise Problem("idempotency-key-required")
    return printable_key(key)


def printable_key(key: bytes) -> str:
    if _KEY.fullmatch(key) is None:
        raise Problem("idempotency-key-malformed")
    return key.decode()


def expected_version(headers: Headers) -> int | None:
    """If-Match. Weak tags are refused: a version is exact or it is nothing."""
    given = headers.get(b"if-match")
    if given is None:
        return None
    tag = _ETAG.fullmatch(given.strip())
    if tag is None:
        raise Problem("if-match-malformed")
    return int(tag[1])


def already_has(headers: Headers, version: int) -> bool:
    """If-None-Match names this version (compared weakly, as GET asks for)."""
    given = headers.get(b"if-none-match", b"").strip()
    return given == b"*" or str(version).encode() in _ETAGS.findall(given)


def after(headers: Headers) -> str | None:
    """The consistency token that the answer must not be older than."""
    given = headers.get(b"interlude-after")
    return None if given is None else given.decode("ascii", "replace")


def uuid_in_path(text: str) -> UUID:
    """Whatever is no UUID names nothing: the same 404 as for a stranger's."""
    if _UUID.fullmatch(text.encode("utf-8", "replace")) is None:
        raise Problem("not-found")
    return UUID(text)
