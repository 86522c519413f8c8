"""Clinics whose read models an operator makes anew."""

import pytest

from libs.testing.databases import Database
from tests.component.gateway.clinic import Clinic
from tests.component.gateway.rebuilding.rebuilds import lived_through


@pytest.fixture
def clinic(own_database: Database) -> Clinic:
    return lived_through(own_database)


@pytest.fixture(scope="module")
def same_clinic(database: Database) -> Clinic:
    """For cases that leave it as they found it."""
    return lived_through(database)
