"""The one place through which every export passes before anything of it goes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from libs.access.principal import Principal
from libs.eventstore.telling import Role
from libs.web.headers import Trace
from services.gateway.export.operations import Kind

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`form` is json or html; `role` the one in which they may."""

    operation: str
    principal: Principal
    role: Role
    patient_id: UUID
    kind: Kind
    form: str
    at: datetime
    trace: Trace


async def recorded(export: Export) -> None:
    """No record, no answer: whatever this raises is answered instead, and nothing has gone out."""
    log.info(
        "exported",
        operation=export.operation,
        role=export.role,
        form=export.form,
        trace_id=export.trace.trace_id,
    )
