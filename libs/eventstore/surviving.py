"""Hands a batch to its handler, and when that fails finds the very record that it fails on."""

from collections.abc import Callable, Collection, Mapping, Sequence

import structlog
from sqlalchemy import Connection

from libs.eventstore.parking import Place
from libs.eventstore.progress import Stream
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Failure, Fresh
from libs.eventstore.trouble import code_of, lies_in_the_record
from libs.tracing.correlating import correlated

Handler = Callable[[Connection, Sequence[Recorded]], None]

log = structlog.get_logger(__name__)


def survive(db: Connection, handle: Handler, fresh: Sequence[Fresh]) -> Mapping[Place, Failure]:
    """What each half of a failing batch does is undone by its savepoint and tried in smaller
    halves, without the later records of a stream that is already stopped.

    Errors that pass, or that would befall every record alike, are let out.
    """
    failed: dict[Place, Failure] = {}
    stopped: set[Stream] = set()
    _survive(db, handle, fresh, failed, stopped)
    return failed


def _survive(
    db: Connection,
    handle: Handler,
    fresh: Sequence[Fresh],
    failed: dict[Place, Failure],
    stopped: set[Stream],
) -> None:
    fresh = _moving(fresh, stopped)
    if not fresh:
        return
    try:
        with db.begin_nested():
            handle(db, [one.recorded for one in fresh])
    except Exception as error:
        if not lies_in_the_record(error):
            raise
        if len(fresh) == 1:
            failed[fresh[0].place] = Failure(code_of(error))
            stopped.add(fresh[0].stream)
            _say(fresh[0].recorded, error)
            return
        half = len(fresh) // 2
        _survive(db, handle, fresh[:half], failed, stopped)
        _survive(db, handle, fresh[half:], failed, stopped)


def _moving(fresh: Sequence[Fresh], stopped: Collection[Stream]) -> Sequence[Fresh]:
    return [one for one in fresh if one.stream not in stopped] if stopped else fresh


def _say(recorded: Recorded, error: Exception) -> None:
    with correlated(recorded.correlation_id, recorded.traceparent):
        log.warning(
            "parked",
            event_id=str(recorded.event_id),
            stream_id=recorded.stream_id,
            type=recorded.type,
            code=code_of(error),
        )
