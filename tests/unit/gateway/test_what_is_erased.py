"""Whatever the read models hold of a patient goes when they are erased, or it is said that it is of
no patient. A new read model has to be decided on.
"""

import pytest
from sqlalchemy import Table

from services.gateway.projections import erased
from services.gateway.projections.everything import BY_NAME

TABLES = {str(table.name): table for model in BY_NAME.values() for table in model.tables}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_row_is_found_by_its_patient_or_is_of_none(table: Table) -> None:
    is_told_apart = table.name in erased._WHERE
    names_them = "patient_id" in table.columns
    of_none = table.name in erased.OF_NO_PATIENT
    assert [is_told_apart, names_them, of_none].count(True) == 1


def test_nothing_is_said_of_a_table_that_there_is_not() -> None:
    assert {*erased._WHERE, *erased._ALSO, *erased.OF_NO_PATIENT} <= set(TABLES)
