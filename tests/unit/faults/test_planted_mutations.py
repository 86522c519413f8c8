"""A checker that never cries is of no use either: each thing that could go wrong is found."""

from dataclasses import replace

import pytest

from tests.faults.checking import CLASSES, check
from tests.faults.checking.anomaly import MOST_OF_A_CLASS
from tests.faults.checking.models import anomalies
from tests.faults.fold.tables import FOLDED
from tests.faults.observed import Observed
from tests.unit.faults.a_clean_run import CANARY, observed
from tests.unit.faults.a_clinic import STEPS, Clinic
from tests.unit.faults.mutated_record import Mutation
from tests.unit.faults.mutations import MUTATIONS


@pytest.fixture(scope="module")
def clean() -> Observed:
    clinic = Clinic()
    for step in STEPS:
        step(clinic)
    return observed(clinic.log, clinic.history)


@pytest.mark.parametrize(
    ("cls", "mutate"),
    [(cls, mutate) for cls, _, mutate in MUTATIONS],
    ids=[f"{cls}: {name}" for cls, name, _ in MUTATIONS],
)
def test_what_went_wrong_is_found(clean: Observed, cls: str, mutate: Mutation) -> None:
    found = check(mutate(clean))
    assert cls in {each.cls for each in found}
    assert CANARY not in str(found)
    assert {each.invariant for each in found if each.cls == cls} == {CLASSES[cls]}


def test_every_class_has_a_mutation() -> None:
    assert {cls for cls, _, _ in MUTATIONS} == CLASSES.keys()


def test_every_invariant_has_a_class() -> None:
    assert set(CLASSES.values()) == {f"I{number}" for number in range(1, 13)}


COLUMNS = [(table, column) for table, columns in FOLDED.items() for column in columns.rest]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_another_value_in_any_column_is_found(clean: Observed, table: str, column: str) -> None:
    first, *others = clean.models[table]
    models = {**clean.models, table: [{**first, column: "something else"}, *others]}
    (found,) = anomalies(replace(clean, models=models))
    assert found.cls == "model-differs"
    assert found.where.endswith(f" {column}")


def test_one_fault_in_a_thousand_places_is_counted_and_not_listed(clean: Observed) -> None:
    late = [(str(number), 9.0) for number in range(1000)]
    found = check(replace(clean, visible=late))
    assert len(found) == MOST_OF_A_CLASS + 1
    assert found[-1].where == "and 980 more"
