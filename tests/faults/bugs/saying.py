"""What is said: logs and readiness."""

from typing import Any

import structlog

from libs.process import admin
from tests.faults.bugs.bug import bug


@bug
def says_what_was_written() -> None:
    """The request's text in the log, to be helpful."""
    from libs.web.performing import CommandOperation  # noqa: PLC0415 - only an API has it

    perform = CommandOperation.perform

    async def telling(self: Any, asked: Any) -> Any:
        structlog.get_logger("helpful").info("asked", body=str(asked.body))
        return await perform(self, asked)

    CommandOperation.perform = telling  # type: ignore[method-assign]  # the bug


@bug
def always_ready() -> None:
    """Readiness is a constant."""

    def failing(self: admin.Readiness) -> list[str]:
        return ["stopping"] if self.stopping else []

    admin.Readiness.failing = failing  # type: ignore[method-assign]  # the bug
