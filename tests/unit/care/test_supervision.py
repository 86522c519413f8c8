"""A supervisor begins to supervise a therapist, and ends."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, NOW
from libs.testing.scenario import Scenario
from services.care.domain import supervision
from services.care.domain.supervision import (
    SupervisesThemselves,
    SupervisionBegan,
    SupervisionBegunOtherwise,
    SupervisionEnded,
    SupervisionEndsBeforeItBegan,
    SupervisionId,
    SupervisorId,
)
from services.care.domain.therapist import TherapistId

ADMIN = Actor(person_id=UUID(int=9), role="clinic_admin")
RUTH = SupervisorId(UUID(int=3))

nothing: Scenario[supervision.Command, supervision.State, supervision.Event] = Scenario(
    supervision.decider
)
began = SupervisionBegan(
    supervision_id=SupervisionId(UUID(int=1)),
    supervisor_id=RUTH,
    therapist_id=TherapistId(ANNA),
    began_at=NOW,
)
begin = supervision.BeginSupervision(
    by=ADMIN,
    happened_at=NOW,
    now=NOW,
    id=SupervisionId(UUID(int=1)),
    supervisor_id=RUTH,
    therapist_id=TherapistId(ANNA),
)
ended = SupervisionEnded(ended_at=NOW)
end = supervision.EndSupervision(by=ADMIN, happened_at=NOW, now=NOW)


def test_supervision_begins_when_it_is_said_to_have_begun() -> None:
    nothing.when(begin).then(began)


def test_nobody_supervises_themselves() -> None:
    nothing.when(replace(begin, supervisor_id=SupervisorId(ANNA))).then_rejected(
        SupervisesThemselves
    )


def test_it_begins_once_also_when_it_has_ended() -> None:
    nothing.given(began).when(begin).then_nothing_changes()
    nothing.given(began, ended).when(begin).then_nothing_changes()


def test_its_id_is_not_used_for_others() -> None:
    of_boris = replace(begin, therapist_id=TherapistId(BORIS))
    nothing.given(began).when(of_boris).then_rejected(SupervisionBegunOtherwise)
    nothing.given(began, ended).when(of_boris).then_rejected(SupervisionBegunOtherwise)


def test_it_ends_once() -> None:
    nothing.given(began).when(end).then(ended)
    nothing.given(began, ended).when(end).then_nothing_changes()


def test_it_does_not_end_before_it_began() -> None:
    nothing.given(began).when(replace(end, happened_at=NOW - timedelta(seconds=1))).then_rejected(
        SupervisionEndsBeforeItBegan
    )
