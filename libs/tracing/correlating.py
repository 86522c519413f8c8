"""Which request or fact a log line is about, wherever below it the line is written.

The correlation is given by whoever asked first, goes with every request and is recorded in every
fact, so a reaction in another service and a projector that parks the fact log the same one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from structlog.typing import EventDict, WrappedLogger

Correlation = tuple[UUID, str]
"""With the `traceparent`. No class of its own: one is made for every request."""

_current: ContextVar[Correlation | None] = ContextVar("correlation", default=None)


def correlate(correlation_id: UUID, traceparent: str) -> None:
    """Until this task ends: for a server, which has one for each request."""
    _current.set((correlation_id, traceparent))


@contextmanager
def correlated(correlation_id: UUID, traceparent: str) -> Iterator[None]:
    """While inside: for a loop, which does one thing after another."""
    before = _current.set((correlation_id, traceparent))
    try:
        yield
    finally:
        _current.reset(before)


def with_correlation(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """For structlog. What a line says itself stands."""
    current = _current.get()
    if current is None:
        return event
    correlation_id, traceparent = current
    return {"correlation_id": str(correlation_id), "trace_id": traceparent[3:35], **event}
