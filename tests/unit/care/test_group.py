"""Groups (C25): who leads them, and who belongs to them."""

from dataclasses import replace
from uuid import UUID

import pytest

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, LEV, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from services.care.domain.group import (
    MOST_MEMBERS,
    AddFacilitator,
    AddMember,
    Command,
    CreateGroup,
    Event,
    FacilitatorAdded,
    FacilitatorIsMember,
    FacilitatorRemoved,
    GroupCreated,
    GroupCreatedOtherwise,
    GroupFull,
    GroupNotCreated,
    LastFacilitator,
    MemberAdded,
    MemberRemoved,
    RemoveFacilitator,
    RemoveMember,
    State,
    decider,
)
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import GroupId
from services.care.domain.session_told import TherapistNeeded
from services.care.domain.therapist import TherapistId

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
GROUP = GroupId(UUID(int=5))
created = GroupCreated(
    group_id=GROUP, name="Talking to people", late_joiners="from_now", created_at=NOW
)
anna_leads = FacilitatorAdded(therapist_id=TherapistId(ANNA), added_at=NOW)
boris_leads = FacilitatorAdded(therapist_id=TherapistId(BORIS), added_at=NOW)
masha_joined = MemberAdded(patient_id=PatientId(MASHA), joined_at=NOW)
masha_left = MemberRemoved(patient_id=PatientId(MASHA), left_at=NOW)
create = CreateGroup(by=THERAPIST, happened_at=NOW, now=NOW, id=GROUP, name="Talking to people")
group = nothing_yet.given(created, anna_leads)


def there_is(*later: Event) -> Scenario[Command, State, Event]:
    return nothing_yet.given(created, anna_leads, *later)


def add(who: UUID) -> AddMember:
    return AddMember(by=THERAPIST, happened_at=NOW, now=NOW, patient_id=PatientId(who))


def remove(who: UUID) -> RemoveMember:
    return RemoveMember(by=THERAPIST, happened_at=NOW, now=NOW, patient_id=PatientId(who))


def lead(who: UUID) -> AddFacilitator:
    return AddFacilitator(by=THERAPIST, happened_at=NOW, now=NOW, therapist_id=TherapistId(who))


def step_back(who: UUID) -> RemoveFacilitator:
    return RemoveFacilitator(by=THERAPIST, happened_at=NOW, now=NOW, therapist_id=TherapistId(who))


def test_c25_a_therapist_leads_the_group_that_they_create() -> None:
    nothing_yet.when(create).then(created, anna_leads)


def test_c25_somebody_else_says_who_leads_it() -> None:
    desk = replace(create, by=Actor(person_id=UUID(int=9), role="clinic_admin"))
    nothing_yet.when(desk).then_rejected(TherapistNeeded)
    nothing_yet.when(replace(desk, therapist_id=TherapistId(BORIS))).then(created, boris_leads)


def test_c25_creating_the_same_group_again_changes_nothing() -> None:
    group.when(create).then_nothing_changes()
    group.when(replace(create, name="Another")).then_rejected(GroupCreatedOtherwise)
    group.when(replace(create, late_joiners="all")).then_rejected(GroupCreatedOtherwise)


def test_c25_somebody_joins_leaves_and_comes_back() -> None:
    group.when(add(MASHA)).then(masha_joined)
    there_is(masha_joined).when(add(MASHA)).then_nothing_changes()
    there_is(masha_joined).when(remove(MASHA)).then(masha_left)
    there_is(masha_joined, masha_left).when(remove(MASHA)).then_nothing_changes()
    there_is(masha_joined, masha_left).when(add(MASHA)).then(masha_joined)


def test_c25_a_group_may_be_empty_and_has_fifty_members_at_most() -> None:
    others = [
        MemberAdded(patient_id=PatientId(UUID(int=100 + number)), joined_at=NOW)
        for number in range(MOST_MEMBERS)
    ]
    there_is(*others[1:]).when(add(MASHA)).then(masha_joined)
    there_is(*others).when(add(MASHA)).then_rejected(GroupFull)
    there_is(*others).when(add(UUID(int=100))).then_nothing_changes()


def test_c25_somebody_always_leads_a_group() -> None:
    group.when(step_back(ANNA)).then_rejected(LastFacilitator)
    group.when(step_back(BORIS)).then_nothing_changes()
    both = there_is(boris_leads)
    both.when(step_back(ANNA)).then(
        FacilitatorRemoved(therapist_id=TherapistId(ANNA), removed_at=NOW)
    )
    both.when(lead(BORIS)).then_nothing_changes()
    group.when(lead(BORIS)).then(boris_leads)


def test_c25_nobody_leads_a_group_to_which_they_belong() -> None:
    group.when(add(ANNA)).then_rejected(FacilitatorIsMember)
    there_is(masha_joined).when(lead(MASHA)).then_rejected(FacilitatorIsMember)


@pytest.mark.parametrize("command", [add(LEV), remove(LEV), lead(BORIS), step_back(ANNA)])
def test_c25_nothing_happens_to_a_group_that_was_never_created(command: Command) -> None:
    nothing_yet.when(command).then_rejected(GroupNotCreated)
