"""Any facts in any order fold; whatever is decided, the state then says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.vocabulary.moment import LocalMoment
from services.care.domain.patient import PatientId
from services.care.domain.session import (
    CancelSession,
    Command,
    EndSession,
    RecordNoShow,
    ReinstateSession,
    RescheduleSession,
    Scheduled,
    ScheduleSession,
    StartSession,
    State,
)
from services.care.domain.session_facts import (
    Event,
    SessionCancelled,
    SessionEnded,
    SessionId,
    SessionNoShowRecorded,
    SessionReinstated,
    SessionRescheduled,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.session_rules import decider
from services.care.domain.therapist import TherapistId

locals_ = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1))  # noqa: DTZ001 - local times
instants = locals_.map(lambda moment: moment.replace(tzinfo=UTC))
zones = st.sampled_from(["Europe/London", "America/Lima", "Pacific/Apia", "Australia/Lord_Howe"])
minutes = st.integers(10, 240)
moments = st.builds(LocalMoment, local=locals_, zone=zones)
told = {"by": st.just(THERAPIST), "now": st.just(NOW + timedelta(days=400))}

facts: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        SessionScheduled,
        session_id=st.just(SessionId(UUID(int=1))),
        patient_id=st.just(PatientId(MASHA)),
        therapist_id=st.just(TherapistId(ANNA)),
        starts_at=instants,
        zone=zones,
        duration_min=minutes,
    ),
    st.builds(SessionRescheduled, starts_at=instants, zone=zones, duration_min=minutes),
    st.builds(SessionStarted, started_at=instants),
    st.builds(SessionEnded, ended_at=instants),
    st.builds(
        SessionCancelled,
        cancelled_by=st.sampled_from(["patient", "therapist", "clinic"]),
        reason=st.none() | st.just("illness"),
        cancelled_at=instants,
    ),
    st.builds(SessionNoShowRecorded, noticed_at=instants),
    st.builds(SessionReinstated, reinstated_at=instants),
)
requests: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        ScheduleSession,
        happened_at=instants,
        id=st.just(SessionId(UUID(int=1))),
        patient_id=st.just(PatientId(MASHA)),
        therapist_id=st.just(TherapistId(ANNA)),
        starts_at=moments,
        duration_min=minutes | st.none(),
        clinic_duration_min=st.just(50),
        **told,
    ),
    st.builds(
        RescheduleSession,
        happened_at=instants,
        starts_at=moments,
        duration_min=minutes | st.none(),
        **told,
    ),
    st.builds(StartSession, happened_at=instants, **told),
    st.builds(EndSession, happened_at=instants, **told),
    st.builds(CancelSession, happened_at=instants, **told),
    st.builds(RecordNoShow, happened_at=instants, **told),
    st.builds(ReinstateSession, happened_at=instants, **told),
)


def after(state: State, command: Command) -> State:
    try:
        facts = decider.decide(command, state)
    except Rejected:
        return state
    return decider.fold(facts, onto=state)


@given(st.lists(facts, max_size=12))
def test_any_facts_of_a_session_fold(history: list[Event]) -> None:
    decider.fold(history)


@given(st.lists(requests, max_size=12))
def test_a_session_never_ends_before_it_starts(commands: list[Command]) -> None:
    state = decider.initial
    for command in commands:
        state = after(state, command)
    if isinstance(state, Scheduled) and state.started_at and state.ended_at:
        assert state.started_at <= state.ended_at


@given(st.lists(requests, max_size=12))
def test_a_session_that_has_begun_is_never_off(commands: list[Command]) -> None:
    state = decider.initial
    for command in commands:
        state = after(state, command)
        assert not (isinstance(state, Scheduled) and state.has_begun and state.off)


@given(st.lists(requests, max_size=8), requests)
def test_what_was_decided_once_is_already_so(commands: list[Command], command: Command) -> None:
    before = decider.initial
    for earlier in commands:
        before = after(before, earlier)
    try:
        decided = decider.decide(command, before)
    except Rejected:
        return
    assert list(decider.decide(command, decider.fold(decided, onto=before))) == []
