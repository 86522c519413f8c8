"""Clinics more, beside the demo's, on the Interlude that all system tests share."""

import shutil
from collections.abc import Iterator
from functools import cache

import httpx
import pytest

from deploy.local.issuer import Issuer, kept_key
from deploy.local.postgres import temporary_place
from tests.security.clinics import Clinics, opened
from tests.security.observed import Observed, Shown, observed
from tests.system.fixtures import Running


@pytest.fixture(scope="session")
def issuer(interlude: Running) -> Issuer:
    return Issuer(interlude.run.issuer, "interlude", kept_key(interlude.var / "issuer.pem"))


@pytest.fixture(scope="session")
def clinics(interlude: Running, issuer: Issuer) -> Iterator[Clinics]:
    with httpx.Client(timeout=20) as http:
        yield opened(interlude.run, issuer, http)


@pytest.fixture(scope="session")
def watched() -> Iterator[Observed]:
    """One of its own, for whoever looks at all that it keeps and says."""
    folder = temporary_place()
    folder.chmod(0o711)
    try:
        with observed(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shown(watched: Observed) -> Shown:
    """What a command shows, run once for whoever looks at it."""
    return cache(watched.operated)
