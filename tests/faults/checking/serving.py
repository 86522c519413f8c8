"""I8 and I9: what was acknowledged is seen in time, answers are honest, and so is readiness."""

from collections.abc import Iterator
from itertools import chain

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.history import Attempt
from tests.faults.observed import Observed

_INTERNAL = "INTERNAL"
"""GraphQL's code for a bug, which comes with status 200."""


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    return chain(_not_visible(observed), _server_errors(observed), _readiness(observed))


def _not_visible(observed: Observed) -> Iterator[Anomaly]:
    for correlation_id, seconds in observed.visible:
        if seconds > observed.visible_within:
            yield anomaly("not-visible", correlation_id, f"{seconds:.1f} s")


def _server_errors(observed: Observed) -> Iterator[Anomaly]:
    for command in observed.history:
        for each in command.attempts:
            if not _is_honest(each):
                told = command.service, command.operation, command.correlation_id
                yield anomaly("server-error", *told, each.status, each.code)


def _is_honest(answer: Attempt) -> bool:
    """Done, the client's mistake, or *come again later*; no answer at all is no lie either."""
    match answer.status:
        case None:
            return True
        case 503:
            return answer.retry_after
        case status:
            return status // 100 in {2, 4} and answer.code != _INTERNAL


def _readiness(observed: Observed) -> Iterator[Anomaly]:
    for each in observed.probes:
        if each.should is not None and each.ready != each.should:
            lie = "false-ready" if each.ready else "not-ready-true"
            yield anomaly(lie, each.process, f"{each.at:.1f} s")
