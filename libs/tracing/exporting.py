"""Where traces go: by OTLP to OTEL_EXPORTER_OTLP_ENDPOINT, or as lines on standard output.

The only module that loads OpenTelemetry, and only where a process was told to. What the SDK reads
from its environment besides (OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS, …) holds.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
)
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags

from libs.tracing.spans import Attributes, Kind, Span, Tracing

Where = Literal["otlp", "console"]

_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_FAILED = 500
_MOST_LINKS = 1000
"""As many as a batch has records."""


def begin(service: str, role: str, where: Where) -> None:
    """From now on this process tells what it does."""
    provider = provided(service, role)
    if where == "console":
        lines = ConsoleSpanExporter(out=sys.stdout, formatter=_line)
        provider.add_span_processor(SimpleSpanProcessor(lines))
    else:
        provider.add_span_processor(_by_otlp())
    Tracing.exporter = Sdk(provider)


def provided(service: str, role: str) -> TracerProvider:
    resource = Resource.create(
        {"service.namespace": "interlude", "service.name": f"{service}-{role}"}
    )
    return TracerProvider(resource=resource, span_limits=SpanLimits(max_links=_MOST_LINKS))


def _by_otlp() -> BatchSpanProcessor:
    # With the console it is not needed, and loads Protocol Buffers and an HTTP client.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - as said
        OTLPSpanExporter,
    )

    return BatchSpanProcessor(OTLPSpanExporter())


def _line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"


class Sdk:
    """What `spans` needs of OpenTelemetry."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("interlude")

    @contextmanager
    def begun(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name,
            None if parent is None else _under(parent),
            kind=_KINDS[kind],
            attributes={**_http(name, kind), **attributes},
            # An exception's message may hold what somebody wrote.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            begun = _Begun(span)
            try:
                yield begun
            except Exception as error:
                begun.failed(type(error).__name__)
                raise

    def carried(
        self, name: str, kind: Kind, causes: Sequence[str], began: datetime, ended: datetime
    ) -> None:
        batch = []
        if len(causes) > 1:
            links = [Link(_context_of(cause)) for cause in causes]
            batch = [Link(self._past(name, kind, Context(), links, began, ended))]
        for cause in causes:
            self._past(name, kind, _under(cause), batch, began, ended)

    def _past(  # noqa: PLR0917 - all that a span is
        self,
        name: str,
        kind: Kind,
        context: Context,
        links: Sequence[Link],
        began: datetime,
        ended: datetime,
    ) -> SpanContext:
        span = self._tracer.start_span(
            name, context, kind=_KINDS[kind], links=links, start_time=_nanoseconds(began)
        )
        span.end(_nanoseconds(ended))
        return span.get_span_context()


class _Begun:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        known = self._span.get_span_context()
        return f"00-{known.trace_id:032x}-{known.span_id:016x}-{known.trace_flags:02x}"

    def answered(self, status: int, outcome: str | None = None) -> None:
        self._span.set_attribute("http.response.status_code", status)
        if outcome is not None:
            self._span.set_attribute("interlude.outcome", outcome)
        if status >= _FAILED:
            self.failed(outcome or str(status))

    def failed(self, code: str) -> None:
        self._span.set_attribute("error.type", code)
        self._span.set_status(trace.StatusCode.ERROR)


def _http(name: str, kind: Kind) -> Attributes:
    """Requests are called `POST /v1/assignments/{id}/plans`."""
    method, _, route = name.partition(" /")
    if kind not in {"server", "client"} or not route:
        return {}
    return {"http.request.method": method, "http.route": f"/{route}"}


def _under(traceparent: str) -> Context:
    return trace.set_span_in_context(NonRecordingSpan(_context_of(traceparent)), Context())


def _context_of(traceparent: str) -> SpanContext:
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(
        trace_id=int(trace_id, 16),
        span_id=int(span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(flags, 16)),
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
