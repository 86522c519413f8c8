"""Homework for a group (C25, P6): given once, and whose it becomes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, LEV, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.moment import LocalMoment
from services.assignment.domain import assignment
from services.assignment.domain.creation import AssignmentCreated, TechniqueUnnamed
from services.assignment.domain.due import (
    NEXT_SESSION,
    DueDateSet,
    DueRule,
    DueRuleMixed,
    Meeting,
)
from services.assignment.domain.groupwork import (
    AssignToGroup,
    Belonging,
    Command,
    DueNotForAGroup,
    Event,
    GroupAssignmentExists,
    GroupAssignmentIssued,
    GroupId,
    LateJoiners,
    State,
    assignment_of,
    decider,
    for_member,
    is_given_to,
)
from services.assignment.domain.terms import GroupAssignmentId, PatientId, SessionId, TherapistId

GROUP = GroupId(UUID(int=5))
GIVEN = GroupAssignmentId(UUID(int=6))
WEEK = timedelta(days=7)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
give = AssignToGroup(
    by=THERAPIST, happened_at=NOW, now=NOW, id=GIVEN, group_id=GROUP, title="Ask for the time"
)
issued = GroupAssignmentIssued(
    group_assignment_id=GIVEN,
    group_id=GROUP,
    therapist_id=TherapistId(ANNA),
    title="Ask for the time",
    due=NEXT_SESSION,
    issued_at=NOW,
)


def test_c25_whoever_leads_a_group_gives_it_homework() -> None:
    nothing_yet.when(give).then(issued)


def test_c25_it_is_due_for_each_before_their_next_session_at_a_fixed_time_or_at_none() -> None:
    fixed = DueRule(
        kind="at",
        at=LocalMoment(local=datetime(2026, 3, 9, 20), zone="Europe/London"),  # noqa: DTZ001 - a local time
    )
    for rule in (fixed, DueRule(kind="none"), DueRule(offset_min=-60)):
        nothing_yet.when(replace(give, due=rule)).then(replace(issued, due=rule))


def test_c25_one_patients_session_is_not_when_a_group_is_due() -> None:
    rule = DueRule(kind="session", session_id=SessionId(UUID(int=8)))
    nothing_yet.when(replace(give, due=rule)).then_rejected(DueNotForAGroup)
    mixed = DueRule(kind="next_session", session_id=SessionId(UUID(int=8)))
    nothing_yet.when(replace(give, due=mixed)).then_rejected(DueRuleMixed)


def test_c25_another_technique_is_named() -> None:
    nothing_yet.when(replace(give, technique="other")).then_rejected(TechniqueUnnamed)


def test_c25_an_id_is_used_for_one_homework() -> None:
    nothing_yet.given(issued).when(give).then_rejected(GroupAssignmentExists)


# --- Whose it becomes (P6). ---

from_the_beginning = Belonging(patient_id=PatientId(MASHA), joined_at=NOW - WEEK)
late = Belonging(patient_id=PatientId(LEV), joined_at=NOW + timedelta(days=1))


def gets(member: Belonging, policy: LateJoiners, *, weeks_later: int = 0) -> bool:
    """Of a group that had homework for the first time now."""
    return is_given_to(member, issued_at=NOW + weeks_later * WEEK, first_issued_at=NOW, late=policy)


@pytest.mark.parametrize(
    ("policy", "earlier", "later"),
    [("from_now", False, True), ("all", True, True), ("none", False, False)],
)
def test_p6_a_late_joiner_gets_what_the_groups_policy_says(
    policy: LateJoiners, *, earlier: bool, later: bool
) -> None:
    assert gets(late, policy) is earlier
    assert gets(late, policy, weeks_later=1) is later


@pytest.mark.parametrize("policy", ["from_now", "all", "none"])
def test_p6_who_belongs_from_the_beginning_gets_all_whatever_the_policy(policy: Any) -> None:
    assert gets(from_the_beginning, policy)
    assert gets(from_the_beginning, policy, weeks_later=1)
    at_that_moment = replace(from_the_beginning, joined_at=NOW)
    assert gets(at_that_moment, policy)


@pytest.mark.parametrize("policy", ["from_now", "all"])
def test_p6_who_has_left_gets_nothing_that_is_given_afterwards(policy: Any) -> None:
    left = replace(from_the_beginning, left_at=NOW + timedelta(days=3))
    assert gets(left, policy)
    assert not gets(left, policy, weeks_later=1)
    assert not gets(replace(left, left_at=NOW), policy)


def test_p6_each_member_has_a_draft_of_their_own_under_an_id_that_follows() -> None:
    meeting = Meeting(session_id=SessionId(UUID(int=8)), starts_at=NOW + WEEK, zone="Europe/London")
    command = for_member(issued, PatientId(MASHA), meeting, give)
    created, due = assignment.decider.decide(command, assignment.decider.initial)
    assert created == AssignmentCreated(
        title="Ask for the time",
        assignment_id=assignment_of(GIVEN, MASHA),
        patient_id=PatientId(MASHA),
        therapist_id=TherapistId(ANNA),
        created_at=NOW,
        group_assignment_id=GIVEN,
    )
    assert isinstance(due, DueDateSet)
    assert (due.rule, due.due_at) == (NEXT_SESSION, NOW + WEEK)
    assert assignment_of(GIVEN, MASHA) != assignment_of(GIVEN, LEV)
