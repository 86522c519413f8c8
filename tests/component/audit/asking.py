"""An operator's command, as it answers; in this process, for there are many and they are short."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest
import structlog

from libs.process.roles import Service, command_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: list[str]
    err: list[str]


def ask(
    service: Service, monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str], *words: str
) -> Done:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    out, err = StringIO(), StringIO()
    with (
        _logging_as_before(monkeypatch),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as stopped,
    ):
        command_line(service)(words)
    told = [line for line in out.getvalue().splitlines() if '"level"' not in line]
    code = stopped.value.code
    return Done(
        code=code if isinstance(code, int) else 0, out=told, err=err.getvalue().splitlines()
    )


@contextmanager
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command sets up logging for its process, which here is that of other tests too: nothing
    of it may be remembered by the loggers.
    """
    configure = structlog.configure
    monkeypatch.setattr(
        structlog,
        "configure",
        lambda **told: configure(**{**told, "cache_logger_on_first_use": False}),
    )
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
