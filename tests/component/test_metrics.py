"""What each process exports is what openapi/metrics.md says, and labels hold no more than codes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric

from deploy.contracts import metrics
from libs.testing.databases import Database
from tests.component.started import Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

ROLES = {
    "assignment-api": "api",
    "assignment-relay": "relay",
    "assignment-follow": "follow",
    "assignment-clock": "clock",
    "gateway-projector": "projector",
    "gateway-api": "gateway-api",
}
CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}|\+Inf|[0-9.]+")


@pytest.fixture(scope="module")
def clinic(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    broker = database.url_as("broker_app")
    folder: Path = tmp_path_factory.mktemp("clinic")
    clinic = Clinic(database=database, broker_url=broker, folder=folder)
    clinic.start(*ROLES)
    try:
        clinic.await_ready()
        yield clinic
    finally:
        clinic.stop()


def exported(clinic: Clinic, process: str) -> dict[str, Metric]:
    found = clinic.running[process].metrics()
    return {f"{each.name}_total" if each.type == "counter" else each.name: each for each in found}


@pytest.mark.parametrize("process", ROLES)
def test_a_process_exports_what_is_written_down(clinic: Clinic, process: str) -> None:
    assert metrics.exported_by(ROLES[process]) <= exported(clinic, process).keys()


@pytest.mark.parametrize("process", ROLES)
def test_nothing_moves_that_is_not_written_down(clinic: Clinic, process: str) -> None:
    """What a process has only loaded it exports, too, and never moves."""
    moving = {
        name
        for name, each in exported(clinic, process).items()
        if any(sample.value for sample in each.samples)
    }
    assert moving <= metrics.exported_by(ROLES[process])


@pytest.mark.parametrize("process", ROLES)
def test_labels_hold_codes_only(clinic: Clinic, process: str) -> None:
    values = {
        value
        for each in clinic.running[process].metrics()
        for sample in each.samples
        for value in sample.labels.values()
    }
    assert [value for value in values if not CODE.fullmatch(value)] == []
