"""Logs as JSON lines on standard output, readable on a terminal; ids and codes, never text.

What other libraries log goes the same way, their exceptions by class and place only: a message
of a driver can hold the values of a row.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from libs.process.light import structlog
from libs.tracing.correlating import with_correlation

EventDict = structlog.typing.EventDict
Processor = structlog.typing.Processor
WrappedLogger = structlog.typing.WrappedLogger

Format = Literal["auto", "json", "console"]

_QUIET = ("httpx", "httpcore", "kafka", "asyncio", "alembic.runtime.plugins")
"""They tell of every request or heartbeat; warnings of theirs are still heard."""

_PLACES = 6


def configure(service: str, role: str, log_format: Format = "auto") -> None:
    readable = log_format == "console" or (log_format == "auto" and sys.stdout.isatty())
    shared: list[Processor] = [
        with_correlation,
        _identified(service, role),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging(shared, readable=readable)
    sys.excepthook = _say_what_ended_us


def _identified(service: str, role: str) -> Processor:
    def identified(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {**event, "service": service, "role": role}

    return identified


def without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception is told by its class and where it was raised."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    return {**event, **told(error)} if isinstance(error, BaseException) else event


def told(error: BaseException) -> Mapping[str, str]:
    """What may be logged of an exception: its class, and the last places it came through."""
    places = [
        f"{frame.f_globals.get('__name__', '?')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"error": type(error).__qualname__, "at": " > ".join(places[-_PLACES:])}


def _say_what_ended_us(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    structlog.get_logger("process").critical("ended", **told(error))


class WithoutWhatWasSent(logging.Filter):
    """Of a path, Uvicorn's lines keep ids and the words of our own paths: a client may have put a
    name where an id belongs. Its access line holds (client, method, path with query, HTTP version,
    status); a WebSocket's (client, path with query), sometimes with a status.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        given = record.args
        if isinstance(given, tuple) and _names_a_path(record, given):
            record.args = tuple(
                known_path(each) if isinstance(each, str) and each.startswith("/") else each
                for each in given
            )
        return True


_known_words = {"", "v1", "graphql", "stream", "livez", "readyz", "metrics", "docs", "events"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


_IDENTIFIER_FOLLOWS = "by-identifier"


def know_path(path: str) -> None:
    """Its words may be logged from here on."""
    _known_words.update(word for word in path.split("/") if not word.startswith("{"))


def known_path(sent: str) -> str:
    parts = urlsplit(sent).path.split("/")
    if _IDENTIFIER_FOLLOWS in parts:  # and it may look like an id of ours
        parts = [*parts[: parts.index(_IDENTIFIER_FOLLOWS) + 1], "…"]
        return "/".join(part if part in _known_words else "…" for part in parts)
    return "/".join(part if part in _known_words or _ID.fullmatch(part) else "…" for part in parts)


def _names_a_path(record: logging.LogRecord, given: tuple[object, ...]) -> bool:
    return record.name == "uvicorn.access" or (len(given) > 1 and "WebSocket" in str(record.msg))


def _take_over_standard_logging(shared: list[Processor], *, readable: bool) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer()
                if readable
                else structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).filters = [WithoutWhatWasSent()]
