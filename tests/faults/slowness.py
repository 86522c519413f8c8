"""A projector that takes longer than its group allows, or a handler that fails on one kind."""

import os
import time
from pathlib import Path
from typing import Any

from libs.eventstore.applying import Applying

POLL_SECONDS = 5
"""Its `max_poll_interval_ms`, so that a case need not take five minutes."""

FAILS_ON = "PraiseGiven"
"""The kind of fact whose handler fails until it is mended."""

MENDED = "mended"
"""The file whose being there says so."""


def begin(how: str) -> None:
    if how == "polls":
        _late_for_its_poll()
    if how == "fails":
        _failing()


def _late_for_its_poll() -> None:
    from libs.messaging.kafka import subscribing  # noqa: PLC0415 - only where there is Kafka

    subscribing.CONSUMER["max_poll_interval_ms"] = POLL_SECONDS * 1000
    project = Applying._project
    late = [POLL_SECONDS + 2.0]

    def projected(self: Any, db: Any, events: Any) -> None:
        project(self, db, events)
        if late and len(events) > 1:
            time.sleep(late.pop())

    Applying._project = projected  # type: ignore[method-assign]  # the point of it


def _failing() -> None:
    project = Applying._project
    mended = Path(os.environ["FAULTS_FOLDER"]) / MENDED

    def projected(self: Any, db: Any, events: Any) -> None:
        project(self, db, events)
        if any(FAILS_ON in each.type for each in events) and not mended.exists():
            raise ValueError(FAILS_ON)

    Applying._project = projected  # type: ignore[method-assign]  # the point of it
