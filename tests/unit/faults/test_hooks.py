"""Faults and bugs are named once, and every name leads somewhere."""

from tests.faults import bugs
from tests.faults.checking import CLASSES
from tests.faults.plants import PLANTS
from tests.faults.table import FAULTS


def test_every_bug_is_looked_for_under_a_fault_that_exists() -> None:
    assert set(PLANTS) == set(bugs.names())
    assert {plant.fault for plant in PLANTS.values()} <= FAULTS.keys()


def test_every_bug_is_found_as_something_that_the_checker_knows() -> None:
    assert {each for plant in PLANTS.values() for each in plant.found_as} <= CLASSES.keys()
