"""An operator's command, as it answers; in this process, for there are many and they are short."""

import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest

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
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        command_line(service)(words)
    told = [line for line in out.getvalue().splitlines() if '"level"' not in line]
    code = stopped.value.code
    return Done(
        code=code if isinstance(code, int) else 0, out=told, err=err.getvalue().splitlines()
    )
