"""What a service knows of who treats whom and when they meet: learned by following care, so it may
be a few milliseconds late.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPatient:
    """`zone` is where the patient's days begin and end (IANA), `locale` how they are spoken to."""

    patient_id: UUID
    zone: str
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """`patient_id` is null where a group meets. `starts_at` is an instant; `held` once it has
    started, `off` when cancelled or missed.
    """

    session_id: UUID
    patient_id: UUID | None
    therapist_id: UUID
    starts_at: datetime
    zone: str
    held: bool = False
    off: bool = False


class Relationships(Protocol):
    async def has_left(self, tenant_id: UUID, person_id: UUID) -> bool:
        """True for staff and programs that were said to have left, until they return."""

    async def finishes(
        self,
        tenant_id: UUID,
        therapist_id: UUID,
        patient_id: UUID,
        occurred_at: datetime | None = None,
    ) -> bool:
        """True for so many days as the clinic allows, once a therapist no longer treats a patient:
        because that relationship has ended or was handed over, or because they have left. Of what
        is said to have occurred at some time, only while that relationship lasted then.
        """

    async def treats(self, tenant_id: UUID, therapist_id: UUID, patient_id: UUID) -> bool:
        """True while their care relationship lasts."""

    async def supervises(self, tenant_id: UUID, supervisor_id: UUID, patient_id: UUID) -> bool:
        """True while a therapist in their supervision treats the patient."""

    async def facilitates(self, tenant_id: UUID, therapist_id: UUID, group_id: UUID) -> bool:
        """True while they lead the group. Asked only where groups are known (`group_facts`)."""

    async def erased(self, tenant_id: UUID, patient_id: UUID) -> bool:
        """True once this service has heard that the patient was erased."""

    async def patient(self, tenant_id: UUID, patient_id: UUID) -> KnownPatient | None: ...

    async def session(self, tenant_id: UUID, session_id: UUID) -> KnownSession | None: ...

    async def next_session(
        self, tenant_id: UUID, patient_id: UUID, therapist_id: UUID, after: datetime
    ) -> KnownSession | None:
        """The first that starts after this instant and is neither cancelled nor missed. It may
        have been held by now: what is told late is told as of then.
        """
