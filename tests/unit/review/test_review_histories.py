"""Any facts in any order fold; whatever is decided, the state then says."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.access.confirming import ErasureConfirmed
from libs.eventstore.decider import Rejected
from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.vocabulary.experience import Experience
from libs.vocabulary.obstacle import ObstacleId
from services.review.domain.meaning import (
    BeliefId,
    ExploreHomeworkBelief,
    RecordReviewExperience,
    ReportReviewObstacle,
)
from services.review.domain.non_engagement import (
    Engagement,
    LearningId,
    RecordNonEngagement,
    RecordNonEngagementLearning,
)
from services.review.domain.review import (
    Command,
    CompleteReview,
    Decision,
    Event,
    OpenReview,
    decider,
)
from services.review.domain.state import (
    AssignmentId,
    Completed,
    PatientId,
    SessionId,
    State,
    TherapistId,
)
from services.review.domain.work import (
    Done,
    GivePraise,
    RecordSkill,
    RecordWorkDone,
    SkillId,
    Work,
)
from services.review.examples import FACTS

TOLD: dict[str, Any] = {"by": THERAPIST, "happened_at": NOW, "now": NOW}
ids = st.integers(1, 4).map(lambda number: UUID(int=number))
decisions = st.sampled_from(get_args(Decision))
engagements = st.sampled_from(get_args(Engagement))

open_review = OpenReview(
    assignment_id=AssignmentId(UUID(int=1)),
    session_id=SessionId(UUID(int=2)),
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    **TOLD,
)
work = st.builds(
    Work,
    when=st.just(Done(start=NOW - timedelta(days=1), zone="Europe/London")),
    quantity=st.integers(0, 100),
    source=st.sampled_from(["diary", "verbal"]),
    occurrence_id=st.none(),
    entry_id=st.none(),
)
commands: st.SearchStrategy[Command] = st.one_of(
    st.just(open_review),
    st.builds(lambda done: RecordWorkDone(work_done=tuple(done), **TOLD), st.lists(work)),
    st.just(GivePraise(**TOLD)),
    ids.map(lambda id_: RecordSkill(id=SkillId(id_), label="x", **TOLD)),
    ids.map(
        lambda id_: ReportReviewObstacle(id=ObstacleId(id_), category="time", text="x", **TOLD)
    ),
    st.just(RecordReviewExperience(experience=Experience(thoughts=("x",)), **TOLD)),
    ids.map(
        lambda id_: ExploreHomeworkBelief(id=BeliefId(id_), about="other", statement="x", **TOLD)
    ),
    engagements.map(lambda engagement: RecordNonEngagement(engagement=engagement, **TOLD)),
    ids.map(
        lambda id_: RecordNonEngagementLearning(
            id=LearningId(id_), reevaluated="worth", direction="same", text="x", **TOLD
        )
    ),
    decisions.map(lambda decision: CompleteReview(decision=decision, **TOLD)),
)
OURS = [fact for fact in FACTS if not isinstance(fact, ErasureConfirmed)]
facts: st.SearchStrategy[Event] = st.sampled_from(OURS)

SAID_AS_OFTEN_AS_ONE_LIKES = (
    RecordWorkDone,
    GivePraise,
    RecordReviewExperience,
    RecordNonEngagement,
)


def decided(state: State, command: Command) -> list[Event]:
    try:
        return list(decider.decide(command, state))
    except Rejected:
        return []


@given(st.lists(facts, max_size=15))
def test_any_facts_of_a_review_fold(history: list[Event]) -> None:
    decider.fold(history)


@given(st.lists(commands, max_size=15))
def test_a_review_never_changes_after_its_decision(told: list[Command]) -> None:
    state = decider.initial
    for command in told:
        before, state = state, decider.fold(decided(state, command), onto=state)
        assert not isinstance(before, Completed) or state == before


@given(st.lists(commands, max_size=15))
def test_a_completed_review_says_what_was_done_or_learned(told: list[Command]) -> None:
    state = decider.initial
    for command in told:
        state = decider.fold(decided(state, command), onto=state)
    if isinstance(state, Completed):
        assert state.review.work_done or state.review.learned


@given(st.lists(commands, max_size=10), commands)
def test_what_can_be_said_once_is_then_already_so(told: list[Command], command: Command) -> None:
    state = decider.initial
    for earlier in told:
        state = decider.fold(decided(state, earlier), onto=state)
    once = decided(state, command)
    again = decided(decider.fold(once, onto=state), command)
    assert again == [] or isinstance(command, SAID_AS_OFTEN_AS_ONE_LIKES)


def test_the_story_told_as_facts_is_a_completed_review() -> None:
    state = decider.fold(OURS)
    assert isinstance(state, Completed)
    assert state.decision == "continue"
