"""Where each patient of a batch stands: what they have consented to, and how far therapy is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, text

from libs.eventstore.parking import CHAIN_BROKEN, WAITS
from libs.eventstore.recorded import Recorded
from services.gateway.analytics.knowing import KNOWING
from services.gateway.analytics.records import Course

Patient = tuple[UUID, UUID]
"""Tenant and patient id."""

Verdict = Literal["publish", "hold", "pass"]

# A record that a stranger wrote under a consent's name says nothing about it; one of care's own
# that could not be applied may be a withdrawal.
_STANDING = text("""
SELECT c.tenant_id, c.patient_id, c.consent, c.given_at, c.withdrawn_at,
  EXISTS (
    SELECT FROM parked p
    WHERE (p.reader, p.tenant_id, p.stream_id) = (:knowing, c.tenant_id, c.stream_id)
      AND p.code NOT IN (:waits, :broken)) AS in_doubt,
  (SELECT min(r.began_at) FROM known_relationships r
   WHERE (r.tenant_id, r.patient_id) = (c.tenant_id, c.patient_id)) AS began_at,
  ARRAY(SELECT s.session_id FROM known_sessions s
    WHERE (s.tenant_id, s.patient_id) = (c.tenant_id, c.patient_id)
      AND s.starts_at IS NOT NULL AND s.status NOT IN ('cancelled', 'no_show')
    ORDER BY s.starts_at, s.session_id) AS session_ids,
  ARRAY(SELECT s.starts_at FROM known_sessions s
    WHERE (s.tenant_id, s.patient_id) = (c.tenant_id, c.patient_id)
      AND s.starts_at IS NOT NULL AND s.status NOT IN ('cancelled', 'no_show')
    ORDER BY s.starts_at, s.session_id) AS session_times
FROM analytics_consents c
JOIN unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[])) AS asked(tenant_id, patient_id)
USING (tenant_id, patient_id)
""")


class ConsentInDoubt(Exception):  # noqa: N818 - parks the fact until somebody has looked
    """A fact of this patient's consent is parked: it may be that they withdrew it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    consent: UUID
    given_at: datetime
    withdrawn_at: datetime | None
    in_doubt: bool
    course: Course


def standings(db: Connection, patients: Collection[Patient]) -> Mapping[Patient, Standing]:
    """Patients who never consented are missing."""
    rows = db.execute(
        _STANDING,
        {
            "knowing": KNOWING,
            "waits": WAITS,
            "broken": CHAIN_BROKEN,
            "tenants": [tenant for tenant, _ in patients],
            "patients": [patient for _, patient in patients],
        },
    )
    return {
        (row.tenant_id, row.patient_id): Standing(
            consent=row.consent,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            in_doubt=row.in_doubt,
            course=_course(
                row.began_at, dict(zip(row.session_ids, row.session_times, strict=True))
            ),
        )
        for row in rows
    }


def verdict(standing: Standing | None, recorded: Recorded) -> Verdict:
    """Published from the consent on, by the time of recording; never once a withdrawal is known.
    What no consent covers so far may still be covered by one that is on its way.
    """
    if standing is None:
        return "hold"
    if standing.in_doubt:
        raise ConsentInDoubt
    if standing.withdrawn_at is not None:
        return "hold" if recorded.recorded_at >= standing.withdrawn_at else "pass"
    return "publish" if recorded.recorded_at >= standing.given_at else "pass"


def _course(began_at: datetime | None, sessions: Mapping[UUID, datetime]) -> Course:
    """Therapy begins with the relationship; where nobody told of one, with the first session."""
    return Course(began_at=began_at or min(sessions.values(), default=None), sessions=sessions)
