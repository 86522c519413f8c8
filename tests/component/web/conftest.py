"""A clinic that nothing has been told yet."""

import pytest

from tests.component.web.clinic import Clinic


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()
