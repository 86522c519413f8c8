"""What an operation of the gateway's REST leaves behind: one record, as those of GraphQL do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from libs.audit.keeping import Audit
from libs.audit.trail import Trail
from libs.web.headers import Trace
from libs.web.problems import outcome_of


@dataclass(slots=True)
class OneRecord:
    """Of an operation that is going on. What it finds out about itself, it says in `trail`."""

    audit: Audit
    action: str
    trace: Trace
    trail: Trail
    is_kept: bool = field(default=False, init=False)

    async def keep(self, outcome: str = "done", *, refused: bool = False) -> None:
        """Before a byte goes out: no record, no answer. Raises `AuditUnavailable`."""
        self.is_kept = True
        record = self.trail.record(
            "read",
            self.action,
            outcome=outcome,
            refused=refused,
            correlation_id=self.trace.correlation_id,
        )
        if record is not None:
            await self.audit.note(record)


@asynccontextmanager
async def one_record(
    audit: Audit, action: str, trace: Trace, trail: Trail
) -> AsyncIterator[OneRecord]:
    """What is raised inside before the record was kept is a refusal, and leaves one too."""
    record = OneRecord(audit, action, trace, trail)
    try:
        yield record
    except Exception as error:
        if not record.is_kept:
            await record.keep(outcome_of(error), refused=True)
        raise
