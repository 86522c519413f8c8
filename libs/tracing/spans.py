"""Spans: what was done, how long it took, and under what it stands in its trace.

Off unless a process was told where traces go (`exporting.begin`); then the SDK is loaded, and until
then every function here is a look at one attribute. A span's name and attributes are names of ours,
codes and numbers: a path is told by its template, and nobody's text or id of a person is in it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

Kind = Literal["server", "client", "producer", "consumer", "internal"]
Attributes = Mapping[str, str | int]

_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2})")
_SAMPLED = 1


class Span(Protocol):
    @property
    def traceparent(self) -> str | None:
        """What is caused within it names this as its parent; None when nothing is traced."""

    def answered(self, status: int, outcome: str | None = None) -> None:
        """`outcome` is a code."""


class Exporter(Protocol):
    def begun(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes
    ) -> AbstractContextManager[Span]: ...

    def carried(
        self, name: str, kind: Kind, causes: Sequence[str], began: datetime, ended: datetime
    ) -> None: ...


class Tracing:
    """Of this process. `exporter` is set once, at start."""

    exporter: Exporter | None = None


class _Untraced:
    """The span that is none, and the context manager of itself."""

    traceparent = None

    def answered(self, status: int, outcome: str | None = None) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


_UNTRACED = _Untraced()


def begun(
    name: str, kind: Kind, *, parent: str | None = None, attributes: Attributes | None = None
) -> AbstractContextManager[Span]:
    """A span for what is done inside; without `parent` (a `traceparent`) it stands under the one
    that is open here, if any.
    """
    if Tracing.exporter is None:
        return _UNTRACED
    known = parent if parent and _FORM.fullmatch(parent) else None
    return Tracing.exporter.begun(name, kind, known, attributes or {})


def carried(
    name: str, kind: Kind, traceparents: Iterable[str], *, began: datetime, ended: datetime
) -> None:
    """What one step of a relay or a reader did for many causes at once: a span under each of them,
    so that no trace ends where a batch begins. Where there are several causes, one span more is
    the batch itself, and each is linked with it.
    """
    if Tracing.exporter is None:
        return
    causes = [each for each in dict.fromkeys(traceparents) if _is_sampled(each)]
    if causes:
        Tracing.exporter.carried(name, kind, causes, began, ended)


def _is_sampled(traceparent: str) -> bool:
    form = _FORM.fullmatch(traceparent)
    return form is not None and bool(int(form[1], 16) & _SAMPLED)
