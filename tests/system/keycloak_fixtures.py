"""All of Interlude with Keycloak, started twice on the embedded log, for whoever asks for it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.realm import accounts
from deploy.local.run_info import RunInfo
from tests.system.fixtures import Once, told_by
from tests.system.keycloak import Keycloak
from tests.system.running import START_SECONDS, Interlude

WITHIN = START_SECONDS + 300
"""Seconds; the first time ever, Keycloak is fetched."""


@pytest.fixture(scope="session")
def first_with_keycloak(folder: Path) -> Once:
    """In an empty folder, until somebody stops it."""
    interlude = Interlude(folder / "keycloak", "embedded", identity="keycloak")
    told = told_by(interlude, WITHIN)
    ended = interlude.stop()
    shutil.copytree(interlude.var.logs, folder / "keycloak-logs")
    return Once(interlude=interlude, told=told, ended=ended)


@pytest.fixture(scope="session")
def with_keycloak(first_with_keycloak: Once) -> Iterator[RunInfo]:
    """Where the first run was; it stays for all that ask for it and must stop as well."""
    yield first_with_keycloak.interlude.start(WITHIN)
    ended = first_with_keycloak.interlude.stop()
    assert (ended.status, ended.left) == (0, []), ended.output


@pytest.fixture(scope="session")
def keycloak(first_with_keycloak: Once, with_keycloak: RunInfo) -> Keycloak:
    return Keycloak(with_keycloak.issuer, accounts(first_with_keycloak.interlude.var.keycloak))
