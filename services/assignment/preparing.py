"""What a request names and this service has to look up: goals, sessions, zones, settings.

Whatever is late, foreign or missing is answered alike: not known yet.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.access.relationships import KnownPatient, KnownSession, Relationships
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.privacy.opening import opened
from libs.privacy.private import Private
from libs.privacy.sealing import Sealer
from libs.web.commands import Fields, Preparing
from services.assignment.catalogue import Catalogue
from services.assignment.domain import assignment, goal
from services.assignment.domain.due import DueRule, Meeting
from services.assignment.domain.from_template import pinned, taken
from services.assignment.domain.homework import Homework, State
from services.assignment.domain.template_terms import TemplateRef
from services.assignment.domain.terms import GoalId, SessionId
from services.assignment.follow import Clinics
from services.assignment.goal_view import of_goal
from services.assignment.writing.gathering import goals_served
from services.assignment.writing.markdown import written

Goals = Desk[goal.Command, goal.State, goal.Event]
Assignments = Desk[assignment.Command, State, assignment.Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """Between whom and when homework is given: what *the next session* is counted from."""

    tenant_id: UUID
    patient_id: UUID
    therapist_id: UUID
    given_at: datetime
    in_session_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    goals: Goals
    assignments: Assignments
    known: Relationships
    clinics: Clinics
    catalogue: Catalogue
    sealer: Sealer

    async def for_creation(self, asked: Preparing) -> Fields:
        giving = _giving(asked)
        await self._must_be_theirs(giving, asked.fields["continues_from"])
        await self._must_be_a_session(giving, giving.in_session_id)
        return {
            "meeting": await self._meeting(giving, asked.fields["due"]),
            **await self._taken(asked, giving),
        }

    async def for_giving(self, asked: Preparing) -> Fields:
        giving, settings = _giving(asked), await self.clinics.settings(asked.principal.tenant_id)
        rationale = asked.fields["rationale"]
        named = () if rationale is None else rationale.goal_ids
        return {
            **await self.for_creation(asked),
            "open_goals": await self._open_goals(giving.tenant_id, giving.patient_id, named),
            "patient_zone": await self._zone(giving.tenant_id, giving.patient_id),
            "low_confidence_below": settings.low_confidence_below,
            "rationale_gate": settings.rationale_gate,
        }

    async def for_activation(self, asked: Preparing) -> Fields:
        homework = await self._homework(asked)
        settings = await self.clinics.settings(asked.principal.tenant_id)
        giving = _given_before(homework, asked, given_at=asked.told.happened_at)
        return {
            "meeting": await self._next(giving, giving.given_at),
            "rationale_gate": settings.rationale_gate,
        }

    async def for_a_rationale(self, asked: Preparing) -> Fields:
        homework = await self._homework(asked)
        tenant, named = asked.principal.tenant_id, asked.fields["goal_ids"]
        return {"open_goals": await self._open_goals(tenant, homework.patient_id, named)}

    async def for_a_plan(self, asked: Preparing) -> Fields:
        homework = await self._homework(asked)
        return {"patient_zone": await self._zone(asked.principal.tenant_id, homework.patient_id)}

    async def for_a_summary(self, asked: Preparing) -> Fields:
        """Written as things stand. What changes meanwhile is noticed when it is decided."""
        tenant = asked.principal.tenant_id
        history = await self.assignments.history(tenant, asked.stream_uuid)
        facts = await opened([fact for _, fact in history], self.sealer, tenant)
        homework = await self._homework(asked)
        goals = [await self._statement(tenant, each) for each in goals_served(facts)]
        locale = asked.fields["locale"]
        if locale is None:
            locale = (await self._patient(tenant, homework.patient_id)).locale
        return {"written": written(facts, goals, locale)}

    async def _statement(self, tenant_id: UUID, goal_id: GoalId) -> Private:
        """As it stands now, in the patient's words."""
        history = await self.goals.history(tenant_id, goal_id)
        return (await opened(of_goal(history), self.sealer, tenant_id)).statement

    async def for_a_due(self, asked: Preparing) -> Fields:
        homework = await self._homework_now(asked)
        giving = _given_before(homework, asked, given_at=homework.given_at)
        return {"meeting": await self._meeting(giving, asked.fields["rule"])}

    async def for_a_session(self, asked: Preparing) -> Fields:
        """The one in which something was practised or told, if the request names one."""
        homework = await self._homework(asked)
        giving = _given_before(homework, asked, given_at=homework.given_at)
        await self._must_be_a_session(giving, asked.fields["session_id"])
        return {}

    async def for_a_rating(self, asked: Preparing) -> Fields:
        settings = await self.clinics.settings(asked.principal.tenant_id)
        return {"low_confidence_below": settings.low_confidence_below}

    async def _homework(self, asked: Preparing) -> Homework:
        """Perhaps older than the store: for what never changes."""
        remembered = self.assignments.glimpse(asked.principal.tenant_id, asked.stream_uuid)
        if isinstance(remembered, Homework):
            return remembered
        return await self._homework_now(asked)

    async def _homework_now(self, asked: Preparing) -> Homework:
        found = await self.assignments.state(asked.principal.tenant_id, asked.stream_uuid)
        if found is None or not isinstance(found[0], Homework):
            raise NotKnownYet
        return found[0]

    async def _must_be_theirs(self, giving: Giving, assignment_id: UUID | None) -> None:
        """Homework continues homework of the same patient."""
        if assignment_id is None:
            return
        found = await self.assignments.state(giving.tenant_id, assignment_id)
        state = None if found is None else found[0]
        if not isinstance(state, Homework) or state.patient_id != giving.patient_id:
            raise NotKnownYet

    async def _must_be_a_session(self, giving: Giving, session_id: UUID | None) -> None:
        if session_id is not None:
            await self._session(giving, session_id)

    async def _session(self, giving: Giving, session_id: UUID) -> KnownSession:
        session = await self.known.session(giving.tenant_id, session_id)
        if session is None or session.patient_id != giving.patient_id:
            raise NotKnownYet
        return session

    async def _open_goals(
        self, tenant_id: UUID, patient_id: UUID, named: tuple[GoalId, ...]
    ) -> frozenset[GoalId]:
        """A goal of somebody else is as unknown as none; only one of theirs can be closed."""
        still_open: set[GoalId] = set()
        for goal_id in named:
            found = await self.goals.state(tenant_id, goal_id)
            state = goal.Unset() if found is None else found[0]
            if isinstance(state, goal.Unset) or state.patient_id != patient_id:
                raise NotKnownYet
            if isinstance(state, goal.Open):
                still_open.add(goal_id)
        return frozenset(still_open)

    async def _taken(self, asked: Preparing, giving: Giving) -> Fields:
        """From the template that it is made from, if it is made from one."""
        ref: TemplateRef | None = asked.fields["template_ref"]
        if ref is None:
            return {}
        patient = await self._patient(giving.tenant_id, giving.patient_id)
        content = pinned(ref, await self.catalogue.find(giving.tenant_id, ref.id))
        template = taken(content, locale=patient.locale, assignment_id=asked.stream_uuid)
        return {"template": template, "patient_zone": patient.zone}

    async def _zone(self, tenant_id: UUID, patient_id: UUID) -> str:
        return (await self._patient(tenant_id, patient_id)).zone

    async def _patient(self, tenant_id: UUID, patient_id: UUID) -> KnownPatient:
        patient = await self.known.patient(tenant_id, patient_id)
        if patient is None:
            raise NotKnownYet
        return patient

    async def _meeting(self, giving: Giving, rule: DueRule) -> Meeting | None:
        """The named session, or the one that follows it where that is off; else the next."""
        if rule.kind == "next_session":
            return await self._next(giving, giving.given_at)
        if rule.kind != "session" or rule.session_id is None:
            return None
        named = await self._session(giving, rule.session_id)
        return await self._next(giving, named.starts_at) if named.off else _as_meeting(named)

    async def _next(self, giving: Giving, after: datetime) -> Meeting | None:
        """Never the session in which it was given, though that may start a moment later."""
        found = await self._following(giving, after)
        if found is not None and found.session_id == giving.in_session_id:
            found = await self._following(giving, found.starts_at)
        return None if found is None else _as_meeting(found)

    async def _following(self, giving: Giving, after: datetime) -> KnownSession | None:
        return await self.known.next_session(
            giving.tenant_id, giving.patient_id, giving.therapist_id, after
        )


def _giving(asked: Preparing) -> Giving:
    return Giving(
        tenant_id=asked.principal.tenant_id,
        patient_id=asked.fields["patient_id"],
        therapist_id=asked.principal.person_id,
        given_at=asked.told.happened_at,
        in_session_id=asked.fields["created_in_session_id"],
    )


def _given_before(homework: Homework, asked: Preparing, *, given_at: datetime) -> Giving:
    return Giving(
        tenant_id=asked.principal.tenant_id,
        patient_id=homework.patient_id,
        therapist_id=homework.therapist_id,
        given_at=given_at,
        in_session_id=homework.created_in_session_id,
    )


def _as_meeting(session: KnownSession) -> Meeting:
    return Meeting(
        session_id=SessionId(session.session_id), starts_at=session.starts_at, zone=session.zone
    )
