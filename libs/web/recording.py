"""What of an operation and its answer is written down; the same for one that came with others."""

from collections.abc import Mapping

from libs.audit.record import Record, Verb
from libs.audit.trail import Trail
from libs.web.headers import Trace
from libs.web.operations import Operation
from libs.web.replies import Reply

_VERBS: Mapping[str, Verb] = {"GET": "read", "POST": "write", "PUT": "write"}
_REFUSED = 400


def recorded(operation: Operation, trail: Trail, reply: Reply, trace: Trace) -> Record | None:
    """None where nobody was let in."""
    return trail.record(
        _VERBS[operation.method],
        operation.name,
        outcome=reply.outcome,
        refused=reply.status >= _REFUSED,
        correlation_id=trace.correlation_id,
    )
