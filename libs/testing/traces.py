"""The spans of what a test does, kept instead of sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.tracing.exporting import Sdk, provided
from libs.tracing.spans import Tracing


class Traces:
    def __init__(self, kept: InMemorySpanExporter) -> None:
        self._kept = kept

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """In the order in which they ended."""
        return self._kept.get_finished_spans()

    def named(self, name: str) -> Sequence[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def the(self, name: str) -> ReadableSpan:
        """The only one of this name."""
        (span,) = self.named(name)
        return span


@contextmanager
def traced() -> Iterator[Traces]:
    kept = InMemorySpanExporter()
    provider = provided("test", "role")
    provider.add_span_processor(SimpleSpanProcessor(kept))
    Tracing.exporter = Sdk(provider)
    try:
        yield Traces(kept)
    finally:
        Tracing.exporter = None
        provider.shutdown()


def traceparent_of(span: ReadableSpan) -> str:
    """As what it caused would name it."""
    known = span.get_span_context()
    assert known is not None
    return f"00-{known.trace_id:032x}-{known.span_id:016x}-01"


def parent_of(span: ReadableSpan) -> str | None:
    if span.parent is None:
        return None
    return f"00-{span.parent.trace_id:032x}-{span.parent.span_id:016x}-01"
