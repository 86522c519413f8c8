"""What is known of care before anything is derived: consents, when therapy began, the sessions.

Read as it comes, ahead of all else. A consent may turn out to be late, and a withdrawal ends at
once what is said of a patient.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection, text

from libs.access import care_facts, erasing
from libs.access.erasing import ERASED, PatientErased
from libs.eventstore.reading import Fact, Reads, read_as
from libs.eventstore.recorded import Recorded
from libs.messaging import derived
from libs.process.keys import KeyOf
from services.gateway.analytics import epochs, holding, records
from services.gateway.analytics.pseudonyms import Pseudonyms, epoch_key

KNOWING = "analytics-knowing"
"""The reader that keeps what is here; `PUBLISHING` follows a while later."""

PUBLISHING = "analytics"

CATEGORIES = care_facts.CATEGORIES | erasing.CATEGORIES | {"consent"}

log = structlog.get_logger(__name__)


def alone(db: Connection, events: Sequence[Recorded]) -> None:
    """For `Reader.alone`: first without who derives, who then asks who was erased."""
    if any(recorded.known_as == ERASED for recorded in events):
        epochs.hold_still(db)
        erasing.alone(db, events)


class ConsentGiven(Fact):
    patient_id: UUID
    scope: str


class ConsentWithdrawn(Fact):
    patient_id: UUID
    scope: str


READS: Reads[Fact] = {
    "interlude.care.ConsentGiven.v1": ConsentGiven,
    "interlude.care.ConsentWithdrawn.v1": ConsentWithdrawn,
    ERASED: PatientErased,
}

_GIVEN = text("""
INSERT INTO analytics_consents (tenant_id, patient_id, stream_id, consent, given_at, epoch)
VALUES (:tenant, :patient, :stream, :consent, :given_at, :epoch)
ON CONFLICT (tenant_id, patient_id) DO UPDATE
SET stream_id = excluded.stream_id, consent = excluded.consent, given_at = excluded.given_at,
    epoch = excluded.epoch, withdrawn_at = NULL
""")
_WITHDRAWN = text("""
UPDATE analytics_consents SET withdrawn_at = :withdrawn_at
WHERE tenant_id = :tenant AND patient_id = :patient AND withdrawn_at IS NULL
RETURNING consent, epoch
""")
_NOTHING_LATEST = text("""
DELETE FROM analytics_latest WHERE tenant_id = :tenant AND patient_id = :patient
""")
_NO_CONSENT = text("""
DELETE FROM analytics_consents WHERE tenant_id = :tenant AND patient_id = :patient
""")
_NOTHING_HELD = text("""
DELETE FROM analytics_held WHERE tenant_id = :tenant AND patient_id = :patient
""")


class Knowing:
    """A projection; `key_of` gives the process's keys, `held_for` is how late one may come."""

    def __init__(self, key_of: KeyOf, *, held_for: timedelta, now: Callable[[], datetime]) -> None:
        self._key_of = key_of
        self._held_for = held_for
        self._now = now

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        care_facts.keep(db, events)
        told = [(recorded, fact) for recorded in events if (fact := read_as(recorded, READS))]
        if told:
            epochs.hold_still(db)
        # Deny wins: whoever was erased has consented to nothing that comes beside it.
        for recorded, fact in sorted(told, key=lambda each: isinstance(each[1], PatientErased)):
            match fact:
                case ConsentGiven(scope="analytics"):
                    self._given(db, recorded, fact.patient_id)
                case ConsentWithdrawn(scope="analytics"):
                    self._withdrawn(db, recorded, fact.patient_id)
                case PatientErased():
                    self._erased(db, recorded, fact.patient_id)
        erasing.keep(db, events, answers=False)

    def _given(self, db: Connection, recorded: Recorded, patient_id: UUID) -> None:
        tenant_id, given_at, now = recorded.tenant_id, recorded.recorded_at, self._now()
        db.execute(
            _GIVEN,
            {
                "tenant": tenant_id,
                "patient": patient_id,
                "stream": recorded.stream_id,
                "consent": recorded.event_id,
                "given_at": given_at,
                "epoch": epochs.current(db),
            },
        )
        late = holding.recall(
            db,
            PUBLISHING,
            tenant_id,
            patient_id,
            since=max(given_at, now - self._held_for),
            now=now,
        )
        if late:
            log.info("consent-late", event_id=str(recorded.event_id), facts=late)

    def _withdrawn(self, db: Connection, recorded: Recorded, patient_id: UUID) -> None:
        who = {"tenant": recorded.tenant_id, "patient": patient_id}
        ended = db.execute(_WITHDRAWN, {**who, "withdrawn_at": recorded.recorded_at}).one_or_none()
        if ended is None:
            return
        db.execute(_NOTHING_LATEST, who)
        holding.forget(db, recorded.tenant_id, patient_id, until=recorded.recorded_at)
        first, last = ended.epoch, epochs.current(db)
        told = [
            self._forgetting(recorded, patient_id, ended.consent, epoch)
            for epoch in range(first, last + 1)
        ]
        derived.put(db, told, self._now())

    def _erased(self, db: Connection, recorded: Recorded, patient_id: UUID) -> None:
        """As a withdrawal, and then nothing is kept here by which the patient could be found."""
        self._withdrawn(db, recorded, patient_id)
        who = {"tenant": recorded.tenant_id, "patient": patient_id}
        for statement in (_NO_CONSENT, _NOTHING_LATEST, _NOTHING_HELD):
            db.execute(statement, who)

    def _forgetting(
        self, recorded: Recorded, patient_id: UUID, consent: UUID, epoch: int
    ) -> derived.Record:
        """One for each name that the patient has had; in its own partition, after all else."""
        key = epoch_key(self._key_of, epoch)
        return records.forgetting(
            recorded,
            epoch=records.Epoch(number=epoch, key=key),
            names=Pseudonyms(key, consent, patient_id),
        )
