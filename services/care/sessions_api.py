"""Sessions over HTTP: when somebody meets, and what became of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.access.policy import Subject
from libs.access.principal import Principal
from libs.access.relationships import Relationships
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import access, consent_api, people_api, session_view
from services.care.agenda import Agenda, Slot, Whose
from services.care.domain import consent, session, session_facts, session_told
from services.care.domain.clinic_settings import Settings

Sessions = Desk[session.Command, session.State, session_facts.Event]
Slots = Callable[[int], Sequence[Slot]]
"""When it is to be, by how many minutes it takes."""

ClinicOf = Callable[[Preparing], Awaitable[Settings]]
"""The settings of the request's clinic; refuses where none is registered."""

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    session_told.TherapistNeeded,
    session.EndBeforeStart,
    session_told.CancelledByThemselves,
    session.NotMissedYet,
)


def routes(edge: Edge, desk: Sessions, look: "LookUp") -> Router:
    on = Commands(edge, desk, subject=access.meeting_of)
    on.create(
        "/v1/sessions",
        session.ScheduleSession,
        operation="scheduleSession",
        grant=access.SCHEDULERS,
        prepare=look.for_scheduling,
    )
    on.create(
        "/v1/group-sessions",
        session.ScheduleGroupSession,
        operation="scheduleGroupSession",
        grant=access.FACILITATORS,
        about=_of_the_group,
        location="/v1/sessions/{id}",
        prepare=look.for_a_group,
    )
    on.act(
        "/v1/sessions/{id}/reschedulings",
        session.RescheduleSession,
        operation="rescheduleSession",
        grant=access.SCHEDULERS,
        prepare=look.for_moving,
    )
    on.act(
        "/v1/sessions/{id}/starts",
        session.StartSession,
        operation="startSession",
        grant=access.SCHEDULERS,
    )
    on.act(
        "/v1/sessions/{id}/ends",
        session.EndSession,
        operation="endSession",
        grant=access.ENDERS,
    )
    _called_off(on)
    on.show(
        "/v1/sessions/{id}",
        session_view.SessionView,
        session_view.of_session,
        operation="session",
        grant=access.CONCERNED,
    )
    return on.router


def _called_off(on: Commands[session.Command, session.State, session_facts.Event]) -> None:
    on.act(
        "/v1/sessions/{id}/cancellations",
        session.CancelSession,
        operation="cancelSession",
        grant=access.PARTIES,
    )
    on.act(
        "/v1/sessions/{id}/no-shows",
        session.RecordNoShow,
        operation="recordNoShow",
        grant=access.SCHEDULERS,
    )
    on.act(
        "/v1/sessions/{id}/reinstatements",
        session.ReinstateSession,
        operation="reinstateSession",
        grant=access.SCHEDULERS,
    )


async def _of_the_group(_principal: Principal, fields: Mapping[str, Any]) -> Subject:
    return Subject(group_id=fields["group_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    sessions: Sessions
    known: Relationships
    clinic_of: ClinicOf
    consents: consent_api.Consents
    patients: people_api.Patients
    agenda: Agenda

    async def for_scheduling(self, asked: Preparing) -> Fields:
        starts_at = asked.fields["starts_at"].instant()
        return await self.between(
            asked,
            lambda minutes: [Slot(starts_at=starts_at, duration_min=minutes)],
            sessions=[asked.stream_uuid],
        )

    async def between(
        self, asked: Preparing, slots: Slots, *, sessions: Collection[UUID]
    ) -> Fields:
        """Two people in care, who will meet in these `slots`, in `sessions` of these ids."""
        tenant, fields = asked.principal.tenant_id, asked.fields
        therapist_id = session_told.therapist_of(fields["therapist_id"], asked.told)
        if not await self.known.treats(tenant, therapist_id, fields["patient_id"]):
            raise NotKnownYet
        home = await self.clinic_of(asked)
        said = await self.consents.state(tenant, consent_api.treatment_consent_of(fields))
        whose = Whose(
            therapist_id=therapist_id, patient_ids=[fields["patient_id"]], sessions=sessions
        )
        at = slots(fields["duration_min"] or home.session_length_min)
        await people_api.must_be_there(self.patients, asked, [each.starts_at for each in at])
        return {
            "clinic_duration_min": home.session_length_min,
            "treatment_withdrawn": said is not None and isinstance(said[0], consent.Withdrawn),
            "overlaps": await self.agenda.overlaps(tenant, at, whose),
        }

    async def for_a_group(self, asked: Preparing) -> Fields:
        """Only one who leads the group leads its session."""
        tenant, fields = asked.principal.tenant_id, asked.fields
        therapist_id = session_told.therapist_of(fields["therapist_id"], asked.told)
        if not await self.known.facilitates(tenant, therapist_id, fields["group_id"]):
            raise NotKnownYet
        home = await self.clinic_of(asked)
        slot = Slot(
            starts_at=fields["starts_at"].instant(),
            duration_min=fields["duration_min"] or home.session_length_min,
        )
        whose = Whose(therapist_id=therapist_id, patient_ids=[], sessions=[asked.stream_uuid])
        return {
            "clinic_duration_min": home.session_length_min,
            "overlaps": await self.agenda.overlaps(tenant, [slot], whose),
        }

    async def for_moving(self, asked: Preparing) -> Fields:
        tenant, fields = asked.principal.tenant_id, asked.fields
        found = await self.sessions.state(tenant, asked.stream_uuid)
        if found is None or not isinstance(found[0], session.Scheduled):
            raise NotKnownYet
        moving = found[0]
        slot = Slot(
            starts_at=fields["starts_at"].instant(),
            duration_min=fields["duration_min"] or moving.duration_min,
        )
        whose = Whose(
            therapist_id=moving.therapist_id,
            patient_ids=[moving.patient_id] if moving.patient_id else [],
            sessions=[asked.stream_uuid],
        )
        return {"overlaps": await self.agenda.overlaps(tenant, [slot], whose)}
