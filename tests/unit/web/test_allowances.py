"""One person's client may run wild; it is held back, and nobody else is."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.access.principal import Principal
from libs.testing.cast import ANNA, BORIS, CLINIC, OTHER_CLINIC
from libs.testing.web import Names
from libs.web.allowances import Admitting, Allowance, Allowances, admitting
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
