"""Which homework the clock has to look at: a row of each whose plan asks for something at its time.

The follower says that something has changed (`look_at` is then, which is past), and the clock, once
it has looked, when it will look again.
"""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, DateTime, Index, MetaData, Table, Uuid

from libs.eventstore.recorded import Recorded
from libs.eventstore.upserting import upsert

homework_looks = Table(
    "homework_looks",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("assignment_id", Uuid, primary_key=True),
    Column("patient_id", Uuid),
    Column("look_at", DateTime(timezone=True)),
    Index("homework_looks_next", "look_at"),
)

CHANGES = frozenset(
    f"interlude.assignment.{name}.v1"
    for name in (
        "AssignmentActivated",
        "AssignmentResumed",
        "AssignmentReopened",
        "PlanSpecified",
        "PlanRevised",
        "FrequencyReduced",
        "PlanZoneChanged",
        "OccurrencesScheduled",
    )
)
"""By these, another window may be the next to close or to come in sight."""


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    upsert(
        db,
        homework_looks,
        [
            {
                "tenant_id": recorded.tenant_id,
                "assignment_id": recorded.stream_uuid,
                "patient_id": recorded.subject_id,
                "look_at": recorded.recorded_at,
            }
            for recorded in events
            if recorded.known_as in CHANGES
        ],
    )
