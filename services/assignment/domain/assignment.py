"""One piece of homework, from the first idea to its end: every subject composed into one decider.

`draft -> proposed -> agreed -> active <-> paused -> completed | partially_completed | not_done |
discontinued | ended_by_death`, and `entered_in_error` from any. A proposal may be `declined`, and
revised into a new one; what ended may be reopened. The course changes only while it is open; what
was said and lived through may be told at any time.
"""

from collections.abc import Sequence
from typing import assert_never

from libs.eventstore.decider import Decider, Notice, Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.rating import RatingPhase, as_told
from services.assignment.domain import (
    agreement,
    components,
    creation,
    declining,
    describing,
    doing,
    due,
    ending,
    fit,
    giving,
    leaving,
    not_doing,
    obstacles,
    occurrences,
    outcome,
    passing,
    pausing,
    plan,
    practice,
    readiness,
    reasons,
    reopening,
    situation,
    summary,
    travelling,
)
from services.assignment.domain.creation import AssignmentCreated, CreateAssignment
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.homework import Homework, NotCreated, State
from services.assignment.domain.outcome import ActivateAssignment, CompleteHomework
from services.assignment.domain.plan import PlanRevised, PlanSpecified, SpecifyPlan
from services.assignment.domain.terms import as_said

Event = (
    AssignmentCreated
    | outcome.Fact
    | agreement.Fact
    | declining.Fact
    | pausing.Fact
    | ending.Fact
    | reopening.Fact
    | leaving.Fact
    | describing.Fact
    | fit.Fact
    | reasons.Fact
    | components.Fact
    | practice.Fact
    | situation.Fact
    | obstacles.Fact
    | plan.Fact
    | due.Fact
    | readiness.Fact
    | occurrences.Fact
    | summary.Fact
    | doing.Fact
    | not_doing.Fact
    | passing.Fact
    | travelling.Fact
)

Act = (
    agreement.Request
    | declining.Request
    | pausing.Request
    | ending.Request
    | reopening.Request
    | leaving.Request
    | describing.Request
    | fit.Request
    | reasons.Request
    | components.Request
    | practice.Request
    | situation.Request
    | obstacles.Request
    | SpecifyPlan
    | due.Request
    | readiness.Request
    | summary.Request
    | ActivateAssignment
    | CompleteHomework
    | doing.Request
    | not_doing.Request
    | passing.PassTime
    | travelling.FollowPatient
)
Asked = CreateAssignment | Act
Command = GiveHomework | Asked


class NotCreatedYet(Rejected):
    code = "assignment-not-found"


# --- What a fact makes of the state. ---


def evolve(state: State, event: Event) -> State:
    if isinstance(state, NotCreated):
        return creation.created(event) if isinstance(event, AssignmentCreated) else state
    return _evolve(state, event)


def _evolve(homework: Homework, event: Event) -> Homework:  # noqa: C901, PLR0911, PLR0912 - a list, not a maze
    if isinstance(event, AssignmentCreated):
        return homework
    if isinstance(event, outcome.Fact):
        return outcome.evolve(homework, event)
    if isinstance(event, agreement.Fact):
        return agreement.evolve(homework, event)
    if isinstance(event, declining.Fact):
        return declining.evolve(homework, event)
    if isinstance(event, pausing.Fact):
        return pausing.evolve(homework, event)
    if isinstance(event, ending.Fact):
        return ending.evolve(homework, event)
    if isinstance(event, reopening.Fact):
        return reopening.evolve(homework, event)
    if isinstance(event, leaving.Fact):
        return leaving.evolve(homework, event)
    if isinstance(event, describing.Fact):
        return describing.evolve(homework, event)
    if isinstance(event, fit.Fact):
        return fit.evolve(homework, event)
    if isinstance(event, reasons.Fact):
        return reasons.evolve(homework, event)
    if isinstance(event, components.Fact):
        return components.evolve(homework, event)
    if isinstance(event, practice.Fact):
        return practice.evolve(homework, event)
    if isinstance(event, situation.Fact):
        return situation.evolve(homework, event)
    if isinstance(event, obstacles.Fact):
        return obstacles.evolve(homework, event)
    if isinstance(event, plan.Fact):
        return plan.evolve(homework, event)
    if isinstance(event, due.Fact):
        return due.evolve(homework, event)
    if isinstance(event, readiness.Fact):
        return readiness.evolve(homework, event)
    if isinstance(event, occurrences.Fact):
        return occurrences.evolve(homework, event)
    if isinstance(event, summary.Fact):
        return summary.evolve(homework, event)
    if isinstance(event, doing.Fact):
        return doing.evolve(homework, event)
    if isinstance(event, not_doing.Fact):
        return not_doing.evolve(homework, event)
    if isinstance(event, passing.Fact):
        return passing.evolve(homework, event)
    if isinstance(event, travelling.Fact):
        return travelling.evolve(homework, event)
    assert_never(event)


# --- What a request makes of the state. ---


def decide(command: Command, state: State) -> Sequence[Event]:
    """What was asked for, and the occurrences that follow from it."""
    facts = _given(command, state) if isinstance(command, GiveHomework) else _asked(command, state)
    if not facts:
        return []
    before = state if isinstance(state, Homework) else None
    after = decider.fold(facts, onto=state)
    if isinstance(after, NotCreated):
        return facts
    at, now = command.happened_at, command.now
    return [*facts, *occurrences.what_follows(before, after, at=at, now=now)]


def _given(command: GiveHomework, state: State) -> Sequence[Event]:
    facts: list[Event] = []
    for part in giving.parts(command):
        said = _asked(part, state)
        state = decider.fold(said, onto=state)
        facts += said
    return facts


def _asked(command: Asked, state: State) -> Sequence[Event]:
    if isinstance(command, CreateAssignment):
        if isinstance(state, Homework):
            raise creation.AssignmentExists
        begun = creation.create(command)
        whole = [*begun, *_as_the_template_plans(command, decider.fold(begun))]
        return [as_told(fact, command, _phase(fact)) for fact in whole]
    if isinstance(state, NotCreated):
        raise NotCreatedYet
    if getattr(command, "id", None) in state.told:
        return []
    return [as_told(fact, command, _phase(fact)) for fact in _of(command, state)]


def _as_the_template_plans(command: CreateAssignment, begun: State) -> Sequence[Event]:
    if command.template is None or command.template.plan is None or isinstance(begun, NotCreated):
        return []
    words = as_said(plan.Plan, command.template.plan)
    told = {**as_said(Told, command), **words, "patient_zone": command.patient_zone}
    return plan.specify(SpecifyPlan(**told), begun)


def _phase(fact: Event) -> RatingPhase | None:
    """Of the ratings in it, where it can be of one phase only."""
    match fact:
        case PlanSpecified() | PlanRevised() | fit.FitExplored():
            return "planning"
        case readiness.ReadinessRated():
            return "before_homework"
        case practice.PracticeRecorded():
            return "in_session_practice"
        case situation.ExperienceRecorded():
            return fact.phase
        case _:
            return None


def _of(command: Act, homework: Homework) -> Sequence[Event]:  # noqa: C901, PLR0911, PLR0912 - as above
    if isinstance(command, agreement.Request):
        return agreement.decide(command, homework)
    if isinstance(command, declining.Request):
        return declining.decide(command, homework)
    if isinstance(command, pausing.Request):
        return pausing.decide(command, homework)
    if isinstance(command, ending.Request):
        return ending.decide(command, homework)
    if isinstance(command, reopening.Request):
        return reopening.decide(command, homework)
    if isinstance(command, leaving.Request):
        return leaving.decide(command, homework)
    if isinstance(command, describing.Request):
        return describing.decide(command, homework)
    if isinstance(command, fit.Request):
        return fit.decide(command)
    if isinstance(command, reasons.Request):
        return reasons.decide(command)
    if isinstance(command, components.Request):
        return components.decide(command, homework)
    if isinstance(command, practice.Request):
        return practice.decide(command, homework)
    if isinstance(command, situation.Request):
        return situation.decide(command, homework)
    if isinstance(command, obstacles.Request):
        return obstacles.decide(command, homework)
    if isinstance(command, SpecifyPlan):
        return plan.specify(command, homework)
    if isinstance(command, due.Request):
        return due.decide(command, homework)
    if isinstance(command, readiness.Request):
        return readiness.decide(command, homework)
    if isinstance(command, summary.Request):
        return summary.decide(command, homework)
    if isinstance(command, ActivateAssignment):
        return outcome.activate(command, homework)
    if isinstance(command, CompleteHomework):
        return outcome.complete(command, homework)
    if isinstance(command, doing.Request):
        return doing.decide(command, homework)
    if isinstance(command, not_doing.Request):
        return not_doing.decide(command, homework)
    if isinstance(command, passing.PassTime):
        return passing.decide(command, homework)
    if isinstance(command, travelling.FollowPatient):
        return travelling.follow(command, homework)
    assert_never(command)


# --- What a clinician should know, and may overrule. ---


def advise(command: Command, state: State) -> Sequence[Notice]:
    if isinstance(state, NotCreated):
        return []
    match command:
        case readiness.RateReadiness():
            return readiness.what_low_ratings_suggest(command, command.low_confidence_below)
        case ActivateAssignment():
            return outcome.what_is_missing(state)
        case GiveHomework():
            return [*outcome.what_is_missing(state), *due.what_is_open(state), *_low(command)]
        case CreateAssignment() | due.SetDue():
            return due.what_is_open(state)
        case _:
            return []


def _low(given: GiveHomework) -> Sequence[Notice]:
    if given.ratings is None:
        return []
    return readiness.what_low_ratings_suggest(
        given.ratings, given.low_confidence_below, within="/ratings"
    )


decider: Decider[Command, State, Event] = Decider(NotCreated(), evolve, decide, advise)
