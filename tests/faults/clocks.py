"""A process whose clock is wrong: what its composition root is given is so many seconds off."""

from datetime import datetime, timedelta
from typing import Any

from libs.process import parts


def step(seconds: float) -> None:
    if not seconds:
        return
    right = parts.utc_now
    off = timedelta(seconds=seconds)

    def wrong() -> datetime:
        return right() + off

    made = parts.Parts.__init__

    def built(self: parts.Parts, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **{"clock": wrong, **named})

    parts.Parts.__init__ = built  # type: ignore[method-assign]  # the root's own argument
