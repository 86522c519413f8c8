"""A bounded selection of the campaign, and a few planted bugs: `make test` runs these, in less than
eight minutes. The campaign itself is `make faults`.
"""

from collections.abc import Iterator

import pytest

from tests.faults.campaign import Worlds, carried_out
from tests.faults.plants import PLANTS, found, looked_for
from tests.faults.table import FAULTS

pytestmark = [
    pytest.mark.system,
    pytest.mark.faults,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

SEED = "bounded"
BOUNDED = sorted((each for each in FAULTS.values() if each.bounded), key=lambda each: each.alone)
"""Those that spoil their world come last, so that the others share one."""

PLANTED = ("answer-before-commit", "nothing-is-a-repeat")
"""A store and a reader that are wrong. `make faults-planted` looks for all."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    with Worlds() as made:
        yield made


@pytest.mark.parametrize("fault", [each.name for each in BOUNDED])
def test_every_promise_holds(worlds: Worlds, fault: str) -> None:
    result = carried_out(FAULTS[fault], SEED, worlds)
    assert not result.anomalies, result.found
    assert result.acknowledged


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(worlds: Worlds, bug: str) -> None:
    results = looked_for(bug, SEED, worlds)
    assert found(bug, results[-1]), results[-1].anomalies


def test_at_least_twelve_bugs_are_known() -> None:
    assert len(PLANTS) >= 12
