"""One person's client may run wild; it is held back, and nobody else is."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.access.principal import Principal
from libs.process.settings import Identity
from libs.testing.cast import ANNA, BORIS, CLINIC, OTHER_CLINIC
from libs.testing.web import Names
from libs.web.allowances import (
    Admitting,
    Allowance,
    Allowances,
    admitting,
    allowance_of_clients,
    charge,
)
from libs.web.problems import Problem, Problems

TEN_A_SECOND = Allowance(at_once=5, per_second=10)
ANNA_HERE, BORIS_HERE = (CLINIC, ANNA), (CLINIC, BORIS)


@dataclass
class Watch:
    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def allowances(watch: Watch) -> Allowances:
    return Allowances(TEN_A_SECOND, watch)


def spent(allowances: Allowances, who: tuple[UUID, UUID] = ANNA_HERE) -> int:
    """How many more they may ask for at once."""
    count = 0
    while not allowances.take(who):
        count += 1
    return count


def test_so_many_may_be_asked_at_once_and_no_more(allowances: Allowances) -> None:
    assert spent(allowances) == 5


def test_the_bucket_fills_again(allowances: Allowances, watch: Watch) -> None:
    spent(allowances)
    watch.seconds += 0.31
    assert spent(allowances) == 3


def test_it_does_not_fill_beyond_its_brim(allowances: Allowances, watch: Watch) -> None:
    spent(allowances)
    watch.seconds += 3_600
    assert spent(allowances) == 5


def test_it_is_said_how_long_to_wait_and_that_is_true(allowances: Allowances, watch: Watch) -> None:
    spent(allowances)
    wait = allowances.take(ANNA_HERE)
    assert wait == pytest.approx(0.1)
    watch.seconds += wait + 1e-9
    assert allowances.take(ANNA_HERE) == 0


def test_a_refusal_costs_nothing(allowances: Allowances, watch: Watch) -> None:
    spent(allowances)
    for _ in range(100):
        allowances.take(ANNA_HERE)
    watch.seconds += 0.1001
    assert allowances.take(ANNA_HERE) == 0


def test_nobody_is_held_back_for_another(allowances: Allowances) -> None:
    spent(allowances)
    assert spent(allowances, BORIS_HERE) == 5
    assert spent(allowances, (OTHER_CLINIC, ANNA)) == 5


def test_it_remembers_no_more_people_than_it_is_meant_to(watch: Watch) -> None:
    few = Allowances(TEN_A_SECOND, watch, most=2)
    spent(few, ANNA_HERE)
    spent(few, BORIS_HERE)
    assert few.take(ANNA_HERE) > 0  # asked lately, so it is kept
    spent(few, (OTHER_CLINIC, ANNA))
    assert few.take(BORIS_HERE) == 0
    assert len(few._buckets) == 2


@given(pauses=st.lists(st.floats(min_value=0, max_value=5), max_size=60))
def test_over_any_time_no_more_is_had_than_there_was(pauses: list[float]) -> None:
    watch = Watch()
    allowances = Allowances(TEN_A_SECOND, watch)
    had = 0
    for pause in pauses:
        watch.seconds += pause
        had += spent(allowances)
    assert had <= 5 + 10 * sum(pauses) + 1e-6


async def test_a_token_that_is_used_too_often_is_answered_with_when_to_come_again(
    watch: Watch,
) -> None:
    anna = Principal(tenant_id=CLINIC, person_id=ANNA, roles=frozenset({"therapist"}))
    verifier = admitting(Names({"anna": anna}), rate=0.25, at_once=1, monotonic=watch)
    assert await verifier.principal("anna") is anna
    with pytest.raises(Problem) as refused:
        await verifier.principal("anna")
    reply = Problems().reply(refused.value, "trace")
    assert reply.status == 429
    assert [value for name, value in reply.headers if name == b"retry-after"] == [b"4"]


async def test_a_token_that_is_not_good_counts_for_nobody(allowances: Allowances) -> None:
    verifier = Admitting(Names({}), allowances)
    with pytest.raises(Problem, match="not-authenticated"):
        await verifier.principal("somebody")
    assert not allowances._buckets


def test_without_a_rate_nobody_counts(watch: Watch) -> None:
    verifier = Names({})
    assert admitting(verifier, rate=0, at_once=1, monotonic=watch) is verifier


APP = Allowance(at_once=3, per_second=1)


def by(person: UUID, client: str, tenant: UUID = CLINIC) -> Principal:
    return Principal(
        tenant_id=tenant, person_id=person, roles=frozenset({"therapist"}), client=client
    )


EVERYBODY = {
    "anna": by(ANNA, "web"),
    "boris": by(BORIS, "web"),
    "boris on his phone": by(BORIS, "phone"),
    "elsewhere": by(ANNA, "web", OTHER_CLINIC),
    "a token that names no client": by(BORIS, ""),
}


async def test_all_who_use_one_client_share_what_it_may_ask_for(watch: Watch) -> None:
    people = Names(EVERYBODY)
    verifier = admitting(people, rate=0, at_once=1, monotonic=watch, of_clients=APP)
    for who in ("anna", "boris", "anna"):
        await verifier.principal(who)
    with pytest.raises(Problem, match="too-many-requests") as refused:
        await verifier.principal("boris")
    assert list(refused.value.headers) == [(b"retry-after", b"1")]
    for who in ("boris on his phone", "elsewhere", "a token that names no client"):
        await verifier.principal(who)
    watch.seconds += 1
    await verifier.principal("boris")


async def test_what_weighs_more_is_taken_from_both(watch: Watch) -> None:
    people = Names(EVERYBODY)
    verifier = admitting(people, rate=1, at_once=10, monotonic=watch, of_clients=APP)
    anna = await verifier.principal("anna")
    charge(verifier, anna, 0)
    charge(verifier, anna, 2)
    with pytest.raises(Problem, match="too-many-requests"):
        await verifier.principal("boris")
    assert isinstance(verifier, Admitting)
    assert verifier.people is not None
    assert spent(verifier.people) == 7


def test_only_whoever_is_given_a_rate_is_held_to_one() -> None:
    def of(profile: str, **said: float) -> Allowance | None:
        told = {"profile": profile, "issuers": "https://id.example", **said}
        return allowance_of_clients(Identity.model_validate(told))

    assert of("local") is None
    assert of("production") == Allowance(at_once=2_000, per_second=200)
    assert of("production", client_requests_per_second=0) is None
    assert of("local", client_requests_per_second=5, client_requests_at_once=9) == Allowance(
        at_once=9, per_second=5
    )
