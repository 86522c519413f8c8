"""What passes of single occurrences: what became of them, and when; never words or people."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    EXPERIENCED,
    NUMBER,
    PLACE_ON_EARTH,
    PSEUDONYM,
    THIRD_PARTY,
    TOLD_BY_DAYS,
    WRITTEN,
)
from services.gateway.analytics.passing import Day, Decision, Passes, codes

OCCURRENCES: Mapping[str, Decision] = {
    "OccurrenceStarted.v1": Passes(fields={"occurrence_id": PSEUDONYM, "started_at": TOLD_BY_DAYS}),
    "OccurrencePartiallyCompleted.v1": Passes(
        fields={
            "occurrence_id": PSEUDONYM,
            "quantity": NUMBER,
            "experienced_at": EXPERIENCED,
            "note": WRITTEN,
            "completed_at": TOLD_BY_DAYS,
        }
    ),
    "OccurrenceAbandoned.v1": Passes(
        fields={"occurrence_id": PSEUDONYM, "note": WRITTEN, "abandoned_at": TOLD_BY_DAYS}
    ),
    "OccurrenceDeclined.v1": Passes(
        fields={"occurrence_id": PSEUDONYM, "note": WRITTEN, "declined_at": TOLD_BY_DAYS}
    ),
    "OccurrenceExpired.v1": Passes(
        fields={
            "occurrence_id": PSEUDONYM,
            "due_at": Day("due_day"),
            "expired_at": TOLD_BY_DAYS,
        }
    ),
    "ContactMet.v1": Passes(
        fields={"occurrence_id": PSEUDONYM, "contact": THIRD_PARTY, "met_at": TOLD_BY_DAYS}
    ),
    "PlanZoneChanged.v1": Passes(
        fields={
            "plan_version": NUMBER,
            "zone": PLACE_ON_EARTH,
            "because": codes("moved", "travelling", "correction"),
            "changed_at": TOLD_BY_DAYS,
        }
    ),
}
