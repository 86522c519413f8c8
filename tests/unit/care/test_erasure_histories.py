"""Whatever is asked in whichever order, nobody is erased untold, or while something holds them."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, MASHA, NOW, PATIENT
from services.care.domain.erasure import (
    AnnounceErasure,
    Command,
    ConfirmErasure,
    EndErasureHold,
    ErasePatient,
    HoldErasure,
    ReleaseErasure,
    RequestErasure,
    State,
    WithdrawErasure,
)
from services.care.domain.erasure_facts import (
    EVERYWHERE,
    ErasureAnnounced,
    ErasureCertified,
    ErasureConfirmed,
    ErasureHeld,
    ErasureHoldEnded,
    ErasureReleased,
    ErasureWithdrawn,
    Event,
    Hold,
    PatientErased,
)
from services.care.domain.erasure_rules import decider
from services.care.domain.patient import PatientId

WHO = PatientId(MASHA)
ADMIN = Actor(person_id=ANNA, role="clinic_admin")

instants = st.integers(0, 90).map(lambda days: NOW + timedelta(days=days))
told = {"by": st.sampled_from([PATIENT, ADMIN]), "happened_at": instants}
reasons: st.SearchStrategy[Hold] = st.sampled_from(["legal_hold", "retention"])

requests: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        RequestErasure,
        patient_id=st.just(WHO),
        because=st.sampled_from([None, "patients_wish", "other"]),
        now=instants,
        **told,
    ),
    st.builds(WithdrawErasure, now=instants, **told),
    st.builds(AnnounceErasure, grace_days=st.integers(1, 40), now=instants, **told),
    st.builds(
        HoldErasure,
        reason=reasons,
        until=instants | st.none(),
        last_contact_at=st.none(),
        of_age_at=st.none(),
        retention_years=st.just(10),
        now=instants,
        **told,
    ),
    st.builds(EndErasureHold, reason=reasons, now=instants, **told),
    st.builds(ReleaseErasure, now=instants, **told),
    st.builds(ErasePatient, unreadable_from=instants, now=instants, **told),
    st.builds(
        ConfirmErasure,
        removed=st.just(()),
        where=st.sampled_from(EVERYWHERE),
        confirmed_at=instants,
        now=instants,
        **told,
    ),
)


def lived(commands: list[Command]) -> list[Event]:
    """What happened, one request after the other."""
    state: State = decider.initial
    history: list[Event] = []
    for command in commands:
        try:
            facts = decider.decide(command, state)
        except Rejected:
            continue
        history += facts
        state = decider.fold(facts, onto=state)
    return history


def obstacles(history: list[Event], at: datetime) -> list[str]:
    """Retold from the facts alone, without the state: what forbids a release at this time."""
    not_before: datetime | None = None
    holds: dict[Hold, datetime | None] = {}
    for fact in history:
        match fact:
            case ErasureWithdrawn():
                not_before = None
            case ErasureAnnounced():
                not_before = fact.not_before
            case ErasureHeld():
                holds[fact.reason] = fact.until
            case ErasureHoldEnded():
                holds.pop(fact.reason, None)
            case _:
                pass
    found = ["not announced"] if not_before is None else ["early"] if at < not_before else []
    return found + [reason for reason, until in holds.items() if until is None or at < until]


def _in_its_course() -> list[Command]:
    """As it should go: without it, hardly any history would get as far as the certificate."""
    first, last = NOW, NOW + timedelta(days=91)
    late = {"happened_at": last, "now": last}
    return [
        RequestErasure(by=PATIENT, happened_at=first, now=first, patient_id=WHO),
        AnnounceErasure(by=ADMIN, happened_at=first, now=first, grace_days=30),
        ReleaseErasure(by=ADMIN, **late),
        ErasePatient(by=ADMIN, unreadable_from=last, **late),
        *(
            ConfirmErasure(by=ADMIN, removed=(), where=where, confirmed_at=last, **late)
            for where in EVERYWHERE
        ),
    ]


@st.composite
def _amid_it(draw: st.DrawFn) -> list[Command]:
    """Whatever else is asked comes in between."""
    commands = _in_its_course()
    for noise in draw(st.lists(requests, max_size=12)):
        commands.insert(draw(st.integers(0, len(commands))), noise)
    return commands


usually = _amid_it()


@given(usually)
def test_nothing_is_released_that_something_forbids(commands: list[Command]) -> None:
    history = lived(commands)
    for at, fact in enumerate(history):
        if isinstance(fact, ErasureReleased):
            assert obstacles(history[:at], fact.released_at) == []


@given(usually)
def test_one_thing_comes_after_the_other_and_each_once(commands: list[Command]) -> None:
    history = lived(commands)
    last = [
        type(each)
        for each in history
        if isinstance(each, ErasureReleased | PatientErased | ErasureCertified)
    ]
    assert last == [ErasureReleased, PatientErased, ErasureCertified][: len(last)]
    if ErasureReleased in last:
        after = history[[type(each) for each in history].index(ErasureReleased) + 1 :]
        assert {type(each) for each in after} <= {PatientErased, ErasureConfirmed, ErasureCertified}


@given(usually)
def test_a_certificate_names_everybody_once(commands: list[Command]) -> None:
    history = lived(commands)
    confirmed = [each for each in history if isinstance(each, ErasureConfirmed)]
    places = [each.confirmation.where for each in confirmed]
    assert len(set(places)) == len(places)
    certified = [each for each in history if isinstance(each, ErasureCertified)]
    assert len(certified) == (len(places) == len(EVERYWHERE))
    for each in certified:
        assert each.confirmations == tuple(one.confirmation for one in confirmed)


@given(usually, requests)
def test_what_was_decided_once_is_already_so(commands: list[Command], command: Command) -> None:
    before = decider.fold(lived(commands))
    try:
        decided = decider.decide(command, before)
    except Rejected:
        return
    if isinstance(command, RequestErasure | ErasePatient | ConfirmErasure):
        after = decider.fold(decided, onto=before)
        assert list(decider.decide(command, after)) == []
